-- A day of one company with very many stays, as of an instant at which many of them last.

-- name: add_rollups
insert into rollup_generation (company_id, generation, time_zone, rolled_through, begun_at)
values (1, 1, 'UTC', (%(now)s::timestamptz at time zone 'UTC')::date, %(now)s)

-- name: add_rooms
insert into room (company_id, key) select 1, 'room-' || n from generate_series(1, 500) n

-- name: add_events
insert into event (company_id, key, said_kind, template, room_key, owner_key, named_at, active_at, tree_active_at)
select 1, 'hot/' || n, (array['MEETING', 'MEETING', 'WEBINAR', 'CALL'])[1 + n %% 4]::event_kind,
  (array['MEETING', 'SELECTOR', 'WEBINAR', 'PERSONAL_CALL'])[1 + n %% 4], 'room-' || 1 + n %% 500, 'u' || 1 + n %% 1000,
  %(now)s - interval '10 hours', %(now)s, %(now)s
from generate_series(1, %(events)s) n

-- name: add_connections
insert into connection (company_id, event_id, key)
select 1, e.event_id, 'c' || e.event_id || '/' || n from event e cross join generate_series(1, 20) n

-- name: add_persons
insert into person (company_id, namespace, key) select 1, 'USER', 'u' || n from generate_series(1, %(persons)s) n

-- name: add_stays
-- In ten hours up to now; who would leave later is still there.
insert into stay (company_id, connection_id, ordinal, event_id, joined_at, left_at, ended_by, role, user_id, device)
select 1, k.connection_id, 1, k.event_id, j.at, case when x.until <= %(now)s then x.until end,
  case when x.until <= %(now)s then 'LEFT'::stay_end end,
  case when k.connection_id %% 5 = 0 then 'SPEAKER' else 'PARTICIPANT' end::stay_role, p.person_id,
  (enum_range(null::device))[1 + mod(k.connection_id, 7)]
from connection k
cross join lateral (
  select %(now)s - interval '10 hours' + mod(k.event_id * 7919, 35000) * interval '1 second'
    + mod(k.connection_id * 104729, 600) * interval '1 second' as at
) j
cross join lateral (select j.at + (300 + mod(k.connection_id * 15485863, 4800)) * interval '1 second' as until) x
join person p on p.company_id = 1 and p.key = 'u' || (1 + mod(k.connection_id * 31, %(persons)s))

-- name: mark_the_day
insert into mark (company_id, generation, day, made_at)
values (1, 1, (%(now)s::timestamptz at time zone 'UTC')::date, %(now)s)

-- name: marks_left
select count(*) from mark
