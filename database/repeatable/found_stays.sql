-- The stays of people that touch some buckets of one company's time, as they stand there: once for each bucket, the nth of the
-- arrays. What is made of them is said by pieces(). Plain enough for Postgres to make it a part of the statement that calls it.
--
-- Stays that began in a bucket, and those that last into it: found class by class, looking back no further than a class is
-- long. `offset 0` keeps each a look-up by its bucket's instants: as a join the planner reads all that the company ever had.
create or replace function found_stays(
  of_company integer, froms timestamptz[], tos timestamptz[], of_segment jsonb default null
) returns table (
  nth bigint, lo timestamptz, hi timestamptz, connection_id bigint, ordinal integer, event_id bigint,
  joined_at timestamptz, left_at timestamptz, role stay_role, changed_at timestamptz[], changed_to stay_role[],
  person_id bigint, device device
)
language sql stable
begin atomic
  select b.nth, b.lo, b.hi, s.*
  from unnest(froms, tos) with ordinality as b (lo, hi, nth)
  cross join (select case when of_segment is not null then segment_person(of_company, of_segment) end as person_id offset 0) p
  cross join lateral (
    select s.connection_id, s.ordinal, s.event_id, s.joined_at, s.left_at, s.role, s.changed_at, s.changed_to, s.person_id, s.device
    from stay s
    where s.company_id = of_company and s.length_class in (0, 1, 2, 3, 4, 9)
      and s.joined_at >= b.lo and s.joined_at < b.hi and s.service is null
      and (of_segment is null or stay_in_segment(of_segment, p.person_id, s.external_id, s.metadata))
    offset 0
  ) s
  union all
  select b.nth, b.lo, b.hi, s.*
  from unnest(froms, tos) with ordinality as b (lo, hi, nth)
  cross join (select case when of_segment is not null then segment_person(of_company, of_segment) end as person_id offset 0) p
  cross join (
    values (0, interval '1 hour'), (1, interval '4 hours'), (2, interval '24 hours'), (3, interval '720 hours')
  ) as c (length_class, longest)
  cross join lateral (
    select s.connection_id, s.ordinal, s.event_id, s.joined_at, s.left_at, s.role, s.changed_at, s.changed_to, s.person_id, s.device
    from stay s
    where s.company_id = of_company and s.length_class = c.length_class
      and s.joined_at >= b.lo - c.longest and s.joined_at < b.lo and s.left_at > b.lo and s.service is null
      and (of_segment is null or stay_in_segment(of_segment, p.person_id, s.external_id, s.metadata))
    offset 0
  ) s
  union all
  select b.nth, b.lo, b.hi, s.*
  from unnest(froms, tos) with ordinality as b (lo, hi, nth)
  cross join (select case when of_segment is not null then segment_person(of_company, of_segment) end as person_id offset 0) p
  cross join lateral (
    select s.connection_id, s.ordinal, s.event_id, s.joined_at, s.left_at, s.role, s.changed_at, s.changed_to, s.person_id, s.device
    from stay s
    where s.company_id = of_company and s.length_class in (4, 9)
      and s.joined_at < b.lo and (s.left_at > b.lo or s.left_at is null) and s.service is null
      and (of_segment is null or stay_in_segment(of_segment, p.person_id, s.external_id, s.metadata))
    offset 0
  ) s;
end;
