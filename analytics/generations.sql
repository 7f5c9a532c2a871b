-- Rollups that take the place of others: in another zone, or computed anew.

-- name: state
select g.generation = c.generation as answers, g.seeded_at is not null as seeded, g.retired_at
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
with retired as (
  update rollup_generation g
  set retired_at = %(as_of)s
  from company c
  where c.company_id = %(company)s and g.company_id = %(company)s and g.generation = c.generation
  returning g.generation
)
update company c
set generation = g.generation, time_zone = g.time_zone
from rollup_generation g
where c.company_id = %(company)s and g.company_id = %(company)s and g.generation = %(generation)s

-- name: remove
delete from rollup_generation g
where g.company_id = %(company)s and g.generation = %(generation)s and g.retired_at <= %(before)s
