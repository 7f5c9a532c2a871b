-- Peaks and minutes by local hour. Whole days come from the rollups; at most two cut days at the edges of a period are measured.
-- Without weekdays all of them are one, the weekday 0.

-- name: hours
with asked as (
  select w.weekday, h.hour, s.section
  from unnest(case when %(by_weekday)s then '{1,2,3,4,5,6,7}' else '{0}' end::integer[]) as w (weekday)
  cross join generate_series(0, 23) as h (hour)
  cross join unnest(%(sections)s::section[]) as s (section)
),
-- How many hours there have been. Whole days of 24 hours that are over have each once; only of the others is every hour looked at.
ordinary as materialized (
  select d.day
  from unnest(%(days)s::date[]) as d (day)
  cross join lateral (
    select l.starts_at, l.ends_at from local_day l where l.time_zone = %(time_zone)s and l.day = d.day offset 0
  ) l
  where d.day < %(today)s and d.day <> all (%(cut_days)s::date[]) and l.ends_at - l.starts_at = interval '24 hours'
),
other as materialized (
  select distinct h.day, h.hour
  from (
    select array_agg(b.day) as days, array_agg(b.lo) as froms, array_agg(b.hi) as tos
    from unnest(%(days)s::date[], %(day_starts)s::timestamptz[], %(day_ends)s::timestamptz[]) as b (day, lo, hi)
    where b.day not in (select o.day from ordinary o) and b.lo <= %(as_of)s
  ) b
  cross join lateral local_hours(%(time_zone)s, b.days, b.froms, b.tos) h
  where h.lo <= %(as_of)s
),
begun as (
  select case when %(by_weekday)s then c.weekday else 0 end as weekday, c.hour, sum(c.days) as days
  from (
    select w.weekday, n.hour, w.days
    from (select extract(isodow from o.day)::integer as weekday, count(*) as days from ordinary o group by 1) w
    cross join generate_series(0, 23) as n (hour)
    union all
    select extract(isodow from o.day)::integer, o.hour, count(*) from other o group by 1, 2
  ) c
  group by 1, 2
),
found as (
  select case when %(by_weekday)s then extract(isodow from f.day)::integer else 0 end as weekday, f.hour, f.section,
    f.connections, f.speakers, f.listeners, f.events,
    f.spent_us + coalesce(f.open_stays * greatest(microseconds(least(%(as_of)s, f.open_until) - f.open_since), 0), 0) as spent_us,
    f.day < %(today)s or exists (select from other o where o.day = f.day and o.hour = f.hour) as begun
  from (
    select d.day, d.hour, d.section, d.connections, d.speakers, d.listeners, d.events, d.spent_us, d.open_stays, d.open_since, d.open_until
    from hour_day d
    where d.company_id = %(company)s and d.generation = %(generation)s and d.section = any (%(sections)s::section[])
      and d.day between %(first_day)s and %(last_day)s and d.day <> all (%(cut_days)s::date[])
    union all
    select b.day, b.hour, b.section, b.connections, b.speakers, b.listeners, b.events, b.closed_us, b.open_stays, b.open_since, b.open_until
    from breakdown(
      %(company)s, %(as_of)s, %(time_zone)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[],
      %(segment)s::jsonb
    ) b
    where b.grain = 'HOUR' and b.section = any (%(sections)s::section[]) and %(cut_days)s::date[] <> '{}'
  ) f
),
added as (
  select f.weekday, f.hour, f.section,
    max(f.connections) as connections, coalesce(sum(f.connections) filter (where f.begun), 0) as sum_connections,
    max(f.speakers) as speakers, coalesce(sum(f.speakers) filter (where f.begun), 0) as sum_speakers,
    max(f.listeners) as listeners, coalesce(sum(f.listeners) filter (where f.begun), 0) as sum_listeners,
    max(f.events) as events, coalesce(sum(f.events) filter (where f.begun), 0) as sum_events,
    sum(f.spent_us)::bigint as spent_us
  from found f
  group by f.weekday, f.hour, f.section
)
select a.weekday, a.hour, a.section::text, coalesce(b.days, 0)::integer,
  coalesce(d.connections, 0), coalesce(d.sum_connections, 0)::bigint, coalesce(d.speakers, 0), coalesce(d.sum_speakers, 0)::bigint,
  coalesce(d.listeners, 0), coalesce(d.sum_listeners, 0)::bigint, coalesce(d.events, 0), coalesce(d.sum_events, 0)::bigint,
  coalesce(d.spent_us, 0)
from asked a
left join begun b on b.weekday = a.weekday and b.hour = a.hour
left join added d on d.weekday = a.weekday and d.hour = a.hour and d.section = a.section
order by a.weekday, a.hour, a.section
