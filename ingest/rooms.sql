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
-- Member by member the last that was said; answers with the rooms that a declared segment has by their name and had not before,
-- or had and has no more.
with said as (
  select s.room_id,
    (array_agg(s.name order by s.at desc, s.source desc, s.activity_key desc) filter (where s.name is not null))[1] as name,
    (array_agg(s.owner_key order by s.at desc, s.source desc, s.activity_key desc) filter (where s.owner_key is not null))[1] as owner_key
  from room_signal s
  where s.company_id = %(company)s and s.room_id = any (%(rooms)s::bigint[])
  group by s.room_id
),
described as (
  update room r
  set name = s.name, owner_key = s.owner_key
  from unnest(%(rooms)s::bigint[]) as i (room_id)
  left join said s on s.room_id = i.room_id
  where r.company_id = %(company)s and r.room_id = i.room_id
  returning new.key, coalesce(old.name, old.key) as old_label, coalesce(new.name, new.key) as new_label
)
select d.key
from described d
where exists (
  select from segment s
  where s.company_id = %(company)s and s.definition ? 'roomPrefix'
    and starts_with(d.old_label, s.definition ->> 'roomPrefix') <> starts_with(d.new_label, s.definition ->> 'roomPrefix')
)

-- name: lock_events_of_rooms
-- Whoever stores a stay in one of these events is waited for: its day is marked below, or after the commit.
select event_id
from event
where company_id = %(company)s and room_key collate "C" = any (%(keys)s::text[]) and breakout_of is null
order by key
for no key update

-- name: mark_events_of_rooms
-- Every day that these events have anything to do with, for the segments that know them by their room.
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from (
  select x.at as since, x.at as until
  from event t
  cross join lateral (values (t.created_at), (t.starts_at)) as x (at)
  where t.company_id = %(company)s and t.event_id = any (%(events)s::bigint[])
  union all
  select s.joined_at, greatest(s.joined_at, coalesce(s.left_at, %(as_of)s))
  from event e
  join stay s on s.company_id = %(company)s and s.event_id = e.event_id
  where e.company_id = %(company)s and e.top_id = any (%(events)s::bigint[])
) x
cross join lateral days_between(%(company)s, x.since, x.until) d
join rollup_generation g on g.company_id = %(company)s and g.generation = d.generation
join segment s on s.company_id = %(company)s and s.segment_id = g.segment_id and s.definition ? 'roomPrefix'

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
