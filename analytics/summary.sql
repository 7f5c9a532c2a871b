-- One period as a whole. Whole days come from the rollups; at most two cut days at its edges are measured.

-- name: summary_sections
with measured as materialized (
  select *
  from measure(
    %(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[], %(segment)s::jsonb
  )
  where %(cut_days)s::date[] <> '{}'
),
-- Months that are over come from their materialized row while it is current, all else from the days.
month as materialized (
  select m.*
  from current_month m
  where m.company_id = %(company)s and m.generation = %(generation)s and m.month = any (%(months)s::date[])
),
span as materialized (
  select s.first_day, s.last_day
  from unnest(%(span_firsts)s::date[], %(span_lasts)s::date[]) as s (first_day, last_day)
  union all
  select k.month, (k.month + interval '1 month - 1 day')::date
  from unnest(%(months)s::date[]) as k (month)
  where not exists (select from month m where m.month = k.month)
),
part as (
  select r.section,
    r.connections, r.connections_at, r.day as connections_day, r.speakers, r.speakers_at, r.day as speakers_day,
    r.listeners, r.listeners_at, r.day as listeners_day, r.events, r.events_at, r.day as events_day,
    case when r.day <= %(today)s then r.connections end as sum_connections,
    case when r.day <= %(today)s then r.speakers end as sum_speakers,
    case when r.day <= %(today)s then r.events end as sum_events,
    r.closed_us + greatest(r.open_stays * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at) - r.open_offset_us, 0) as participation_us
  from (
    select r.section, r.day, r.connections, r.connections_at, r.speakers, r.speakers_at, r.listeners, r.listeners_at,
      r.events, r.events_at, r.closed_us, r.open_stays, r.open_offset_us, r.starts_at, r.ends_at
    from span s
    cross join lateral (
      select r.*
      from section_day r
      where r.company_id = %(company)s and r.generation = %(generation)s and r.day between s.first_day and s.last_day
      offset 0
    ) r
    union all
    select m.section, m.day, m.connections, m.connections_at, m.speakers, m.speakers_at, m.listeners, m.listeners_at,
      m.events, m.events_at, m.closed_us, m.open_stays, m.open_offset_us, m.starts_at, m.ends_at
    from measured m
    where m.grain = 'SECTION'
  ) r
  union all
  select m.section,
    m.connections, m.connections_at, m.connections_day, m.speakers, m.speakers_at, m.speakers_day,
    m.listeners, m.listeners_at, m.listeners_day, m.events, m.events_at, m.events_day,
    m.sum_connections, m.sum_speakers, m.sum_events, m.participation_us
  from month m
  where m.connections is not null
),
-- The first instant of the highest peak is that of the earliest day that reached it.
peak as (
  select p.section,
    max(p.connections) as connections, (array_agg(p.connections_at order by p.connections desc, p.connections_day))[1] as connections_at,
    case when max(p.connections) > 0 then (array_agg(p.connections_day order by p.connections desc, p.connections_day))[1] end
      as connections_day,
    max(p.speakers) as speakers, (array_agg(p.speakers_at order by p.speakers desc, p.speakers_day))[1] as speakers_at,
    case when max(p.speakers) > 0 then (array_agg(p.speakers_day order by p.speakers desc, p.speakers_day))[1] end as speakers_day,
    max(p.listeners) as listeners, (array_agg(p.listeners_at order by p.listeners desc, p.listeners_day))[1] as listeners_at,
    case when max(p.listeners) > 0 then (array_agg(p.listeners_day order by p.listeners desc, p.listeners_day))[1] end as listeners_day,
    max(p.events) as events, (array_agg(p.events_at order by p.events desc, p.events_day))[1] as events_at,
    case when max(p.events) > 0 then (array_agg(p.events_day order by p.events desc, p.events_day))[1] end as events_day,
    coalesce(sum(p.sum_connections), 0)::bigint as sum_connections,
    coalesce(sum(p.sum_speakers), 0)::bigint as sum_speakers,
    coalesce(sum(p.sum_events), 0)::bigint as sum_events,
    sum(p.participation_us)::bigint as participation_us
  from part p
  group by p.section
),
-- Of whole days bits say who was there and what was held. Of cut days they do not, nor of one user, who sees rows of people alone.
present as (
  select p.what, bit_or(p.total) as total, bit_or(p.in_meeting) as meeting, bit_or(p.in_webinar) as webinar, bit_or(p.in_call) as call
  from presence_day p
  where p.company_id = %(company)s and p.generation = %(generation)s and p.day between %(first_day)s and %(last_day)s
    and %(cut_days)s::date[] = '{}' and (select current_user_key()) is null
  group by p.what, p.chunk
),
person as (
  select d.person_id as id, d.in_meeting, d.in_webinar, d.in_call
  from person_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s and d.day <> all (%(cut_days)s::date[])
    and (%(cut_days)s::date[] <> '{}' or (select current_user_key()) is not null)
  union all
  select m.person_id, m.in_meeting, m.in_webinar, m.in_call
  from measured m
  where m.grain = 'PERSON'
),
held as (
  select d.event_id as id, d.kind
  from event_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s and d.day <> all (%(cut_days)s::date[])
    and (%(cut_days)s::date[] <> '{}' or (select current_user_key()) is not null)
  union
  select m.event_id, m.kind
  from measured m
  where m.grain = 'EVENT'
),
counted as (
  select p.what, bit_count(p.total) as total, bit_count(p.meeting) as meeting, bit_count(p.webinar) as webinar, bit_count(p.call) as call
  from present p
  union all
  select 'PERSON'::presence, 1, bool_or(p.in_meeting)::integer, bool_or(p.in_webinar)::integer, bool_or(p.in_call)::integer
  from person p
  group by p.id
  union all
  select 'EVENT'::presence, 1, (h.kind = 'MEETING')::integer, (h.kind = 'WEBINAR')::integer, (h.kind = 'CALL')::integer
  from held h
),
distinct_ones as (
  select w.what, coalesce(sum(c.total), 0)::bigint as total, coalesce(sum(c.meeting), 0)::bigint as meeting,
    coalesce(sum(c.webinar), 0)::bigint as webinar, coalesce(sum(c.call), 0)::bigint as call
  from unnest(enum_range(null::presence)) as w (what)
  left join counted c on c.what = w.what
  group by w.what
)
select
  s.section::text,
  coalesce(p.connections, 0), p.connections_at, limit_on(%(company)s, 'CONNECTIONS', s.section, coalesce(p.connections_day, %(limit_day)s))::integer,
  coalesce(p.speakers, 0), p.speakers_at, limit_on(%(company)s, 'SPEAKERS', s.section, coalesce(p.speakers_day, %(limit_day)s))::integer,
  coalesce(p.listeners, 0), p.listeners_at, limit_on(%(company)s, 'LISTENERS', s.section, coalesce(p.listeners_day, %(limit_day)s))::integer,
  coalesce(p.events, 0), p.events_at, limit_on(%(company)s, 'EVENTS', s.section, coalesce(p.events_day, %(limit_day)s))::integer,
  coalesce(p.sum_connections, 0), coalesce(p.sum_speakers, 0), coalesce(p.sum_events, 0),
  case s.section when 'TOTAL' then e.total when 'MEETING' then e.meeting when 'WEBINAR' then e.webinar else e.call end,
  coalesce(p.participation_us, 0),
  case s.section when 'TOTAL' then n.total when 'MEETING' then n.meeting when 'WEBINAR' then n.webinar else n.call end
from unnest(enum_range(null::section)) as s (section)
left join peak p on p.section = s.section
join distinct_ones n on n.what = 'PERSON'
join distinct_ones e on e.what = 'EVENT'
order by s.section

-- name: summary_templates
with held as (
  select d.event_id, d.kind, d.template, d.group_call
  from event_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s and d.day <> all (%(cut_days)s::date[])
  union
  select m.event_id, m.kind, m.template, m.group_call
  from measure(
    %(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[], %(segment)s::jsonb
  ) m
  where %(cut_days)s::date[] <> '{}' and m.grain = 'EVENT'
)
select h.kind::text, h.template, count(*), count(*) filter (where h.kind = 'CALL' and not h.group_call), count(*) filter (where h.group_call)
from held h
group by h.kind, h.template
order by h.kind, h.template collate "C" nulls last

-- name: summary_counts
-- What was counted in the period, and what exists at its end or now against the limits of that day: the differences of all
-- days up to it. Months that are over come from their materialized row while it is current.
with month as materialized (
  select m.*
  from current_month m
  where m.company_id = %(company)s and m.generation = %(generation)s and m.section = 'TOTAL' and m.month = any (%(all_months)s::date[])
),
span as materialized (
  select s.first_day, s.last_day, true as counted
  from unnest(%(span_firsts)s::date[], %(span_lasts)s::date[]) as s (first_day, last_day)
  union all
  select s.first_day, s.last_day, false
  from unnest(%(before_firsts)s::date[], %(before_lasts)s::date[]) as s (first_day, last_day)
  union all
  select k.month, (k.month + interval '1 month - 1 day')::date, k.month = any (%(months)s::date[])
  from unnest(%(all_months)s::date[]) as k (month)
  where not exists (select from month m where m.month = k.month)
    and k.month > (
      select min(d.day) - 31 from company_day d where d.company_id = %(company)s and d.generation = %(generation)s
    )
),
difference as (
  select
    case when s.counted then d.events_created else 0 end as events_created,
    case when s.counted then d.events_not_held else 0 end as events_not_held,
    case when s.counted then d.messages else 0 end as messages,
    case when s.counted then d.uploaded_bytes else 0 end as uploaded_bytes,
    case when s.counted then d.new_users else 0 end as new_users,
    case when d.day <= %(through_day)s then d.stored_delta_bytes else 0 end as storage_bytes,
    case when d.day <= %(through_day)s then d.registered_delta else 0 end as registered_users
  from span s
  cross join lateral (
    select d.*
    from company_day d
    where d.company_id = %(company)s and d.generation = %(generation)s and d.day between s.first_day and s.last_day
    offset 0
  ) d
  union all
  select
    case when m.month = any (%(months)s::date[]) then m.events_created else 0 end,
    case when m.month = any (%(months)s::date[]) then m.events_not_held else 0 end,
    case when m.month = any (%(months)s::date[]) then m.messages else 0 end,
    case when m.month = any (%(months)s::date[]) then m.uploaded_bytes else 0 end,
    case when m.month = any (%(months)s::date[]) then m.new_users else 0 end,
    m.stored_delta_bytes, m.registered_delta
  from month m
  union all
  select m.events_created, m.events_not_held, 0, 0, 0, 0, 0
  from measure(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) m
  where %(cut_days)s::date[] <> '{}' and m.grain = 'DAY'
  union all
  select 0, 0, y.messages, y.uploaded_bytes, y.new_users, 0, 0
  from tally(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) y
  where %(cut_days)s::date[] <> '{}' and y.grain = 'DAY'
  union all
  select 0, 0, 0, 0, 0, y.delta_bytes, y.registered_delta
  from tally(%(company)s, %(as_of)s, %(end_days)s::date[], %(end_starts)s::timestamptz[], %(end_ends)s::timestamptz[]) y
  where %(end_days)s::date[] <> '{}' and y.grain = 'DAY'
)
select
  coalesce(sum(c.events_created), 0)::bigint, coalesce(sum(c.events_not_held), 0)::bigint, coalesce(sum(c.messages), 0)::bigint,
  coalesce(sum(c.uploaded_bytes), 0)::bigint, coalesce(sum(c.new_users), 0)::bigint,
  coalesce(sum(c.storage_bytes), 0)::bigint, limit_on(%(company)s, 'STORAGE_BYTES', 'TOTAL', %(limit_day)s),
  coalesce(sum(c.registered_users), 0)::bigint, limit_on(%(company)s, 'USERS', 'TOTAL', %(limit_day)s)
from difference c

-- name: segment_counts
-- What is counted once of a segment: its events.
select coalesce(sum(c.events_created), 0)::bigint, coalesce(sum(c.events_not_held), 0)::bigint
from (
  select d.events_created, d.events_not_held
  from company_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union all
  select m.events_created, m.events_not_held
  from measure(
    %(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[], %(segment)s::jsonb
  ) m
  where %(cut_days)s::date[] <> '{}' and m.grain = 'DAY'
) c
