-- Files and recordings: whose they are, and what of them was in use when.

-- name: name_stored
-- What somebody else makes meanwhile is waited for, and comes when asked again.
with named as materialized (
  select k.kind, k.key, s.stored_id
  from unnest(%(kinds)s::text[], %(keys)s::text[]) as k (kind, key)
  left join lateral (
    select s.stored_id
    from stored s
    where s.company_id = %(company)s and s.kind = k.kind::stored_kind and s.key = k.key collate "C"
    offset 0
  ) s on true
),
added as (
  insert into stored (company_id, kind, key)
  select %(company)s, n.kind::stored_kind, n.key
  from named n
  where n.stored_id is null
  order by n.kind, n.key collate "C"
  on conflict (company_id, kind, key) do nothing
  returning kind::text, key, stored_id
)
select n.kind, n.key, n.stored_id from named n where n.stored_id is not null
union all
select a.kind, a.key, a.stored_id from added a

-- name: lock_stored
select stored_id
from stored
where company_id = %(company)s and stored_id = any (%(stored)s::bigint[])
order by stored_id
for no key update

-- name: add_stored_signals
insert into stored_signal (
  company_id, digest, stored_id, at, source, activity_key, what, owner_key, event_id, name, bytes, seconds, started_at
)
select %(company)s, s.digest, s.stored_id, s.at, s.source, s.activity_key, s.what::stored_signal_type, s.owner_key, s.event_id, s.name,
  s.bytes, s.seconds, s.started_at
from unnest(
  %(digests)s::bytea[], %(stored)s::bigint[], %(ats)s::timestamptz[], %(sources)s::text[], %(ids)s::text[], %(whats)s::text[],
  %(owners)s::text[], %(events)s::bigint[], %(names)s::text[], %(bytes)s::bigint[], %(seconds)s::double precision[],
  %(starts)s::timestamptz[]
) as s (digest, stored_id, at, source, activity_key, what, owner_key, event_id, name, bytes, seconds, started_at)

-- name: retract_stored_signals
delete from stored_signal where company_id = %(company)s and digest = any (%(digests)s::bytea[]) returning stored_id, at

-- name: events_of_stored
-- Every event that these have been said to belong to.
select distinct event_id
from (
  select s.event_id from stored s where s.company_id = %(company)s and s.stored_id = any (%(stored)s::bigint[])
  union all
  select s.event_id from stored_signal s where s.company_id = %(company)s and s.stored_id = any (%(stored)s::bigint[])
) e
where event_id is not null

-- name: describe_stored
-- Member by member the last that was said; answers with those that belong to somebody else now.
with said as (
  select s.stored_id,
    (array_agg(s.owner_key order by s.at desc, s.source desc, s.activity_key desc) filter (where s.owner_key is not null))[1] as owner_key,
    (array_agg(s.event_id order by s.at desc, s.source desc, s.activity_key desc) filter (where s.event_id is not null))[1] as event_id,
    (array_agg(s.name order by s.at desc, s.source desc, s.activity_key desc) filter (where s.name is not null))[1] as name
  from stored_signal s
  where s.company_id = %(company)s and s.stored_id = any (%(stored)s::bigint[])
  group by s.stored_id
),
described as (
  update stored d
  set owner_key = s.owner_key, event_id = s.event_id, name = s.name
  from unnest(%(stored)s::bigint[]) as i (stored_id)
  left join said s on s.stored_id = i.stored_id
  where d.company_id = %(company)s and d.stored_id = i.stored_id
  returning d.stored_id, (old.owner_key, old.event_id) is distinct from (new.owner_key, new.event_id) as passed
)
select stored_id from described where passed

-- name: fold_versions
-- Each upload, or storing that says bytes, is in use until the next one or the deletion.
-- Answers with every instant at which something changed.
with turn as (
  select s.stored_id, s.what, s.bytes, s.at as since, lead(s.at) over w as until
  from stored_signal s
  where s.company_id = %(company)s and s.stored_id = any (%(stored)s::bigint[])
    and (s.what = 'DELETED' or (s.what in ('UPLOADED', 'STORED') and s.bytes is not null))
  window w as (partition by s.stored_id order by s.at, s.source, s.activity_key)
),
folded as materialized (
  select t.stored_id, (row_number() over (partition by t.stored_id order by t.since, t.until nulls last, t.bytes))::integer as ordinal,
    t.bytes, t.since, t.until
  from turn t
  where t.what <> 'DELETED'
),
written as (
  insert into stored_version (company_id, stored_id, ordinal, bytes, since, until)
  select %(company)s, f.stored_id, f.ordinal, f.bytes, f.since, f.until
  from folded f
  on conflict (company_id, stored_id, ordinal) do update
  set bytes = excluded.bytes, since = excluded.since, until = excluded.until
  where (stored_version.bytes, stored_version.since, stored_version.until) is distinct from (excluded.bytes, excluded.since, excluded.until)
  returning array[old.since, old.until, new.since, new.until] as instants
),
gone as (
  delete from stored_version v
  where v.company_id = %(company)s and v.stored_id = any (%(stored)s::bigint[])
    and not exists (select from folded f where f.stored_id = v.stored_id and f.ordinal = v.ordinal)
  returning array[v.since, v.until] as instants
)
select distinct x.at
from (select instants from written union all select instants from gone) i
cross join lateral unnest(i.instants) as x (at)
where x.at is not null

-- name: instants_of_stored
-- When the versions of these began and ended.
select distinct x.at
from stored_version v
cross join lateral (values (v.since), (v.until)) as x (at)
where v.company_id = %(company)s and v.stored_id = any (%(stored)s::bigint[]) and x.at is not null

-- name: instants_of_trees
-- The same of what was recorded in these events and in their breakouts, and belongs to whoever they belong to.
select distinct x.at
from event e
join stored s on s.company_id = %(company)s and s.event_id = e.event_id and s.owner_key is null
join stored_version v on v.company_id = %(company)s and v.stored_id = s.stored_id
cross join lateral (values (v.since), (v.until)) as x (at)
where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[]) and x.at is not null
