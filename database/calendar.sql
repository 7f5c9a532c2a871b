-- The days of a zone: what turnout.database.calendar asks and adds.

-- name: last_day
select max(day) from local_day where time_zone = %(time_zone)s

-- name: add_days
insert into local_day (time_zone, day, starts_at, ends_at)
select %(time_zone)s, d.day, d.starts_at, d.ends_at
from unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) as d (day, starts_at, ends_at)
on conflict do nothing

-- name: zones
select distinct time_zone from local_day order by time_zone
