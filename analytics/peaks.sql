-- Peaks by day. Whole days come from the rollups; at most two cut days at the edges of a period are measured.

-- name: daily_peaks
with asked as (
  select d.day, s.section
  from unnest(%(days)s::date[]) as d (day)
  cross join unnest(%(sections)s::section[]) as s (section)
),
found as (
  select r.day, r.section, r.connections, r.connections_at, r.speakers, r.speakers_at, r.listeners, r.listeners_at,
    r.events, r.events_at, r.events_held, r.unique_participants, r.closed_us, r.open_stays, r.open_offset_us, r.starts_at, r.ends_at
  from section_day r
  where r.company_id = %(company)s and r.generation = %(generation)s and r.day between %(first_day)s and %(last_day)s and r.day <> all (%(cut_days)s::date[])
  union all
  select m.day, m.section, m.connections, m.connections_at, m.speakers, m.speakers_at, m.listeners, m.listeners_at,
    m.events, m.events_at, m.events_held, m.unique_participants, m.closed_us, m.open_stays, m.open_offset_us, m.starts_at, m.ends_at
  from measure(
    %(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[], %(segment)s::jsonb
  ) m
  where %(cut_days)s::date[] <> '{}' and m.grain = 'SECTION'
),
-- The limit of a day: of overlapping ones the latest start rules.
limits as materialized (
  select distinct on (l.metric, l.section, d.day) l.metric, l.section, d.day, l.value::integer as value
  from (select day from asked union select %(today)s) d
  join company_limit l
    on l.company_id = %(company)s and l.metric in ('CONNECTIONS', 'SPEAKERS', 'EVENTS')
    and (l.valid_from is null or l.valid_from <= d.day) and (l.valid_to is null or l.valid_to >= d.day)
  order by l.metric, l.section, d.day, l.valid_from desc nulls last, l.limit_id desc
)
select
  a.day, a.section::text,
  coalesce(f.connections, 0), f.connections_at, connections.value,
  coalesce(f.speakers, 0), f.speakers_at, speakers.value,
  coalesce(f.listeners, 0), f.listeners_at,
  coalesce(f.events, 0), f.events_at, events.value,
  coalesce(f.events_held, 0),
  coalesce(f.closed_us + greatest(f.open_stays * microseconds(least(%(as_of)s, f.ends_at) - f.starts_at) - f.open_offset_us, 0), 0),
  coalesce(f.unique_participants, 0)
from asked a
left join found f on f.day = a.day and f.section = a.section
-- The limit of the day of the peak; without a peak, of the day's end or of today, whichever is earlier.
left join limits connections
  on connections.metric = 'CONNECTIONS' and connections.section = a.section
  and connections.day = case when f.connections > 0 then a.day else least(a.day, %(today)s) end
left join limits speakers
  on speakers.metric = 'SPEAKERS' and speakers.section = a.section
  and speakers.day = case when f.speakers > 0 then a.day else least(a.day, %(today)s) end
left join limits events
  on events.metric = 'EVENTS' and events.section = a.section
  and events.day = case when f.events > 0 then a.day else least(a.day, %(today)s) end
order by a.day, a.section
