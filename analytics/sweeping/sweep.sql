-- What a sweep reads and writes. Arrays go both ways; a day is its place among the days, from 0, a kind MEETING, WEBINAR, CALL.

-- name: find_stays
select
  coalesce(array_agg(f.nth - 1), '{}'), coalesce(array_agg(f.connection_id), '{}'), coalesce(array_agg(f.ordinal), '{}'),
  coalesce(array_agg(f.event_id), '{}'), coalesce(array_agg(f.person_id), '{}'), coalesce(array_agg(f.joined_at), '{}'),
  coalesce(array_agg(coalesce(f.left_at, 'infinity')), '{}'),
  coalesce(array_agg(array_position(%(devices)s::device[], coalesce(f.device, 'UNKNOWN')) - 1), '{}'),
  coalesce(array_agg(coalesce(f.role in ('MODERATOR', 'SPEAKER'), false)), '{}'),
  coalesce(array_agg(f.changed_at is not null), '{}')
from found_stays(%(company)s, %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(segment)s::jsonb) f

-- name: find_changes
-- The roles that stays took on, of connections with such stays.
select
  coalesce(array_agg(s.connection_id order by s.connection_id, s.ordinal, c.n), '{}'),
  coalesce(array_agg(s.ordinal order by s.connection_id, s.ordinal, c.n), '{}'),
  coalesce(array_agg(c.at order by s.connection_id, s.ordinal, c.n), '{}'),
  coalesce(array_agg(c.role in ('MODERATOR', 'SPEAKER') order by s.connection_id, s.ordinal, c.n), '{}')
from (select distinct k.connection_id from unnest(%(connections)s) as k (connection_id)) k
cross join lateral (
  select s.connection_id, s.ordinal, s.changed_at, s.changed_to
  from stay s
  where s.company_id = %(company)s and s.connection_id = k.connection_id and s.changed_at is not null
  offset 0
) s
cross join lateral unnest(s.changed_at, s.changed_to) with ordinality as c (at, role, n)

-- name: find_tops
-- Each event with the one at the top. Of a call: 0 or 1 where its template says that it is personal or a group's, else 2.
select
  coalesce(array_agg(f.event_id), '{}'), coalesce(array_agg(t.event_id), '{}'),
  coalesce(array_agg(array_position('{MEETING,WEBINAR,CALL}'::event_kind[], t.kind) - 1), '{}'),
  coalesce(array_agg(t.tree_active_at), '{}'), coalesce(array_agg(t.tree_active_at + c.stale_after), '{}'),
  coalesce(array_agg(coalesce(t.captions_enabled, false)), '{}'),
  coalesce(array_agg(
    case when t.kind <> 'CALL' then 0 when t.template = 'PERSONAL_CALL' then 0 when t.template = 'GROUP_CALL' then 1 else 2 end
  ), '{}'),
  coalesce(array_agg(t.resolved_owner_key), '{}'), coalesce(array_agg(t.room_key), '{}')
from unnest(%(events)s) as f (event_id)
join company c on c.company_id = %(company)s
cross join lateral (
  select t.event_id, t.kind, t.template, t.tree_active_at, t.captions_enabled, t.resolved_owner_key, t.room_key
  from event e
  join event t on t.company_id = %(company)s and t.event_id = e.top_id
  where e.company_id = %(company)s and e.event_id = f.event_id
    and (%(segment)s::jsonb is null or room_in_segment(%(company)s, %(segment)s::jsonb, t.room_key))
  offset 0
) t

-- name: find_crowds
select
  coalesce(array_agg(c.event_id), '{}'), coalesce(array_agg(c.overlapped), '{}'),
  coalesce(array_agg(coalesce(c.changes_at, 'infinity')), '{}')
from call_crowds(%(company)s, %(as_of)s, %(events)s) c

-- name: find_hours
select array_agg(array_position(%(days)s::date[], h.day) - 1), array_agg(h.hour::integer), array_agg(h.lo), array_agg(h.hi)
from local_hours(%(time_zone)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) h

-- name: write_days
-- The first of what says how long a day holds.
update company_day d
set valid_until = least(x.valid_until, p.due_at), events_created = p.events_created, events_not_held = p.events_not_held,
  personal_calls = x.personal_calls, group_calls = x.group_calls
from unnest(%(valid_until)s, %(personal_calls)s, %(group_calls)s) with ordinality as x (valid_until, personal_calls, group_calls, nth)
join plans(
  %(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(segment)s::jsonb
) p on p.day = (%(days)s::date[])[x.nth]
where d.company_id = %(company)s and d.generation = %(generation)s and d.day = p.day

-- name: write_sections
insert into section_day (
  company_id, generation, day, section, connections, connections_at, speakers, speakers_at, listeners, listeners_at, events, events_at,
  events_held, unique_participants, closed_us, open_stays, open_offset_us, starts_at, ends_at
)
select %(company)s, %(generation)s, (%(days)s::date[])[x.day + 1], (%(sections)s::section[])[x.section + 1],
  x.connections, nullif(x.connections_at, 'infinity'), x.speakers, nullif(x.speakers_at, 'infinity'),
  x.listeners, nullif(x.listeners_at, 'infinity'), x.events, nullif(x.events_at, 'infinity'),
  x.held, x.people, x.closed, x.open, x.open_offset, (%(starts)s::timestamptz[])[x.day + 1], (%(ends)s::timestamptz[])[x.day + 1]
from unnest(
  %(day)s, %(section)s, %(connections)s, %(connections_at)s, %(speakers)s, %(speakers_at)s, %(listeners)s, %(listeners_at)s,
  %(events)s, %(events_at)s, %(held)s, %(people)s, %(closed)s, %(open)s, %(offset)s
) as x (
  day, section, connections, connections_at, speakers, speakers_at, listeners, listeners_at, events, events_at,
  held, people, closed, open, open_offset
)

-- name: write_events
-- Of a day with very many events few change at a time: rows that would be the same are left alone, here and of people.
with swept as materialized (
  select (%(days)s::date[])[x.day + 1] as day, x.event_id, t.kind, t.template, t.resolved_owner_key as owner_key, x.group_call,
    x.connections, x.speakers, x.listeners, x.unique_participants, x.closed_us, x.open_stays, x.open_offset_us, x.occupied_us,
    nullif(x.occupied_until, 'infinity') as occupied_until, x.live, x.first_joined_at, nullif(x.last_left, 'infinity') as last_left_at
  from unnest(
    %(day)s, %(event)s, %(grouped)s, %(connections)s, %(speakers)s, %(listeners)s, %(people)s, %(closed)s, %(open)s, %(offset)s,
    %(occupied)s, %(occupied_until)s, %(live)s, %(joined)s, %(last_left)s
  ) as x (
    day, event_id, group_call, connections, speakers, listeners, unique_participants, closed_us, open_stays, open_offset_us,
    occupied_us, occupied_until, live, first_joined_at, last_left
  )
  join event t on t.company_id = %(company)s and t.event_id = x.event_id
),
gone as (
  delete from event_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day = any (%(days)s::date[])
    and not exists (select from swept s where s.day = d.day and s.event_id = d.event_id)
)
insert into event_day (
  company_id, generation, day, event_id, kind, template, owner_key, group_call, connections, speakers, listeners, unique_participants, closed_us, open_stays,
  open_offset_us, occupied_us, occupied_until, live, first_joined_at, last_left_at
)
select %(company)s, %(generation)s, s.*
from swept s
left join event_day d
  on d.company_id = %(company)s and d.generation = %(generation)s and d.day = s.day and d.event_id = s.event_id
where d.event_id is null or (
    d.kind, d.template, d.owner_key, d.group_call, d.connections, d.speakers, d.listeners, d.unique_participants,
    d.closed_us, d.open_stays, d.open_offset_us, d.occupied_us, d.occupied_until, d.live, d.first_joined_at,
    d.last_left_at
  ) is distinct from (
    s.kind, s.template, s.owner_key, s.group_call, s.connections, s.speakers, s.listeners, s.unique_participants,
    s.closed_us, s.open_stays, s.open_offset_us, s.occupied_us, s.occupied_until, s.live, s.first_joined_at,
    s.last_left_at
  )
on conflict (company_id, generation, day, event_id) do update
set kind = excluded.kind, template = excluded.template, owner_key = excluded.owner_key, group_call = excluded.group_call,
  connections = excluded.connections, speakers = excluded.speakers, listeners = excluded.listeners,
  unique_participants = excluded.unique_participants, closed_us = excluded.closed_us, open_stays = excluded.open_stays,
  open_offset_us = excluded.open_offset_us, occupied_us = excluded.occupied_us,
  occupied_until = excluded.occupied_until, live = excluded.live, first_joined_at = excluded.first_joined_at,
  last_left_at = excluded.last_left_at

-- name: write_owners
insert into owner_day (company_id, generation, day, owner_key, events)
select %(company)s, %(generation)s, (%(days)s::date[])[x.day + 1], x.owner_key, x.events
from unnest(%(day)s, %(owner)s::text[], %(events)s) as x (day, owner_key, events)

-- name: write_persons
with swept as materialized (
  select (%(days)s::date[])[x.day + 1] as day, x.person_id, x.in_meeting, x.in_webinar, x.in_call
  from unnest(%(day)s, %(person)s, %(in_meeting)s, %(in_webinar)s, %(in_call)s) as x (day, person_id, in_meeting, in_webinar, in_call)
),
gone as (
  delete from person_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day = any (%(days)s::date[])
    and not exists (select from swept s where s.day = d.day and s.person_id = d.person_id)
)
insert into person_day (company_id, generation, day, person_id, in_meeting, in_webinar, in_call)
select %(company)s, %(generation)s, s.*
from swept s
left join person_day d
  on d.company_id = %(company)s and d.generation = %(generation)s and d.day = s.day and d.person_id = s.person_id
where d.person_id is null or (d.in_meeting, d.in_webinar, d.in_call) is distinct from (s.in_meeting, s.in_webinar, s.in_call)
on conflict (company_id, generation, day, person_id) do update
set in_meeting = excluded.in_meeting, in_webinar = excluded.in_webinar, in_call = excluded.in_call

-- name: write_presence
insert into presence_day (company_id, generation, day, what, chunk, total, in_meeting, in_webinar, in_call)
select %(company)s, %(generation)s, (%(days)s::date[])[x.day + 1], (enum_range(null::presence))[x.what + 1], x.chunk,
  ('x' || x.total)::bit(256), ('x' || x.in_meeting)::bit(256), ('x' || x.in_webinar)::bit(256), ('x' || x.in_call)::bit(256)
from unnest(
  %(day)s, %(what)s, %(chunk)s, %(total)s::text[], %(in_meeting)s::text[], %(in_webinar)s::text[], %(in_call)s::text[]
) as x (day, what, chunk, total, in_meeting, in_webinar, in_call)

-- name: write_levels
insert into level_day (company_id, generation, day, metric, section, levels, spent_us, open_level, open_since)
select %(company)s, %(generation)s, (%(days)s::date[])[x.day + 1],
  ('{CONNECTIONS,SPEAKERS,LISTENERS,EVENTS}'::limit_metric[])[x.metric + 1], (%(sections)s::section[])[x.section + 1],
  (%(levels)s)[x.first + 1 : x.first + x.count], (%(spent)s)[x.first + 1 : x.first + x.count],
  nullif(x.open, 0), case when x.open > 0 then %(as_of)s::timestamptz end
from unnest(%(day)s, %(metric)s, %(section)s, %(first)s, %(count)s, %(open)s) as x (day, metric, section, first, count, open)

-- name: write_peaks
insert into peak_day (company_id, generation, day, metric, section, value, reached_at)
select %(company)s, %(generation)s, (%(days)s::date[])[x.day + 1],
  ('{CONNECTIONS_IN_ONE_EVENT,DIAL_IN_LINES}'::day_metric[])[x.metric + 1], (%(sections)s::section[])[x.section + 1], x.value, x.at
from unnest(%(day)s, %(metric)s, %(section)s, %(value)s, %(at)s) as x (day, metric, section, value, at)

-- name: write_devices
insert into device_day (company_id, generation, day, device, closed_us, open_stays, open_offset_us)
select %(company)s, %(generation)s, (%(days)s::date[])[x.day + 1], (%(devices)s::device[])[x.device + 1], x.closed, x.open, x.open_offset
from unnest(%(day)s, %(device)s, %(closed)s, %(open)s, %(offset)s) as x (day, device, closed, open, open_offset)

-- name: write_rooms
-- With the services that were there, of which no segment has any.
with served as materialized (
  select s.* from served_rooms(%(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) s
  where %(segment)s::jsonb is null
),
visited as (
  select (%(days)s::date[])[x.nth + 1] as day, x.*
  from unnest(
    %(day)s, %(room)s::text[], %(first_event)s, %(events)s, %(first_person)s, %(people)s, %(first_at)s, %(last_at)s,
    %(closed)s, %(open)s, %(offset)s
  ) as x (nth, room_key, first_event, events, first_person, people, first_at, last_at, closed, open, open_offset)
),
rooms as (
  insert into room_day (
    company_id, generation, day, room_id, event_ids, person_ids, closed_us, open_stays, open_offset_us, first_at, last_at,
    recorder_us, open_recorders, recorder_offset_us, streamer_us, open_streamers, streamer_offset_us
  )
  select %(company)s, %(generation)s, coalesce(v.day, s.day), r.room_id,
    coalesce((%(event_ids)s)[v.first_event + 1 : v.first_event + v.events], '{}'),
    coalesce((%(person_ids)s)[v.first_person + 1 : v.first_person + v.people], '{}'),
    coalesce(v.closed, 0), coalesce(v.open, 0), coalesce(v.open_offset, 0), v.first_at, v.last_at,
    coalesce(s.recorder_us, 0), coalesce(s.open_recorders, 0), coalesce(s.recorder_offset_us, 0),
    coalesce(s.streamer_us, 0), coalesce(s.open_streamers, 0), coalesce(s.streamer_offset_us, 0)
  from visited v
  full join (select s.* from served s where s.counted) s on s.day = v.day and s.room_key = v.room_key
  join room r on r.company_id = %(company)s and r.key = coalesce(v.room_key, s.room_key) collate "C"
)
update company_day d
set valid_until = x.changes_at
from (select s.day, min(s.changes_at) as changes_at from served s group by s.day) x
where d.company_id = %(company)s and d.generation = %(generation)s and d.day = x.day and x.changes_at < d.valid_until

-- name: write_hours
insert into hour_day (
  company_id, generation, day, section, hour, connections, speakers, listeners, events, spent_us, open_stays, open_since, open_until
)
select %(company)s, %(generation)s, (%(days)s::date[])[x.day + 1], (%(sections)s::section[])[x.section + 1], x.hour::smallint,
  x.connections, x.speakers, x.listeners, x.events, x.spent, x.open,
  case when x.open > 0 then %(as_of)s::timestamptz end, nullif(x.open_until, 'infinity')
from unnest(
  %(day)s, %(section)s, %(hour)s, %(connections)s, %(speakers)s, %(listeners)s, %(events)s, %(spent)s, %(open)s, %(open_until)s
) as x (day, section, hour, connections, speakers, listeners, events, spent, open, open_until)

-- name: write_billing
insert into billing_day (
  company_id, generation, day, section, closed_minutes, open_stays, open_offset_minutes, open_phases, starts_at, ends_at
)
select %(company)s, %(generation)s, (%(days)s::date[])[x.day + 1], (%(sections)s::section[])[x.section + 1], x.closed, x.open,
  x.open_offset, (%(phases)s)[x.first + 1 : x.first + x.count], (%(starts)s::timestamptz[])[x.day + 1], (%(ends)s::timestamptz[])[x.day + 1]
from unnest(%(day)s, %(section)s, %(closed)s, %(open)s, %(offset)s, %(first)s, %(count)s)
  as x (day, section, closed, open, open_offset, first, count)

-- name: write_carried_stays
insert into carried_stay_day (company_id, generation, day, connection_id, kind, joined_at, left_at)
select %(company)s, %(generation)s, (%(days)s::date[])[x.day + 1], x.connection_id, ('{MEETING,WEBINAR,CALL}'::event_kind[])[x.kind + 1],
  x.joined, nullif(x.last_left, 'infinity')
from unnest(%(day)s, %(connection)s, %(kind)s, %(joined)s, %(last_left)s) as x (day, connection_id, kind, joined, last_left)

-- name: write_features
with gauged as materialized (
  select * from gauge_with(
    %(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[],
    %(nth)s, %(event)s, %(figure)s::feature_figure[], %(used_starts)s, %(used_ends)s, %(open)s, %(begun)s, %(carried)s
  )
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
