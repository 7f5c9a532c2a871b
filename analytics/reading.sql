-- name: pending_days
-- The days of a range whose rollups are out of date: marked by an ingest, outlived by time, or not yet begun when last computed.
select
  d.day, coalesce(m.marks, '{}'), coalesce(c.revision, 0),
  coalesce(
    m.since,
    case when c.valid_until <= %(as_of)s then c.valid_until end,
    (select l.starts_at from local_day l where l.time_zone = %(time_zone)s and l.day = d.day)
  )
from (
  select k.day
  from mark k
  where k.company_id = %(company)s and k.generation = %(generation)s and k.day between %(first_day)s and %(last_day)s
  union
  select h.day
  from company_day h
  where h.company_id = %(company)s and h.generation = %(generation)s and h.day between %(first_day)s and %(last_day)s and h.valid_until <= %(as_of)s
  union
  select n.day
  from rollup_generation r
  cross join lateral (
    -- Offset 0 keeps this a look-up: flattened into a join it would read the whole calendar of the zone.
    select l.day, l.starts_at
    from local_day l
    where l.time_zone = %(time_zone)s and l.day > r.rolled_through and l.day <= %(today)s
      and l.day between %(first_day)s and %(last_day)s
    offset 0
  ) n
  where r.company_id = %(company)s and r.generation = %(generation)s
    and not exists (
      select from company_day h
      where h.company_id = %(company)s and h.generation = %(generation)s and h.day = n.day and h.computed_at >= n.starts_at
    )
) d
left join lateral (
  select array_agg(k.mark_id) as marks, min(k.made_at) as since
  from mark k
  where k.company_id = %(company)s and k.generation = %(generation)s and k.day = d.day
) m on true
left join company_day c on c.company_id = %(company)s and c.generation = %(generation)s and c.day = d.day
order by d.day

-- name: unfinished_days
-- The days of a range that time alone can still change: somebody may yet be found to have left, a planned event to be due.
select h.day
from company_day h
where h.company_id = %(company)s and h.generation = %(generation)s and h.valid_until < 'infinity'
  and h.day between %(first_day)s and %(last_day)s
