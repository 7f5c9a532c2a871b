-- Rooms: what they are called and whose they are. A room without an activity of its own exists because an event names it.
-- Its row is the lock between whoever changes its owner and whoever gives it an event.

-- name: add_rooms
insert into room (company_id, key)
select %(company)s, k.key
from unnest(%(keys)s::text[]) as k (key)
order by k.key collate "C"
on conflict (company_id, key) do nothing

-- name: lock_rooms
select key, room_id
from room
where company_id = %(company)s and (key = any (%(keys)s::text[]) or room_id = any (%(ids)s::bigint[]))
order by key
for no key update

-- name: add_room_signals
insert into room_signal (company_id, digest, room_id, at, source, activity_key, name, owner_key)
select %(company)s, s.*
from unnest(
  %(digests)s::bytea[], %(rooms)s::bigint[], %(ats)s::timestamptz[], %(sources)s::text[], %(ids)s::text[], %(names)s::text[],
  %(owners)s::text[]
) as s

-- name: retract_room_signals
delete from room_signal where company_id = %(company)s and digest = any (%(digests)s::bytea[]) returning room_id

-- name: describe_rooms
-- Member by member the last that was said.
with said as (
  select s.room_id,
    (array_agg(s.name order by s.at desc, s.source desc, s.activity_key desc) filter (where s.name is not null))[1] as name,
    (array_agg(s.owner_key order by s.at desc, s.source desc, s.activity_key desc) filter (where s.owner_key is not null))[1] as owner_key
  from room_signal s
  where s.company_id = %(company)s and s.room_id = any (%(rooms)s::bigint[])
  group by s.room_id
)
update room r
set name = s.name, owner_key = s.owner_key
from unnest(%(rooms)s::bigint[]) as i (room_id)
left join said s on s.room_id = i.room_id
where r.company_id = %(company)s and r.room_id = i.room_id

-- name: pass_owners_on
-- The events in these rooms that have another room's owner now; answers with those that belong to somebody else by it.
with passed as (
  update event e
  set room_owner_key = r.owner_key
  from room r
  where r.company_id = %(company)s and r.room_id = any (%(rooms)s::bigint[])
    and e.company_id = %(company)s and e.room_key collate "C" = r.key and e.room_owner_key is distinct from r.owner_key
  returning e.event_id, old.resolved_owner_key as old_owner, new.resolved_owner_key as new_owner
)
select event_id from passed where old_owner is distinct from new_owner

-- name: take_owners_over
-- The same for events whose room may have changed: its row is locked, so that its owner cannot change unseen.
with locked as (
  select r.key, r.owner_key
  from room r
  where r.company_id = %(company)s and r.key in (
    select e.room_key collate "C" from event e where e.company_id = %(company)s and e.event_id = any (%(events)s::bigint[])
  )
  order by r.key
  for share
),
taken as (
  update event e
  set room_owner_key = l.owner_key
  from event i
  left join locked l on l.key = i.room_key collate "C"
  where i.company_id = %(company)s and i.event_id = any (%(events)s::bigint[])
    and e.company_id = %(company)s and e.event_id = i.event_id and e.room_owner_key is distinct from l.owner_key
  returning e.event_id, old.resolved_owner_key as old_owner, new.resolved_owner_key as new_owner
)
select event_id from taken where old_owner is distinct from new_owner
