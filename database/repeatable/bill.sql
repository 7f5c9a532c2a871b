-- Minutes by stay: what some buckets of one company's time bill where each stay is rounded up to whole minutes on its own.
--
-- A stay's part in a period is one part, however many midnights it lasts over: no sum of days can be rounded. So a day has the
-- growth of the minutes since the stay began: whole minutes at the day's end less those at its start. Over days that adds up to
-- whole minutes at the period's end, for each stay that began inside; for those carried in it is put right from CARRIED rows.

-- Whole minutes that these microseconds, 0 or more, come to when they are rounded up.
create or replace function whole_minutes(us bigint) returns bigint
language sql immutable strict parallel safe
return (us + 59999999) / 60000000;

-- By how many whole minutes open stays have grown in a bucket since its start, this many microseconds after it.
create or replace function grown_minutes(since_us bigint, open_stays integer, offset_minutes bigint, phases integer[]) returns bigint
language sql immutable strict parallel safe
return open_stays * (since_us / 60000000) - offset_minutes
  + (select count(*) from unnest(phases) as p (phase) where p.phase < mod(since_us, 60000000));

-- How the minutes of a billing period that begins on a day are billed.
create or replace function rounding_on(of_company integer, first_day date) returns minute_rounding
language sql stable parallel safe
return coalesce(
  (
    select r.rounding from billing_rule r
    where r.company_id = of_company and r.valid_from <= first_day
    order by r.valid_from desc
    limit 1
  ),
  'EXACT'
);

create or replace function bill(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[]
) returns table (
  grain text, day date, starts_at timestamptz, ends_at timestamptz,
  section section, closed_minutes bigint, open_stays integer, open_offset_minutes bigint, open_phases integer[],
  connection_id bigint, kind event_kind, joined_at timestamptz, left_at timestamptz
)
language sql stable
-- As for measure(): a setting of its own keeps Postgres from planning it anew inside every statement that calls it.
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with piece as materialized (
  select p.day, p.lo, p.hi, p.kind, p.connection_id, p.joined_at, p.left_at, p.stale_at, p.open,
    microseconds(p.joined_at - p.lo) as since_us,
    whole_minutes(microseconds(p.ends_at - p.joined_at)) - whole_minutes(greatest(microseconds(p.lo - p.joined_at), 0)) as minutes
  from pieces(of_company, as_of, days, froms, tos) p
  where p.inside
)
select
  'SECTION', p.day, p.lo, p.hi, x.section,
  coalesce(sum(p.minutes) filter (where not p.open), 0)::bigint,
  (count(*) filter (where p.open))::integer,
  coalesce(sum(greatest(p.since_us, 0) / 60000000) filter (where p.open), 0)::bigint,
  coalesce(array_agg(mod(mod(p.since_us, 60000000) + 60000000, 60000000)::integer) filter (where p.open), '{}'),
  null::bigint, null::event_kind, null::timestamptz, null::timestamptz
from piece p
cross join lateral (values ('TOTAL'::section), (p.kind::text::section)) as x (section)
group by p.day, p.lo, p.hi, x.section
union all
select
  'CARRIED', p.day, null, null, null, null, null, null, null,
  p.connection_id, p.kind, p.joined_at, case when p.stale_at is null then p.left_at end
from piece p
where p.joined_at < p.lo;
end;
