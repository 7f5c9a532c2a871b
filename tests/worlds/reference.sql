-- The rollups that a sweep writes, as the reference SQL computes them.

-- name: compute_levels
insert into level_day (company_id, generation, day, metric, section, levels, spent_us, open_level, open_since)
select %(company)s, %(generation)s, l.day, l.metric, l.section, l.levels, l.spent_us, l.open_level, l.open_since
from level_times(%(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) l

-- name: compute_stays
with measured as materialized (
  select * from measure(
    %(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(segment)s::jsonb
  )
),
sections as (
  insert into section_day (
    company_id, generation, day, section, connections, connections_at, speakers, speakers_at, listeners, listeners_at, events, events_at,
    events_held, unique_participants, closed_us, open_stays, open_offset_us, starts_at, ends_at
  )
  select %(company)s, %(generation)s, m.day, m.section, m.connections, m.connections_at, m.speakers, m.speakers_at, m.listeners, m.listeners_at,
    m.events, m.events_at, m.events_held, m.unique_participants, m.closed_us, m.open_stays, m.open_offset_us, m.starts_at, m.ends_at
  from measured m
  where m.grain = 'SECTION'
),
events as (
  insert into event_day (
    company_id, generation, day, event_id, kind, template, owner_key, group_call, connections, speakers, listeners, unique_participants,
    closed_us, open_stays, open_offset_us, occupied_us, occupied_until, live, first_joined_at, last_left_at
  )
  select %(company)s, %(generation)s, m.day, m.event_id, m.kind, m.template, m.owner_key, m.group_call, m.connections, m.speakers, m.listeners,
    m.unique_participants, m.closed_us, m.open_stays, m.open_offset_us, m.occupied_us, m.occupied_until, m.live, m.first_joined_at, m.last_left_at
  from measured m
  where m.grain = 'EVENT'
),
owners as (
  insert into owner_day (company_id, generation, day, owner_key, events)
  select %(company)s, %(generation)s, m.day, m.owner_key, m.events
  from measured m
  where m.grain = 'OWNER'
),
persons as (
  insert into person_day (company_id, generation, day, person_id, in_meeting, in_webinar, in_call)
  select %(company)s, %(generation)s, m.day, m.person_id, m.in_meeting, m.in_webinar, m.in_call
  from measured m
  where m.grain = 'PERSON'
)
update company_day d
set valid_until = m.valid_until, events_created = m.events_created, events_not_held = m.events_not_held,
  personal_calls = m.personal_calls, group_calls = m.group_calls
from measured m
where m.grain = 'DAY' and d.company_id = %(company)s and d.generation = %(generation)s and d.day = m.day

-- name: compute_presence
insert into presence_day (company_id, generation, day, what, chunk, total, in_meeting, in_webinar, in_call)
select %(company)s, %(generation)s, x.day, x.what, x.id >> 8, bit_or(b.bit), bit_or(case when x.in_meeting then b.bit else b.none end),
  bit_or(case when x.in_webinar then b.bit else b.none end), bit_or(case when x.in_call then b.bit else b.none end)
from (
  select p.day, 'PERSON'::presence as what, p.person_id as id, p.in_meeting, p.in_webinar, p.in_call
  from person_day p
  where p.company_id = %(company)s and p.generation = %(generation)s and p.day = any (%(days)s::date[])
  union all
  select d.day, 'EVENT', d.event_id, d.kind = 'MEETING', d.kind = 'WEBINAR', d.kind = 'CALL'
  from event_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day = any (%(days)s::date[])
) x
cross join lateral (select set_bit(0::bit(256), (x.id & 255)::integer, 1) as bit, 0::bit(256) as none) b
group by x.day, x.what, x.id >> 8

-- name: compute_breakdown
with broken_down as materialized (
  select b.*
  from rollup_generation g
  cross join lateral breakdown(
    %(company)s, %(as_of)s, g.time_zone, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(segment)s::jsonb
  ) b
  where g.company_id = %(company)s and g.generation = %(generation)s
),
peaks as (
  insert into peak_day (company_id, generation, day, metric, section, value, reached_at)
  select %(company)s, %(generation)s, b.day, b.metric, b.section, b.value, b.reached_at
  from broken_down b
  where b.grain = 'PEAK'
),
devices as (
  insert into device_day (company_id, generation, day, device, closed_us, open_stays, open_offset_us)
  select %(company)s, %(generation)s, b.day, b.device, b.closed_us, b.open_stays, b.open_offset_us
  from broken_down b
  where b.grain = 'DEVICE'
),
rooms as (
  insert into room_day (
    company_id, generation, day, room_id, event_ids, person_ids, closed_us, open_stays, open_offset_us, first_at, last_at,
    recorder_us, open_recorders, recorder_offset_us, streamer_us, open_streamers, streamer_offset_us
  )
  select %(company)s, %(generation)s, b.day, b.room_id, b.event_ids, b.person_ids, b.closed_us, b.open_stays, b.open_offset_us,
    b.first_at, b.last_at, b.recorder_us, b.open_recorders, b.recorder_offset_us, b.streamer_us, b.open_streamers, b.streamer_offset_us
  from broken_down b
  where b.grain = 'ROOM'
),
hours as (
  insert into hour_day (
    company_id, generation, day, section, hour, connections, speakers, listeners, events, spent_us, open_stays, open_since, open_until
  )
  select %(company)s, %(generation)s, b.day, b.section, b.hour, b.connections, b.speakers, b.listeners, b.events,
    b.closed_us, b.open_stays, b.open_since, b.open_until
  from broken_down b
  where b.grain = 'HOUR'
)
update company_day d
set valid_until = b.valid_until
from broken_down b
where b.grain = 'DAY' and d.company_id = %(company)s and d.generation = %(generation)s and d.day = b.day and b.valid_until < d.valid_until

-- name: compute_features
with gauged as materialized (
  select * from gauge(%(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
),
figures as (
  insert into feature_day (company_id, generation, day, figure, closed_us, open_events, open_offset_us, peak, peak_at, starts_at, ends_at)
  select %(company)s, %(generation)s, g.day, g.figure, g.closed_us, g.open_events, g.open_offset_us, g.peak, g.peak_at, g.starts_at, g.ends_at
  from gauged g
  where g.grain = 'FIGURE'
),
media as (
  insert into media_day (company_id, generation, day, direction, track, lasted_us)
  select %(company)s, %(generation)s, g.day, g.direction, g.track, g.lasted_us
  from gauged g
  where g.grain = 'MEDIA'
),
stays as (
  insert into quality_day (company_id, generation, day, stays_begun, stays_carried, first_sampled, first_troubled)
  select %(company)s, %(generation)s, g.day, g.stays_begun, g.stays_carried, g.first_sampled, g.first_troubled
  from gauged g
  where g.grain = 'STAYS'
),
sampled as (
  insert into sampled_stay_day (company_id, generation, day, connection_id, ordinal, sampled_at, troubled_at)
  select %(company)s, %(generation)s, g.day, g.connection_id, g.ordinal, g.sampled_at, g.troubled_at
  from gauged g
  where g.grain = 'STAY'
)
update company_day d
set valid_until = g.valid_until
from gauged g
where g.grain = 'DAY' and d.company_id = %(company)s and d.generation = %(generation)s and d.day = g.day and g.valid_until < d.valid_until

-- name: compute_billing
with billed as materialized (
  select * from bill(%(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
),
carried as (
  insert into carried_stay_day (company_id, generation, day, connection_id, kind, joined_at, left_at)
  select %(company)s, %(generation)s, b.day, b.connection_id, b.kind, b.joined_at, b.left_at
  from billed b
  where b.grain = 'CARRIED'
)
insert into billing_day (
  company_id, generation, day, section, closed_minutes, open_stays, open_offset_minutes, open_phases, starts_at, ends_at
)
select %(company)s, %(generation)s, b.day, b.section, b.closed_minutes, b.open_stays, b.open_offset_minutes, b.open_phases, b.starts_at, b.ends_at
from billed b
where b.grain = 'SECTION'

-- name: days_to_sweep
select l.day, l.starts_at, l.ends_at
from local_day l
join rollup_generation g on g.company_id = %(company)s and g.generation = %(generation)s and l.time_zone = g.time_zone
where l.day in (
  select x.day + n
  from (
    select k.day from mark k where k.company_id = %(company)s and k.generation = %(generation)s
    union
    select (%(as_of)s::timestamptz at time zone 'UTC')::date
  ) x
  cross join generate_series(-1, 1) n
)
order by l.day
