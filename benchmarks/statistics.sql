-- For each statistic what one would write by hand over the same rollups: whole days only, one order, no cursor, no search, no
-- months made beforehand, nothing about what is out of date.

-- name: nothing_but_freshness
select 1

-- name: period_summary
with part as (
  select d.*, d.closed_us + greatest(d.open_stays * microseconds(least(%(as_of)s, d.ends_at) - d.starts_at) - d.open_offset_us, 0) as us
  from section_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
),
held as (
  select d.event_id, d.kind, d.template, bool_or(d.group_call) as group_call
  from event_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
  group by d.event_id, d.kind, d.template
)
select jsonb_build_object(
  'sections', (
    select jsonb_agg(to_jsonb(s))
    from (
      select p.section, max(p.connections) as connections, (array_agg(p.connections_at order by p.connections desc, p.day))[1] as connections_at,
        max(p.speakers) as speakers, (array_agg(p.speakers_at order by p.speakers desc, p.day))[1] as speakers_at,
        max(p.listeners) as listeners, (array_agg(p.listeners_at order by p.listeners desc, p.day))[1] as listeners_at,
        max(p.events) as events, (array_agg(p.events_at order by p.events desc, p.day))[1] as events_at,
        avg(p.connections) as mean_connections, avg(p.speakers) as mean_speakers, avg(p.events) as mean_events, sum(p.us) as us
      from part p
      group by p.section
    ) s
  ),
  'held', (select to_jsonb(h) from (select count(*), count(*) filter (where kind = 'MEETING') as meetings, count(*) filter (where kind = 'WEBINAR') as webinars from held) h),
  'templates', (
    select jsonb_agg(to_jsonb(t))
    from (select kind, template, count(*) as events, count(*) filter (where group_call) as groups from held group by kind, template) t
  ),
  'people', (
    select to_jsonb(n)
    from (
      select count(distinct person_id) as total, count(distinct person_id) filter (where in_meeting) as meeting,
        count(distinct person_id) filter (where in_webinar) as webinar, count(distinct person_id) filter (where in_call) as call
      from person_day
      where company_id = %(company)s and generation = %(generation)s and day between %(first_day)s and %(last_day)s
    ) n
  ),
  'counts', (
    select to_jsonb(c)
    from (
      select sum(events_created) as created, sum(events_not_held) as not_held, sum(messages) as messages, sum(uploaded_bytes) as uploaded,
        sum(new_users) as new_users
      from company_day
      where company_id = %(company)s and generation = %(generation)s and day between %(first_day)s and %(last_day)s
    ) c
  ),
  'existing', (
    select to_jsonb(x)
    from (
      select sum(stored_delta_bytes) as bytes, sum(registered_delta) as users
      from company_day
      where company_id = %(company)s and generation = %(generation)s and day <= %(last_day)s
    ) x
  ),
  'limits', (select jsonb_agg(to_jsonb(l)) from company_limit l where l.company_id = %(company)s)
)

-- name: daily_peaks
select d.day, d.section::text, d.connections, d.connections_at, limit_on(%(company)s, 'CONNECTIONS', d.section, d.day),
  d.speakers, d.speakers_at, limit_on(%(company)s, 'SPEAKERS', d.section, d.day), d.listeners, d.listeners_at,
  d.events, d.events_at, limit_on(%(company)s, 'EVENTS', d.section, d.day), d.events_held, d.unique_participants,
  d.closed_us + greatest(d.open_stays * microseconds(least(%(as_of)s, d.ends_at) - d.starts_at) - d.open_offset_us, 0)
from section_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
order by d.day, d.section

-- name: days
select x.*
from (
  select d.day, d.events_created, d.personal_calls, d.group_calls, d.messages, d.new_users, d.uploaded_bytes, d.sign_ins,
    sum(d.registered_delta) over (order by d.day), sum(d.stored_delta_bytes) over (order by d.day)
  from company_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day <= %(last_day)s
) x
where x.day >= %(first_day)s
order by x.day

-- name: recordings
select max(r.recordings) filter (where r.day >= %(first_day)s),
  (array_agg(r.recordings_at order by r.recordings desc, r.day) filter (where r.day >= %(first_day)s))[1],
  sum(r.recorded_us + r.running * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at)) filter (where r.day >= %(first_day)s),
  sum(r.stored_delta_us + r.stored_running * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at)), sum(r.stored_delta_bytes)
from recording_day r
where r.company_id = %(company)s and r.generation = %(generation)s and r.day <= %(last_day)s

-- name: recording_days
select x.*
from (
  select r.day, r.recordings, r.recordings_at, r.recorded_us + r.running * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at),
    sum(r.stored_delta_us) over (order by r.day), sum(r.stored_delta_bytes) over (order by r.day)
  from recording_day r
  where r.company_id = %(company)s and r.generation = %(generation)s and r.day <= %(last_day)s
) x
where x.day >= %(first_day)s
order by x.day

-- name: devices
select d.device::text, sum(d.closed_us + greatest(d.open_stays * microseconds(least(%(as_of)s, h.ends_at) - h.starts_at) - d.open_offset_us, 0))
from device_day d
join company_day h using (company_id, generation, day)
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
group by d.device

-- name: devices_by_day
select d.day, d.device::text, d.closed_us + greatest(d.open_stays * microseconds(least(%(as_of)s, h.ends_at) - h.starts_at) - d.open_offset_us, 0)
from device_day d
join company_day h using (company_id, generation, day)
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s

-- name: active_rooms
select count(distinct d.room_id)
from room_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s and d.event_ids <> '{}'

-- name: active_rooms_by_day
select d.day, count(*)
from room_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s and d.event_ids <> '{}'
group by d.day

-- name: peaks_without_limits
select d.metric::text, d.section::text, max(d.value), (array_agg(d.reached_at order by d.value desc, d.day))[1]
from peak_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
group by d.metric, d.section

-- name: peaks_without_limits_by_day
select d.day, d.metric::text, d.section::text, d.value, d.reached_at
from peak_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s

-- name: posts
select d.section::text, d.place::text, sum(d.posts)
from post_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
group by d.section, d.place

-- name: posts_by_day
select d.day, d.section::text, d.place::text, d.posts
from post_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s

-- name: hours
select d.hour, d.section::text, max(d.connections), sum(d.connections), max(d.speakers), sum(d.speakers), max(d.listeners), sum(d.listeners),
  max(d.events), sum(d.events),
  sum(d.spent_us + coalesce(d.open_stays * greatest(microseconds(least(%(as_of)s, d.open_until) - d.open_since), 0), 0))
from hour_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
group by d.hour, d.section

-- name: week_hours
select extract(isodow from d.day), d.hour, d.section::text, max(d.connections), sum(d.connections), max(d.speakers), sum(d.speakers),
  max(d.listeners), sum(d.listeners), max(d.events), sum(d.events),
  sum(d.spent_us + coalesce(d.open_stays * greatest(microseconds(least(%(as_of)s, d.open_until) - d.open_since), 0), 0))
from hour_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
group by 1, 2, 3

-- name: rooms
with used as (
  select d.room_id, min(d.first_at) as first_at, max(d.last_at) as last_at, sum(d.recorder_us) as recorder_us, sum(d.streamer_us) as streamer_us,
    sum(d.closed_us + greatest(d.open_stays * microseconds(least(%(as_of)s, h.ends_at) - h.starts_at) - d.open_offset_us, 0)) as us
  from room_day d
  join company_day h using (company_id, generation, day)
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
  group by d.room_id
),
held as (
  select d.room_id, count(distinct e.event_id) as sessions
  from room_day d
  cross join unnest(d.event_ids) as e (event_id)
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
  group by d.room_id
),
people as (
  select d.room_id, count(distinct p.person_id) as people
  from room_day d
  cross join unnest(d.person_ids) as p (person_id)
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
  group by d.room_id
)
select r.key, r.name, r.owner_key, u.*, h.sessions, p.people
from used u
join room r on r.company_id = %(company)s and r.room_id = u.room_id
left join held h on h.room_id = u.room_id
left join people p on p.room_id = u.room_id
order by h.sessions desc nulls last
limit 50

-- name: events
-- What of an event is not of the period is taken from the events of the page alone, which is possible where the order is not by it.
with held as (
  select d.event_id, max(d.connections) as connections, max(d.speakers) as speakers, max(d.listeners) as listeners, count(*) over () as total,
    sum(d.closed_us + greatest(d.open_stays * microseconds(least(%(as_of)s, h.ends_at) - h.starts_at) - d.open_offset_us, 0)) as us
  from event_day d
  join company_day h using (company_id, generation, day)
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
  group by d.event_id
  order by us desc
  limit 50
)
select t.key, t.kind::text, t.template, t.title, t.room_key, t.resolved_owner_key, p.name, t.created_at, t.starts_at, t.ends_at, h.*, w.*, r.*, s.*
from held h
join event t on t.company_id = %(company)s and t.event_id = h.event_id
left join person p on p.company_id = %(company)s and p.namespace = 'USER' and p.key = t.resolved_owner_key
cross join lateral (
  select min(d.first_joined_at), max(d.last_left_at), bool_or(d.live), sum(d.occupied_us)
  from event_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.event_id = h.event_id
) w
cross join lateral (
  select count(distinct r.stored_id), sum(microseconds(r.stopped_at - r.started_at))
  from event e
  join recording_run r on r.company_id = %(company)s and r.event_id = e.event_id
  where e.company_id = %(company)s and e.top_id = h.event_id
) r
cross join lateral (
  select count(distinct s.person_id)
  from event e
  join stay s on s.company_id = %(company)s and s.event_id = e.event_id and s.service is null
  where e.company_id = %(company)s and e.top_id = h.event_id
) s
order by h.us desc

-- name: users
with held as (
  select d.owner_key, max(d.speakers) as speakers, max(d.listeners) as listeners, count(distinct d.event_id) as events
  from event_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.owner_key is not null and d.kind in ('MEETING', 'WEBINAR')
  group by d.owner_key
),
parallel as (
  select o.owner_key, max(o.events) as events
  from owner_day o
  where o.company_id = %(company)s and o.generation = %(generation)s and o.day between %(first_day)s and %(last_day)s
  group by o.owner_key
),
disk as (
  select s.owner_key, sum(s.delta_bytes) as bytes
  from storage_day s
  where s.company_id = %(company)s and s.generation = %(generation)s and s.day <= %(last_day)s
  group by s.owner_key
),
created as (
  select t.resolved_owner_key as owner_key,
    count(*) filter (where (t.created_at at time zone %(time_zone)s)::date between %(first_day)s and %(last_day)s) as created,
    count(*) filter (where t.starts_at > %(as_of)s and not t.cancelled) as planned
  from event t
  where t.company_id = %(company)s and t.breakout_of is null and t.named_at is not null and t.kind in ('MEETING', 'WEBINAR')
  group by t.resolved_owner_key
)
select p.key, p.name, h.speakers, h.listeners, l.events, c.created, h.events, c.planned, d.bytes
from person p
left join registration r on r.company_id = %(company)s and r.person_id = p.person_id and r.removed_at is null
left join held h on h.owner_key = p.key
left join parallel l on l.owner_key = p.key
left join created c on c.owner_key = p.key
left join disk d on d.owner_key = p.key
where p.company_id = %(company)s and p.namespace = 'USER'
  and (r.person_id is not null or h.owner_key is not null or c.owner_key is not null or d.bytes > 0)
order by h.events desc nulls last
limit 50

-- name: disk_usage
select nullif(s.owner_key, ''), p.name, sum(s.delta_bytes), sum(s.uploaded_bytes) filter (where s.day >= %(first_day)s), sum(s.delta_files),
  count(*) over (), sum(sum(s.delta_bytes)) over ()
from storage_day s
left join person p on p.company_id = %(company)s and p.namespace = 'USER' and p.key = s.owner_key
where s.company_id = %(company)s and s.generation = %(generation)s and s.day <= %(last_day)s
group by s.owner_key, p.name
order by 3 desc
limit 50

-- name: clients
select d.device::text, d.client, d.os, sum(d.sign_ins), count(distinct d.person_id)
from sign_in_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
group by d.device, d.client, d.os
order by 4 desc

-- name: clients_by_day
select d.day, d.device::text, d.client, d.os, sum(d.sign_ins), count(distinct d.person_id)
from sign_in_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
group by d.day, d.device, d.client, d.os
order by d.day, 5 desc

-- name: planned
select t.resolved_owner_key, p.name, count(*), min(t.starts_at)
from event t
left join person p on p.company_id = %(company)s and p.namespace = 'USER' and p.key = t.resolved_owner_key
where t.company_id = %(company)s and t.starts_at > %(as_of)s and not t.cancelled and t.breakout_of is null and t.named_at is not null
group by t.resolved_owner_key, p.name
order by 3 desc
limit 50

-- name: peak_witness
-- The highest peak, who was there then, and when the first of them left: enough while nobody comes before.
with peak as (
  select d.connections, d.connections_at
  from section_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.section = 'TOTAL' and d.day between %(first_day)s and %(last_day)s
  order by d.connections desc, d.day
  limit 1
)
select k.connections, k.connections_at, count(*), count(distinct e.top_id), count(distinct t.resolved_owner_key), count(distinct s.person_id), min(s.left_at)
from peak k
join stay s
  on s.company_id = %(company)s and s.service is null and s.joined_at between k.connections_at - interval '1 day' and k.connections_at
  and s.left_at > k.connections_at
join event e on e.company_id = %(company)s and e.event_id = s.event_id
join event t on t.company_id = %(company)s and t.event_id = e.top_id
group by k.connections, k.connections_at

-- name: peak_makers
with peak as (
  select d.connections, d.connections_at
  from section_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.section = 'TOTAL' and d.day between %(first_day)s and %(last_day)s
  order by d.connections desc, d.day
  limit 1
)
select k.connections, k.connections_at, s.connection_id, s.joined_at, s.left_at, s.device::text, s.role::text, u.key, u.name, t.key, t.title,
  t.room_key, t.resolved_owner_key, o.name
from peak k
join stay s
  on s.company_id = %(company)s and s.service is null and s.joined_at between k.connections_at - interval '1 day' and k.connections_at
  and s.left_at > k.connections_at
join event e on e.company_id = %(company)s and e.event_id = s.event_id
join event t on t.company_id = %(company)s and t.event_id = e.top_id
left join person u on u.company_id = %(company)s and u.person_id = s.user_id
left join person o on o.company_id = %(company)s and o.namespace = 'USER' and o.key = t.resolved_owner_key

-- name: curve
with step as (
  select x.at, x.by
  from stay s
  cross join lateral (values (s.joined_at, 1), (s.left_at, -1)) as x (at, by)
  where s.company_id = %(company)s and s.service is null and s.joined_at between %(as_of)s - interval '5 days' and %(as_of)s - interval '2 days'
    and s.left_at > %(as_of)s - interval '4 days'
),
level as (
  select date_trunc('minute', l.at) as minute, max(l.connections) as connections
  from (select s.at, sum(s.by) over (order by s.at) as connections from step s) l
  group by 1
)
select m.minute, l.connections
from generate_series(%(as_of)s - interval '4 days', %(as_of)s - interval '2 days', interval '1 minute') as m (minute)
left join level l on l.minute = m.minute
order by m.minute

-- name: live
select t.kind::text, count(*), count(distinct t.event_id)
from stay s
join event e on e.company_id = %(company)s and e.event_id = s.event_id
join event t on t.company_id = %(company)s and t.event_id = e.top_id
where s.company_id = %(company)s and s.length_class = 9 and s.service is null and s.joined_at <= %(as_of)s
group by grouping sets ((), (t.kind))

-- name: backtest_of_a_peak
select d.day, d.connections_at, d.connections, l.value
from section_day d
cross join lateral (select limit_on(%(company)s, 'CONNECTIONS', 'TOTAL', d.day) as value) l
where d.company_id = %(company)s and d.generation = %(generation)s and d.section = 'TOTAL' and d.day between %(first_day)s and %(last_day)s
  and d.connections >= 0.8 * l.value
order by d.day

-- name: backtest_of_minutes
with spent as (
  select d.day, billing_first_day(d.day, 15) as period,
    sum(d.closed_us) over (partition by billing_first_day(d.day, 15) order by d.day) / 6e7 as minutes
  from section_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.section = 'TOTAL' and d.day between %(first_day)s and %(last_day)s
)
select distinct on (s.period) s.period, s.day, s.minutes, l.value
from spent s
cross join lateral (select limit_on(%(company)s, 'PARTICIPATION_MINUTES', 'TOTAL', s.day) as value) l
where s.minutes >= 0.8 * l.value
order by s.period, s.day

-- name: features
select f.figure::text, sum(f.closed_us + greatest(f.open_events * microseconds(least(%(as_of)s, f.ends_at) - f.starts_at) - f.open_offset_us, 0)),
  max(f.peak), (array_agg(f.peak_at order by f.peak desc, f.day))[1]
from feature_day f
where f.company_id = %(company)s and f.generation = %(generation)s and f.day between %(first_day)s and %(last_day)s
group by f.figure

-- name: features_by_day
select f.day, f.figure::text, f.closed_us + greatest(f.open_events * microseconds(least(%(as_of)s, f.ends_at) - f.starts_at) - f.open_offset_us, 0),
  f.peak, f.peak_at
from feature_day f
where f.company_id = %(company)s and f.generation = %(generation)s and f.day between %(first_day)s and %(last_day)s

-- name: media
select m.direction::text, m.track::text, sum(m.lasted_us)
from media_day m
where m.company_id = %(company)s and m.generation = %(generation)s and m.day between %(first_day)s and %(last_day)s
group by m.direction, m.track

-- name: media_by_day
select m.day, m.direction::text, m.track::text, m.lasted_us
from media_day m
where m.company_id = %(company)s and m.generation = %(generation)s and m.day between %(first_day)s and %(last_day)s

-- name: quality
-- Those carried over the first midnight aside.
select sum(q.stays_begun), sum(q.first_sampled), sum(q.first_troubled)
from quality_day q
where q.company_id = %(company)s and q.generation = %(generation)s and q.day between %(first_day)s and %(last_day)s

-- name: quality_by_day
select q.day, q.stays_begun + q.stays_carried, q.first_sampled + coalesce(s.sampled, 0), q.first_troubled + coalesce(s.troubled, 0)
from quality_day q
left join (
  select s.day, count(*) as sampled, count(s.troubled_at) as troubled
  from sampled_stay_day s
  where s.company_id = %(company)s and s.generation = %(generation)s and s.day between %(first_day)s and %(last_day)s
  group by s.day
) s using (day)
where q.company_id = %(company)s and q.generation = %(generation)s and q.day between %(first_day)s and %(last_day)s

-- name: contract_usage
-- The figures against the limits of today; the product also finds the worst share of every day's own limit.
select d.section::text, max(d.connections), (array_agg(d.connections_at order by d.connections desc, d.day))[1],
  limit_on(%(company)s, 'CONNECTIONS', d.section, %(today)s),
  max(d.speakers), (array_agg(d.speakers_at order by d.speakers desc, d.day))[1], limit_on(%(company)s, 'SPEAKERS', d.section, %(today)s),
  max(d.listeners), (array_agg(d.listeners_at order by d.listeners desc, d.day))[1], limit_on(%(company)s, 'LISTENERS', d.section, %(today)s),
  max(d.events), (array_agg(d.events_at order by d.events desc, d.day))[1], limit_on(%(company)s, 'EVENTS', d.section, %(today)s),
  max(d.connections / limit_on(%(company)s, 'CONNECTIONS', d.section, d.day)), max(d.speakers / limit_on(%(company)s, 'SPEAKERS', d.section, d.day)),
  max(d.listeners / limit_on(%(company)s, 'LISTENERS', d.section, d.day)), max(d.events / limit_on(%(company)s, 'EVENTS', d.section, d.day)),
  sum(d.closed_us + greatest(d.open_stays * microseconds(least(%(as_of)s, d.ends_at) - d.starts_at) - d.open_offset_us, 0)),
  (
    select jsonb_build_object('recorded', sum(r.recorded_us) filter (where r.day >= %(first_day)s), 'stored', sum(r.stored_delta_us), 'bytes', sum(r.stored_delta_bytes))
    from recording_day r
    where r.company_id = %(company)s and r.generation = %(generation)s and r.day <= %(last_day)s
  ),
  (
    select jsonb_build_object('bytes', max(x.bytes), 'users', max(x.users), 'shares', max(x.bytes / limit_on(%(company)s, 'STORAGE_BYTES', 'TOTAL', x.day)), 'full', max(x.users / limit_on(%(company)s, 'USERS', 'TOTAL', x.day)))
    from (
      select d.day, sum(d.stored_delta_bytes) over w as bytes, sum(d.registered_delta) over w as users
      from company_day d
      where d.company_id = %(company)s and d.generation = %(generation)s and d.day <= %(last_day)s
      window w as (order by d.day)
    ) x
  )
from section_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
group by d.section

-- name: billed_minutes
select sum(d.closed_us) / 6e7
from section_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.section = 'TOTAL'
  and d.day between %(today)s::date - 46 and %(today)s::date - 16

-- name: limit_use
with lasted as materialized (
  select d.day, x.level, x.us, limit_on(%(company)s, 'CONNECTIONS', 'TOTAL', d.day) as most
  from level_day d
  cross join unnest(d.levels, d.spent_us) as x (level, us)
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.metric = 'CONNECTIONS' and d.section = 'TOTAL'
)
select sum(l.us) filter (where l.level > 0.8 * l.most), sum(l.us) filter (where l.level > 0.9 * l.most), sum(l.us) filter (where l.level > l.most),
  sum(l.us) filter (where l.level > 100), (select jsonb_agg(to_jsonb(c)) from (select level, sum(us) from lasted group by level order by level) c)
from lasted l

-- name: trend
-- The same line, to the limit of today alone and without an interval.
with daily as materialized (
  select d.day - %(today)s::date as x, extract(isodow from d.day) as weekday, d.connections as peak
  from section_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.section = 'TOTAL' and d.day between %(first_day)s and %(last_day)s
)
select percentile_cont(0.5) within group (order by (b.peak - a.peak) / (b.x - a.x)::double precision), limit_on(%(company)s, 'CONNECTIONS', 'TOTAL', %(today)s)
from daily a
join daily b on b.weekday = a.weekday and b.x > a.x

-- name: expected_peaks
-- What the weekday had in the last eight weeks, and how much is planned: nothing of how planned events were attended.
select n.day, p.middle, e.planned
from generate_series(%(today)s::date + 1, %(today)s::date + 14, interval '1 day') as n (day)
cross join lateral (
  select percentile_cont(array[0.1, 0.5, 0.9]) within group (order by d.connections) as middle
  from section_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.section = 'TOTAL'
    and d.day in (select n.day::date - 7 * k from generate_series(1, 8) as k)
) p
cross join lateral (
  select count(*) as planned
  from event t
  where t.company_id = %(company)s and t.starts_at >= n.day and t.starts_at < n.day + interval '1 day' and not t.cancelled
) e
