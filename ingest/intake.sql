-- The way of a batch of activities into the facts, statement by statement, in the order of intake.py.
-- Every statement names its company beside the wall's own rule, so that indexes are used from their first column on.

-- name: lock_company
-- To plan some thirty statements anew for a few rows would take several times as long as to store them; for many, each is planned
-- for as many as there are.
-- Held for share until the commit: its generations decide which days are marked, staleAfter which stays are over. Nothing more
-- is taken in for a company that was suspended after its key had been accepted.
select stale_after, set_config('plan_cache_mode', case when %(few)s then 'force_generic_plan' else 'auto' end, true)
from company
where company_id = %(company)s and suspended_at is null for share

-- name: known_activities
-- What these have said before: one value of 32 bytes each, since ten thousand rows take longer to fetch than to find.
select coalesce(string_agg(digest || content, ''::bytea), ''::bytea)
from activity
where company_id = %(company)s and digest = any (%(digests)s::bytea[]) and content is not null

-- name: events_of_activities
select distinct event_id
from activity
where company_id = %(company)s and digest = any (%(digests)s::bytea[]) and event_id is not null

-- name: add_events
insert into event (company_id, key)
select %(company)s, k.key
from unnest(%(keys)s::text[]) as k (key)
order by k.key collate "C"
on conflict (company_id, key) do nothing

-- name: lock_events
select event_id, key, parent_id, top_id, tree_active_at
from event
where company_id = %(company)s and (key = any (%(keys)s::text[]) or event_id = any (%(ids)s::bigint[]))
order by key
for no key update

-- name: name_connections
-- Their events are locked: nobody else makes connections of them meanwhile.
with named as materialized (
  select k.event_id, k.key, c.connection_id
  from unnest(%(events)s::bigint[], %(keys)s::text[]) as k (event_id, key)
  left join lateral (
    select c.connection_id
    from connection c
    where c.company_id = %(company)s and c.event_id = k.event_id and c.key = k.key collate "C"
    offset 0
  ) c on true
),
added as (
  insert into connection (company_id, event_id, key)
  select %(company)s, n.event_id, n.key
  from named n
  where n.connection_id is null
  returning event_id, key, connection_id
)
select n.event_id, n.key, n.connection_id from named n where n.connection_id is not null
union all
select a.event_id, a.key, a.connection_id from added a

-- name: name_persons
-- Whom somebody else makes meanwhile is waited for, and comes when asked again.
with named as materialized (
  select k.namespace, k.key, p.person_id
  from unnest(%(namespaces)s::text[], %(keys)s::text[]) as k (namespace, key)
  left join lateral (
    select p.person_id
    from person p
    where p.company_id = %(company)s and p.namespace = k.namespace::person_namespace and p.key = k.key collate "C"
    offset 0
  ) p on true
),
added as (
  insert into person (company_id, namespace, key)
  select %(company)s, n.namespace::person_namespace, n.key
  from named n
  where n.person_id is null
  order by n.namespace, n.key collate "C"
  on conflict (company_id, namespace, key) do nothing
  returning namespace::text, key, person_id
)
select n.namespace, n.key, n.person_id from named n where n.person_id is not null
union all
select a.namespace, a.key, a.person_id from added a

-- name: remember_activities
-- Only what comes back is new: another delivery may have been faster. Of that, what had been retracted in advance. Digests
-- one behind the other, 16 bytes each.
with remembered as (
  insert into activity (company_id, digest, content, event_id, connection_id)
  select %(company)s, a.digest, a.content, a.event_id, a.connection_id
  from unnest(%(digests)s::bytea[], %(contents)s::bytea[], %(events)s::bigint[], %(connections)s::bigint[])
    as a (digest, content, event_id, connection_id)
  order by a.digest
  on conflict (company_id, digest) do update
  set content = excluded.content, event_id = excluded.event_id, connection_id = excluded.connection_id
  where activity.content is null
  returning digest, retracted
)
select coalesce(string_agg(digest, ''::bytea), ''::bytea),
  coalesce(string_agg(digest, ''::bytea) filter (where retracted), ''::bytea)
from remembered

-- name: retract_activities
-- Those that have not arrived yet are remembered, so that they count for nothing when they do.
insert into activity (company_id, digest, retracted)
select %(company)s, r.digest, true
from unnest(%(digests)s::bytea[]) as r (digest)
order by r.digest
on conflict (company_id, digest) do update
set retracted = true
where not activity.retracted
returning digest, event_id, connection_id

-- name: say_correcting
-- From here on the marks of this transaction say that what had been counted is corrected or taken back, if anything had.
select set_config('app.correcting', 'on', true)
where exists (
  select from activity a where a.company_id = %(company)s and a.digest = any (%(digests)s::bytea[]) and a.content is not null
)

-- name: add_signals
insert into signal (
  company_id, connection_id, at, source, activity_key, what, retracted,
  role, user_id, external_id, name, device, client, service, metadata, reason
)
select %(company)s, s.connection_id, s.at, s.source, s.activity_key, s.what::stay_signal, s.retracted,
  s.role::stay_role, s.user_id, s.external_id, s.name, s.device::device, s.client, s.service::service, s.metadata::jsonb, s.reason
from unnest(
  %(connections)s::bigint[], %(ats)s::timestamptz[], %(sources)s::text[], %(ids)s::text[], %(whats)s::text[], %(retracted)s::boolean[],
  %(roles)s::text[], %(users)s::bigint[], %(externals)s::bigint[], %(names)s::text[], %(devices)s::text[], %(clients)s::text[],
  %(services)s::text[], %(metadata)s::text[], %(reasons)s::text[]
) as s (
  connection_id, at, source, activity_key, what, retracted,
  role, user_id, external_id, name, device, client, service, metadata, reason
)

-- name: add_event_signals
insert into event_signal (
  company_id, event_id, at, source, activity_key, what, retracted,
  kind, template, owner_key, title, room_key, parent_id, starts_at, ends_at, created_at, captions_enabled
)
select %(company)s, s.event_id, s.at, s.source, s.activity_key, s.what::event_signal_type, s.retracted,
  s.kind::event_kind, s.template, s.owner_key, s.title, s.room_key, s.parent_id, s.starts_at, s.ends_at, s.created_at, s.captions_enabled
from unnest(
  %(events)s::bigint[], %(ats)s::timestamptz[], %(sources)s::text[], %(ids)s::text[], %(whats)s::text[], %(retracted)s::boolean[],
  %(kinds)s::text[], %(templates)s::text[], %(owners)s::text[], %(titles)s::text[], %(rooms)s::text[], %(parents)s::bigint[],
  %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(created)s::timestamptz[], %(captions)s::boolean[]
) as s (
  event_id, at, source, activity_key, what, retracted,
  kind, template, owner_key, title, room_key, parent_id, starts_at, ends_at, created_at, captions_enabled
)

-- name: retract_signals
update signal s
set retracted = true
from unnest(%(connections)s::bigint[], %(sources)s::text[], %(ids)s::text[]) as r (connection_id, source, activity_key)
where s.company_id = %(company)s and s.connection_id = r.connection_id
  and s.source = r.source collate "C" and s.activity_key = r.activity_key collate "C"

-- name: retract_event_signals
-- Answers with the parents they named, which may exist by them alone.
update event_signal s
set retracted = true
from unnest(%(events)s::bigint[], %(sources)s::text[], %(ids)s::text[]) as r (event_id, source, activity_key)
where s.company_id = %(company)s and s.event_id = r.event_id
  and s.source = r.source collate "C" and s.activity_key = r.activity_key collate "C"
returning s.event_id, s.parent_id

-- name: quarantine
insert into quarantine (company_id, digest, code, detail, source, activity_key, body, first_at, last_at, position)
select %(company)s, q.digest, q.code, q.detail, q.source, q.activity_key, q.body, %(as_of)s, %(as_of)s, q.position
from unnest(
  %(digests)s::bytea[], %(codes)s::text[], %(details)s::text[], %(sources)s::text[], %(ids)s::text[], %(bodies)s::bytea[],
  %(positions)s::integer[]
) as q (digest, code, detail, source, activity_key, body, position)
order by q.digest
on conflict (company_id, digest) do update
set last_at = excluded.last_at, times = quarantine.times + 1, code = excluded.code, detail = excluded.detail
