-- Rollups that take the place of others, in another zone or computed anew; and those of segments, which stand beside them.

-- name: state
select case when g.segment_id is null then g.generation = c.generation else g.whole_at is not null and g.retired_at is null end as answers,
  g.seeded_at is not null as seeded, g.retired_at, g.segment_id is not null as of_segment
from rollup_generation g
join company c on c.company_id = %(company)s
where g.company_id = %(company)s and g.generation = %(generation)s

-- name: seed
-- How far back it has to reach: the day before the earliest instant that any fact has. What lies ahead of the clock may fall on
-- tomorrow, which nobody would compute before it begins.
with earliest as (
  select min(x.at) as at
  from (
    select min(e.created_at) as at from event e where e.company_id = %(company)s
    union all
    select min(e.starts_at) from event e where e.company_id = %(company)s and e.starts_at is not null
    union all
    select min(e.named_at) from event e where e.company_id = %(company)s
    union all
    select min(r.registered_at) from registration r where r.company_id = %(company)s
    union all
    select min(s.at) from sign_in s where s.company_id = %(company)s
    union all
    select min(m.at) from message m where m.company_id = %(company)s
    union all
    select min(s.at) from stored_signal s where s.company_id = %(company)s
    union all
    select min(r.started_at) from recording_run r where r.company_id = %(company)s
  ) x
),
seeded as (
  update rollup_generation g
  set seeded_at = %(as_of)s, rolled_through = least(g.rolled_through, (e.at at time zone 'UTC')::date - 2)
  from earliest e
  where g.company_id = %(company)s and g.generation = %(generation)s and g.seeded_at is null
  returning g.generation, g.time_zone
)
insert into mark (company_id, generation, day, made_at)
select %(company)s, s.generation, d.day, %(as_of)s
from seeded s
cross join lateral (
  -- Of the calendar: where a zone has leapt over a day, tomorrow is the one after it.
  select l.day from local_day l where l.time_zone = s.time_zone and l.day >= %(today)s order by l.day limit 2
) d

-- name: lock_company
-- Nothing is ingested for it until the commit.
select 1 from company where company_id = %(company)s for update

-- name: take_place
-- Those of segments beside the old ones retire with them.
with retired as (
  update rollup_generation g
  set retired_at = %(as_of)s
  from company c
  where c.company_id = %(company)s and g.company_id = %(company)s and c.generation in (g.generation, g.beside) and g.retired_at is null
  returning g.generation
)
update company c
set generation = g.generation, time_zone = g.time_zone
from rollup_generation g
where c.company_id = %(company)s and g.company_id = %(company)s and g.generation = %(generation)s

-- name: remove
delete from rollup_generation g
where g.company_id = %(company)s and g.generation = %(generation)s and g.retired_at <= %(before)s

-- name: become_whole
update rollup_generation set whole_at = %(as_of)s where company_id = %(company)s and generation = %(generation)s

-- name: begin_segments
-- For each segment beside each of the company's own: those that answer, and those that are to take their place.
insert into rollup_generation (company_id, generation, time_zone, rolled_through, begun_at, segment_id, beside)
select %(company)s, l.generation + row_number() over (order by o.generation, s.declared_at, s.segment_id), o.time_zone,
  (%(as_of)s::timestamptz at time zone o.time_zone)::date, %(as_of)s, s.segment_id, o.generation
from segment s
join rollup_generation o on o.company_id = %(company)s and o.segment_id is null and o.retired_at is null
cross join (select max(g.generation) as generation from rollup_generation g where g.company_id = %(company)s) l
where s.company_id = %(company)s and s.removed_at is null
  and not exists (
    select from rollup_generation g
    where g.company_id = %(company)s and g.segment_id = s.segment_id and g.beside = o.generation
  )

-- name: retire_segments
update rollup_generation g
set retired_at = %(as_of)s
from segment s
where s.company_id = %(company)s and s.removed_at is not null
  and g.company_id = %(company)s and g.segment_id = s.segment_id and g.retired_at is null

-- name: forget_segments
delete from segment s
where s.company_id = %(company)s and s.removed_at is not null
  and not exists (select from rollup_generation g where g.company_id = %(company)s and g.segment_id = s.segment_id)
