-- Views for BI, by the rules of bi.sql: a row a day or month, days without anything included.

create or replace view bi.daily_peak with (security_barrier) as
select d.day, s.section::text as section,
  coalesce(r.connections, 0) as connections, r.connections_at, connections.value::bigint as connections_limit,
  coalesce(r.speakers, 0) as speakers, r.speakers_at, speakers.value::bigint as speakers_limit,
  case when s.section in ('TOTAL', 'WEBINAR') then coalesce(r.listeners, 0) end as listeners, r.listeners_at,
  coalesce(r.events, 0) as events, r.events_at, events.value::bigint as events_limit,
  coalesce(r.events_held, 0) as events_held,
  coalesce(
    r.closed_us + greatest(
      r.open_stays * (extract(epoch from least(statement_timestamp(), r.ends_at) - r.starts_at) * 1000000)::bigint - r.open_offset_us, 0
    ), 0
  ) / 60000000::double precision as participation_minutes,
  coalesce(r.unique_participants, 0) as unique_participants,
  coalesce(o.value, 0) as connections_in_one_event, o.reached_at as connections_in_one_event_at,
  coalesce(m.chat_posts, 0) as chat_posts, coalesce(m.qa_posts, 0) as qa_posts
from turnout.company c
join turnout.local_day d
  on d.time_zone = c.time_zone and d.starts_at <= statement_timestamp()
  and d.day >= (select min(h.day) from turnout.company_day h where h.company_id = c.company_id and h.generation = c.generation)
cross join unnest(enum_range(null::turnout.section)) as s (section)
left join turnout.section_day r
  on r.company_id = c.company_id and r.generation = c.generation and r.day = d.day and r.section = s.section
left join turnout.peak_day o
  on o.company_id = c.company_id and o.generation = c.generation and o.day = d.day and o.section = s.section
  and o.metric = 'CONNECTIONS_IN_ONE_EVENT'
left join (
  select p.company_id, p.generation, p.day, p.section,
    sum(p.posts) filter (where p.place in ('PUBLIC_CHAT', 'PRIVATE_CHAT'))::integer as chat_posts,
    sum(p.posts) filter (where p.place in ('QUESTION', 'ANSWER'))::integer as qa_posts
  from turnout.post_day p
  group by p.company_id, p.generation, p.day, p.section
) m on m.company_id = c.company_id and m.generation = c.generation and m.day = d.day and m.section = s.section
-- The limit of the day: of overlapping ones the latest start rules.
left join lateral (
  select l.value
  from turnout.company_limit l
  where l.company_id = c.company_id and l.metric = 'CONNECTIONS' and l.section = s.section
    and (l.valid_from is null or l.valid_from <= d.day) and (l.valid_to is null or l.valid_to >= d.day)
  order by l.valid_from desc nulls last, l.limit_id desc
  limit 1
) connections on true
left join lateral (
  select l.value
  from turnout.company_limit l
  where l.company_id = c.company_id and l.metric = 'SPEAKERS' and l.section = s.section
    and (l.valid_from is null or l.valid_from <= d.day) and (l.valid_to is null or l.valid_to >= d.day)
  order by l.valid_from desc nulls last, l.limit_id desc
  limit 1
) speakers on true
left join lateral (
  select l.value
  from turnout.company_limit l
  where l.company_id = c.company_id and l.metric = 'EVENTS' and l.section = s.section
    and (l.valid_from is null or l.valid_from <= d.day) and (l.valid_to is null or l.valid_to >= d.day)
  order by l.valid_from desc nulls last, l.limit_id desc
  limit 1
) events on true;

create or replace view bi.month_summary with (security_barrier) as
with calendar as (
  select c.company_id, c.generation, date_trunc('month', d.day::timestamp)::date as month, count(*) as days
  from turnout.company c
  join turnout.local_day d
    on d.time_zone = c.time_zone and d.starts_at <= statement_timestamp()
    and d.day >= (
      select date_trunc('month', min(h.day)::timestamp)::date
      from turnout.company_day h
      where h.company_id = c.company_id and h.generation = c.generation
    )
  group by c.company_id, c.generation, date_trunc('month', d.day::timestamp)
),
peak as (
  select r.company_id, r.generation, date_trunc('month', r.day::timestamp)::date as month, r.section,
    max(r.connections) as connections, (array_agg(r.connections_at order by r.connections desc, r.day))[1] as connections_at,
    max(r.speakers) as speakers, (array_agg(r.speakers_at order by r.speakers desc, r.day))[1] as speakers_at,
    max(r.listeners) as listeners, (array_agg(r.listeners_at order by r.listeners desc, r.day))[1] as listeners_at,
    max(r.events) as events, (array_agg(r.events_at order by r.events desc, r.day))[1] as events_at,
    sum(r.connections) as sum_connections, sum(r.speakers) as sum_speakers, sum(r.events) as sum_events,
    sum(
      r.closed_us + greatest(
        r.open_stays * (extract(epoch from least(statement_timestamp(), r.ends_at) - r.starts_at) * 1000000)::bigint - r.open_offset_us, 0
      )
    )::bigint as participation_us
  from turnout.section_day r
  where r.starts_at <= statement_timestamp()
  group by r.company_id, r.generation, date_trunc('month', r.day::timestamp), r.section
),
held as (
  select e.company_id, e.generation, e.month, s.section, count(*) as events_held
  from (
    select distinct d.company_id, d.generation, date_trunc('month', d.day::timestamp)::date as month, d.event_id, d.kind
    from turnout.event_day d
  ) e
  cross join lateral (values ('TOTAL'::turnout.section), (e.kind::text::turnout.section)) as s (section)
  group by e.company_id, e.generation, e.month, s.section
),
people as (
  select p.company_id, p.generation, date_trunc('month', p.day::timestamp)::date as month,
    count(distinct p.person_id) as total,
    count(distinct p.person_id) filter (where p.in_meeting) as meeting,
    count(distinct p.person_id) filter (where p.in_webinar) as webinar,
    count(distinct p.person_id) filter (where p.in_call) as call
  from turnout.person_day p
  group by p.company_id, p.generation, date_trunc('month', p.day::timestamp)
)
select k.month, s.section::text as section, k.days::integer as days,
  coalesce(p.connections, 0) as peak_connections, p.connections_at as peak_connections_at,
  coalesce(p.speakers, 0) as peak_speakers, p.speakers_at as peak_speakers_at,
  case when s.section in ('TOTAL', 'WEBINAR') then coalesce(p.listeners, 0) end as peak_listeners, p.listeners_at as peak_listeners_at,
  coalesce(p.events, 0) as peak_events, p.events_at as peak_events_at,
  coalesce(p.sum_connections, 0) / k.days::double precision as mean_daily_peak_connections,
  coalesce(p.sum_speakers, 0) / k.days::double precision as mean_daily_peak_speakers,
  coalesce(p.sum_events, 0) / k.days::double precision as mean_daily_peak_events,
  coalesce(h.events_held, 0)::integer as events_held,
  coalesce(p.participation_us, 0) / 60000000::double precision as participation_minutes,
  coalesce(
    case s.section when 'TOTAL' then n.total when 'MEETING' then n.meeting when 'WEBINAR' then n.webinar else n.call end, 0
  )::integer as unique_participants
from calendar k
cross join unnest(enum_range(null::turnout.section)) as s (section)
left join peak p on p.company_id = k.company_id and p.generation = k.generation and p.month = k.month and p.section = s.section
left join held h on h.company_id = k.company_id and h.generation = k.generation and h.month = k.month and h.section = s.section
left join people n on n.company_id = k.company_id and n.generation = k.generation and n.month = k.month;

create or replace view bi.day_total with (security_barrier) as
select d.day,
  coalesce(h.events_created, 0) as events_created, coalesce(h.personal_calls, 0) as personal_calls,
  coalesce(h.group_calls, 0) as group_calls, coalesce(h.messages, 0) as messages, coalesce(h.new_users, 0) as new_users,
  coalesce(sum(h.registered_delta) over up_to_it, 0)::integer as registered_users,
  coalesce(h.uploaded_bytes, 0) as uploaded_bytes,
  coalesce(sum(h.stored_delta_bytes) over up_to_it, 0)::bigint as storage_bytes,
  coalesce(h.sign_ins, 0) as sign_ins,
  coalesce(r.recordings, 0) as peak_recordings, r.recordings_at as peak_recordings_at,
  coalesce(r.recorded_us + r.running * w.lasted_us, 0) / 60000000::double precision as recorded_minutes,
  coalesce(sum(r.stored_delta_us + r.stored_running * w.lasted_us) over up_to_it, 0)::bigint / 60000000::double precision
    as stored_recording_minutes,
  coalesce(sum(r.stored_delta_bytes) over up_to_it, 0)::bigint as stored_recording_bytes,
  coalesce(a.rooms, 0)::integer as active_rooms, coalesce(l.value, 0) as peak_dial_in_lines, l.reached_at as peak_dial_in_lines_at,
  coalesce(f.live_streams, 0) as peak_live_streams, f.live_streams_at as peak_live_streams_at,
  coalesce(f.captions_us, 0) / 60000000::double precision as captions_minutes,
  coalesce(f.whiteboard_us, 0) / 60000000::double precision as whiteboard_minutes,
  coalesce(f.breakout_us, 0) / 60000000::double precision as breakout_minutes,
  coalesce(f.transcription_us, 0) / 60000000::double precision as transcription_minutes,
  coalesce(f.screen_share_us, 0) / 60000000::double precision as screen_share_minutes,
  coalesce(f.captions_enabled_us, 0) / 60000000::double precision as captions_enabled_minutes,
  coalesce(m.public_chat_posts, 0) as public_chat_posts, coalesce(m.private_chat_posts, 0) as private_chat_posts,
  coalesce(m.questions, 0) as questions, coalesce(m.answers, 0) as answers,
  coalesce(q.stays_begun + q.stays_carried, 0) as stays,
  (coalesce(q.first_sampled, 0) + coalesce(s.sampled, 0))::integer as stays_with_sample,
  (coalesce(q.first_troubled, 0) + coalesce(s.troubled, 0))::integer as stays_in_trouble
from turnout.company c
join turnout.local_day d
  on d.time_zone = c.time_zone and d.starts_at <= statement_timestamp()
  and d.day >= (select min(h.day) from turnout.company_day h where h.company_id = c.company_id and h.generation = c.generation)
left join turnout.company_day h on h.company_id = c.company_id and h.generation = c.generation and h.day = d.day
left join turnout.recording_day r on r.company_id = c.company_id and r.generation = c.generation and r.day = d.day
cross join lateral (
  select (extract(epoch from least(statement_timestamp(), d.ends_at) - d.starts_at) * 1000000)::bigint as lasted_us
) w
left join (
  select r.company_id, r.generation, r.day, count(*) as rooms
  from turnout.room_day r
  where r.event_ids <> '{}'
  group by r.company_id, r.generation, r.day
) a on a.company_id = c.company_id and a.generation = c.generation and a.day = d.day
left join turnout.peak_day l
  on l.company_id = c.company_id and l.generation = c.generation and l.day = d.day and l.section = 'TOTAL' and l.metric = 'DIAL_IN_LINES'
left join (
  select g.company_id, g.generation, g.day,
    max(g.peak) filter (where g.figure = 'LIVE_STREAM') as live_streams,
    max(g.peak_at) filter (where g.figure = 'LIVE_STREAM') as live_streams_at,
    max(x.us) filter (where g.figure = 'CAPTIONS') as captions_us,
    max(x.us) filter (where g.figure = 'WHITEBOARD') as whiteboard_us,
    max(x.us) filter (where g.figure = 'BREAKOUT') as breakout_us,
    max(x.us) filter (where g.figure = 'TRANSCRIPTION') as transcription_us,
    max(x.us) filter (where g.figure = 'SCREEN_SHARE') as screen_share_us,
    max(x.us) filter (where g.figure = 'CAPTIONS_ENABLED') as captions_enabled_us
  from turnout.feature_day g
  cross join lateral (
    select g.closed_us + greatest(
      g.open_events * (extract(epoch from least(statement_timestamp(), g.ends_at) - g.starts_at) * 1000000)::bigint - g.open_offset_us, 0
    ) as us
  ) x
  group by g.company_id, g.generation, g.day
) f on f.company_id = c.company_id and f.generation = c.generation and f.day = d.day
left join (
  select p.company_id, p.generation, p.day,
    sum(p.posts) filter (where p.place = 'PUBLIC_CHAT')::integer as public_chat_posts,
    sum(p.posts) filter (where p.place = 'PRIVATE_CHAT')::integer as private_chat_posts,
    sum(p.posts) filter (where p.place = 'QUESTION')::integer as questions,
    sum(p.posts) filter (where p.place = 'ANSWER')::integer as answers
  from turnout.post_day p
  where p.section = 'TOTAL'
  group by p.company_id, p.generation, p.day
) m on m.company_id = c.company_id and m.generation = c.generation and m.day = d.day
left join turnout.quality_day q on q.company_id = c.company_id and q.generation = c.generation and q.day = d.day
-- Stays that had a sample, or one that shows trouble, on an earlier day already.
left join (
  select y.company_id, y.generation, y.day, count(*) as sampled, count(*) filter (where y.troubled_at < h.starts_at) as troubled
  from turnout.sampled_stay_day y
  join turnout.company_day h on h.company_id = y.company_id and h.generation = y.generation and h.day = y.day
  group by y.company_id, y.generation, y.day
) s on s.company_id = c.company_id and s.generation = c.generation and s.day = d.day
window up_to_it as (order by d.day);
