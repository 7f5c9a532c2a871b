-- A company of any size, made in the database: what it takes to come in is not what is measured here.

-- name: add_users
insert into person (company_id, namespace, key, name)
select %(company)s, 'USER', 'user-' || n, 'Person ' || md5(n::text)
from generate_series(1, %(users)s) n

-- name: register_users
insert into registration (company_id, person_id, ordinal, registered_at)
select p.company_id, p.person_id, 1, %(first_day)s::timestamptz + mod(p.person_id * 7919, %(days)s) * interval '1 day' + interval '9 hours'
from person p
where p.company_id = %(company)s

-- name: add_rooms
insert into room (company_id, key, name, owner_key)
select %(company)s, 'room-' || n, 'Room ' || n, 'user-' || n
from generate_series(1, %(rooms)s) n

-- name: add_events
-- Many on weekdays of the time that is asked about, few on weekends and before. Some are meetings without a room, some webinars.
insert into event (
  company_id, key, said_kind, template, owner_key, title, room_key, room_owner_key, starts_at, ends_at, named_at, active_at, tree_active_at
)
select %(company)s, to_char(d.day, 'YYYY-MM-DD/') || n, (array['MEETING', 'MEETING', 'MEETING', 'WEBINAR', 'CALL'])[1 + mod(n, 5)]::event_kind,
  (array['MEETING', 'SELECTOR', 'MEETING', 'WEBINAR', 'PERSONAL_CALL'])[1 + mod(n, 5)],
  case when mod(n, 3) > 0 then 'user-' || 1 + mod(k.seed * 31, %(users)s) end, 'Gathering ' || k.seed,
  case when mod(n, 3) < 2 then 'room-' || 1 + mod(k.seed, %(rooms)s) end,
  case when mod(n, 3) < 2 then 'user-' || 1 + mod(k.seed, %(rooms)s) end,
  d.day + interval '8 hours', d.day + interval '9 hours', d.day, d.day + interval '20 hours', d.day + interval '20 hours'
from generate_series(%(first_day)s::timestamptz, %(last_day)s::timestamptz, interval '1 day') d (day)
cross join lateral generate_series(
  1,
  case
    when d.day < %(busy_since)s then greatest(%(events)s / 50, 2)
    when extract(isodow from d.day) < 6 then %(events)s
    else %(events)s / 10
  end
) n
cross join lateral (select abs(hashint8(extract(epoch from d.day)::bigint + n))::bigint as seed) k

-- name: add_connections
-- Between two and three times as many as the mean of the sizes: most events are small.
insert into connection (company_id, event_id, key)
select e.company_id, e.event_id, 'c' || n
from event e
cross join lateral generate_series(1, 2 + mod(e.event_id * 7919, 19) * mod(e.event_id, 3)) n
where e.company_id = %(company)s

-- name: add_stays
-- One event in a hundred goes on over midnight.
insert into stay (company_id, connection_id, ordinal, event_id, joined_at, left_at, ended_by, role, user_id, device)
select k.company_id, k.connection_id, 1, k.event_id, j.at, j.at + j.length, 'LEFT',
  case when mod(k.connection_id, 7) = 0 then 'SPEAKER' else 'PARTICIPANT' end::stay_role, p.person_id,
  (enum_range(null::device))[1 + mod(k.connection_id, 7)]
from connection k
join event e on e.company_id = k.company_id and e.event_id = k.event_id
cross join lateral (
  select
    e.named_at
    + case when mod(e.event_id, 100) = 0 then interval '23 hours 30 minutes' else interval '8 hours' + mod(e.event_id * 7919, 32400) * interval '1 second' end
    + mod(k.connection_id * 104729, 600) * interval '1 second' as at,
    (600 + mod(k.connection_id * 15485863, 4200)) * interval '1 second' as length
) j
join person p on p.company_id = k.company_id and p.key = 'user-' || 1 + mod(k.connection_id * 48271, %(users)s)
where k.company_id = %(company)s and j.at < %(as_of)s - interval '2 hours'

-- name: add_files
insert into stored (company_id, kind, key, owner_key, name)
select %(company)s, 'FILE', 'file-' || n, 'user-' || 1 + mod(n * 48271, %(users)s), 'File ' || n
from generate_series(1, 3 * %(users)s) n

-- name: add_recordings
insert into stored (company_id, kind, key, owner_key, event_id)
select e.company_id, 'RECORDING', 'recording-' || e.event_id, e.resolved_owner_key, e.event_id
from event e
where e.company_id = %(company)s and mod(e.event_id, 10) = 0

-- name: add_runs
insert into recording_run (company_id, stored_id, ordinal, event_id, started_at, stopped_at, ended_by)
select s.company_id, s.stored_id, 1, s.event_id, e.starts_at, e.ends_at, 'STOPPED'
from stored s
join event e on e.company_id = s.company_id and e.event_id = s.event_id
where s.company_id = %(company)s and e.ends_at < %(as_of)s

-- name: add_versions
insert into stored_version (company_id, stored_id, ordinal, since, bytes)
select s.company_id, s.stored_id, 1,
  coalesce(e.ends_at, %(first_day)s::timestamptz + mod(s.stored_id * 7919, %(days)s) * interval '1 day' + interval '10 hours'),
  1000000 + mod(s.stored_id * 104729, 20000000)
from stored s
left join event e on e.company_id = s.company_id and e.event_id = s.event_id
where s.company_id = %(company)s and coalesce(e.ends_at, %(as_of)s) <= %(as_of)s

-- name: mark_days
insert into mark (company_id, generation, day, made_at)
select %(company)s, 1, d::date, %(as_of)s
from generate_series(%(first_day)s::timestamptz, %(last_day)s::timestamptz, interval '1 day') d

-- name: sizes
select
  (select count(*) from stay where company_id = %(company)s),
  (select count(*) from event where company_id = %(company)s)
