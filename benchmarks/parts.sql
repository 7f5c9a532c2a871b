-- What else a busy day has besides stays, made in the database: the events and connections are those of history.sql.

-- name: add_rooms
insert into room (company_id, key) select 1, 'room-' || n from generate_series(1, 200) n

-- name: name_rooms
update event set room_key = 'room-' || 1 + mod(event_id, 200)

-- name: name_devices
update stay set device = (enum_range(null::device))[1 + mod(connection_id, 7)]

-- name: add_owners
update event set owner_key = 'u' || 1 + mod(event_id, 400)

-- name: add_sign_ins
insert into sign_in (company_id, digest, at, person_id, device, client)
select 1, decode(md5('sign-in ' || n), 'hex'), e.named_at + n * interval '8 seconds', p.person_id, 'DESKTOP', 'client ' || mod(n, 10)
from generate_series(1, 10000) n
join person p on p.company_id = 1 and p.key = 'u' || 1 + mod(n, 400)
cross join (select min(named_at) as named_at from event) e

-- name: add_messages
insert into message (company_id, digest, at, place, event_id)
select 1, decode(md5('message ' || e.event_id || ' ' || n), 'hex'), e.named_at + interval '9 hours' + n * interval '1 minute',
  (enum_range(null::message_place))[1 + mod(n, 5)], e.event_id
from event e
cross join generate_series(1, 20) n

-- name: add_recordings
insert into stored (company_id, kind, key, event_id) select 1, 'RECORDING', 'r' || e.event_id, e.event_id from event e where mod(e.event_id, 5) = 0

-- name: add_runs
insert into recording_run (company_id, stored_id, ordinal, event_id, started_at, stopped_at, ended_by)
select 1, s.stored_id, 1, s.event_id, e.named_at + interval '9 hours', e.named_at + interval '10 hours', 'STOPPED'
from stored s
join event e on e.company_id = 1 and e.event_id = s.event_id

-- name: add_stored_signals
insert into stored_signal (company_id, digest, stored_id, at, source, activity_key, what, bytes)
select 1, decode(md5('stored ' || r.stored_id), 'hex'), r.stored_id, r.stopped_at, 'benchmark', 's' || r.stored_id, 'STORED', 1000000
from recording_run r

-- name: add_stored_versions
insert into stored_version (company_id, stored_id, ordinal, since, bytes)
select 1, r.stored_id, 1, r.stopped_at, 1000000 from recording_run r

-- name: add_features
insert into feature_span (company_id, event_id, feature, connection_key, ordinal, started_at, stopped_at, ended_by)
select 1, e.event_id, f.feature, '', 1, e.named_at + interval '9 hours', e.named_at + interval '9 hours 40 minutes', 'STOPPED'
from event e
cross join unnest(array['SCREEN_SHARE', 'CAPTIONS', 'WHITEBOARD']) as f (feature)

-- name: add_media
-- Each connection says twice what it has sent and received.
insert into media_measure (company_id, digest, connection_id, at, direction, track, lasted_us)
select 1, decode(md5('media ' || s.connection_id || ' ' || n || d.direction), 'hex'), s.connection_id,
  s.joined_at + n * (s.left_at - s.joined_at) / 2, d.direction, 'AUDIO_VIDEO', 60000000
from stay s
cross join generate_series(1, 2) n
cross join unnest(enum_range(null::media_direction)) as d (direction)

-- name: add_samples
insert into quality_sample (company_id, digest, connection_id, at, packet_loss)
select 1, decode(md5('sample ' || s.connection_id || ' ' || n), 'hex'), s.connection_id, s.joined_at + n * (s.left_at - s.joined_at) / 4,
  mod(s.connection_id * n, 100) / 1000.0
from stay s
cross join generate_series(1, 3) n

-- name: measure_the_day
select count(*) from measure(%(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
