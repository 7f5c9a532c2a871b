-- Figures of stays and messages, broken down. Whole days come from the rollups; at most two cut days at the edges of a period
-- are measured. By day, or of the whole period in rows without a day.

-- name: devices
select case when %(by_day)s then p.day end, p.device::text,
  sum(p.closed_us + greatest(p.open_stays * microseconds(least(%(as_of)s, p.ends_at) - p.starts_at) - p.open_offset_us, 0))::bigint
from (
  select d.day, d.device, d.closed_us, d.open_stays, d.open_offset_us, h.starts_at, h.ends_at
  from device_day d
  join company_day h on h.company_id = %(company)s and h.generation = %(generation)s and h.day = d.day
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union all
  select b.day, b.device, b.closed_us, b.open_stays, b.open_offset_us, b.starts_at, b.ends_at
  from breakdown(
    %(company)s, %(as_of)s, %(time_zone)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[],
    %(segment)s::jsonb
  ) b
  where %(cut_days)s::date[] <> '{}' and b.grain = 'DEVICE'
) p
group by 1, 2

-- name: peaks
-- The first instant of the highest peak is that of the earliest day that reached it.
select case when %(by_day)s then p.day end, p.metric::text, p.section::text,
  max(p.value), (array_agg(p.reached_at order by p.value desc, p.day))[1]
from (
  select d.day, d.metric, d.section, d.value, d.reached_at
  from peak_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union all
  select b.day, b.metric, b.section, b.value, b.reached_at
  from breakdown(
    %(company)s, %(as_of)s, %(time_zone)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[],
    %(segment)s::jsonb
  ) b
  where %(cut_days)s::date[] <> '{}' and b.grain = 'PEAK'
) p
group by 1, 2, 3

-- name: active_rooms
select case when %(by_day)s then p.day end, count(distinct p.room_id)
from (
  select d.day, d.room_id
  from room_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[]) and d.event_ids <> '{}'
  union all
  select b.day, b.room_id
  from breakdown(
    %(company)s, %(as_of)s, %(time_zone)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[],
    %(segment)s::jsonb
  ) b
  where %(cut_days)s::date[] <> '{}' and b.grain = 'ROOM' and b.event_ids <> '{}'
) p
group by 1

-- name: posts
select case when %(by_day)s then p.day end, p.section::text, p.place::text, sum(p.posts)
from (
  select d.day, d.section, d.place, d.posts
  from post_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union all
  select c.day, c.section, c.place, c.posts
  from posts(%(company)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) c
  where %(cut_days)s::date[] <> '{}'
) p
group by 1, 2, 3
