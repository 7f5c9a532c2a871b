-- What the facts know of events: a function of the activities that name them.

-- name: touch_events
-- The earliest activity that names an event and the latest that is about it, moved on by what has just arrived.
with heard as (
  select h.event_id, min(h.at) as named_at, max(h.at) filter (where h.own) as active_at
  from unnest(%(events)s::bigint[], %(ats)s::timestamptz[], %(owns)s::boolean[]) as h (event_id, at, own)
  group by h.event_id
),
touched as (
  update event e
  set named_at = least(e.named_at, h.named_at),
    active_at = greatest(e.active_at, h.active_at),
    tree_active_at = case when e.breakout_of is null then greatest(e.tree_active_at, h.active_at) end
  from heard h
  where e.company_id = %(company)s and e.event_id = h.event_id
    and (h.named_at < e.named_at or e.named_at is null or h.active_at > e.active_at or e.active_at is null)
  returning e.event_id, old.created_at as old_created_at, new.created_at, new.starts_at
)
select event_id, array[old_created_at, created_at, starts_at]
from touched
where old_created_at is distinct from created_at

-- name: recount_events
-- The same two instants from all that still counts, for events of which something has been retracted.
with counted as (
  select i.event_id, x.named_at, x.active_at
  from unnest(%(events)s::bigint[]) as i (event_id)
  cross join lateral (
    select min(a.at) as named_at, max(a.at) filter (where a.own) as active_at
    from (
      select s.at, true as own
      from connection c
      join signal s on s.company_id = %(company)s and s.connection_id = c.connection_id and not s.retracted
      where c.company_id = %(company)s and c.event_id = i.event_id
      union all
      select s.at, true
      from event_signal s
      where s.company_id = %(company)s and s.event_id = i.event_id and not s.retracted
      union all
      select m.at, true
      from message m
      where m.company_id = %(company)s and m.event_id = i.event_id
      union all
      select s.at, true
      from stored_signal s
      where s.company_id = %(company)s and s.event_id = i.event_id
      union all
      select s.at, true
      from feature_signal s
      where s.company_id = %(company)s and s.event_id = i.event_id
      union all
      select m.at, true
      from connection c
      cross join lateral (
        select m.at from media_measure m where m.company_id = %(company)s and m.connection_id = c.connection_id
        union all
        select q.at from quality_sample q where q.company_id = %(company)s and q.connection_id = c.connection_id
      ) m
      where c.company_id = %(company)s and c.event_id = i.event_id
      union all
      select s.at, false
      from event_signal s
      where s.company_id = %(company)s and s.parent_id = i.event_id and not s.retracted
    ) a
  ) x
)
update event e
set named_at = c.named_at, active_at = c.active_at
from counted c
where e.company_id = %(company)s and e.event_id = c.event_id
returning e.event_id, array[old.created_at, new.created_at, new.starts_at]

-- name: describe_events
-- Member by member the last that was said, in the order (time, source, id).
with said as (
  select s.event_id,
    (array_agg(s.kind order by s.at desc, s.source desc, s.activity_key desc) filter (where s.kind is not null))[1] as kind,
    (array_agg(s.template order by s.at desc, s.source desc, s.activity_key desc) filter (where s.template is not null))[1] as template,
    (array_agg(s.owner_key order by s.at desc, s.source desc, s.activity_key desc) filter (where s.owner_key is not null))[1] as owner_key,
    (array_agg(s.title order by s.at desc, s.source desc, s.activity_key desc) filter (where s.title is not null))[1] as title,
    (array_agg(s.room_key order by s.at desc, s.source desc, s.activity_key desc) filter (where s.room_key is not null))[1] as room_key,
    (array_agg(s.parent_id order by s.at desc, s.source desc, s.activity_key desc) filter (where s.parent_id is not null))[1] as parent_id,
    (array_agg(s.starts_at order by s.at desc, s.source desc, s.activity_key desc) filter (where s.starts_at is not null))[1] as starts_at,
    (array_agg(s.ends_at order by s.at desc, s.source desc, s.activity_key desc) filter (where s.ends_at is not null))[1] as ends_at,
    (array_agg(s.created_at order by s.at desc, s.source desc, s.activity_key desc) filter (where s.created_at is not null))[1] as created_at,
    (array_agg(s.captions_enabled order by s.at desc, s.source desc, s.activity_key desc) filter (where s.captions_enabled is not null))[1] as captions_enabled,
    (array_agg(s.what order by s.at desc, s.source desc, s.activity_key desc) filter (where s.what in ('PLANNED', 'CANCELLED')))[1] = 'CANCELLED' as cancelled
  from event_signal s
  where s.company_id = %(company)s and s.event_id = any (%(events)s::bigint[]) and not s.retracted
  group by s.event_id
),
described as (
  update event e
  set said_kind = s.kind, template = s.template, owner_key = s.owner_key, title = s.title, room_key = s.room_key,
    parent_id = s.parent_id, starts_at = s.starts_at, ends_at = s.ends_at, said_created_at = s.created_at,
    captions_enabled = s.captions_enabled, cancelled = coalesce(s.cancelled, false)
  from unnest(%(events)s::bigint[]) as i (event_id)
  left join said s on s.event_id = i.event_id
  where e.company_id = %(company)s and e.event_id = i.event_id
  returning e.event_id,
    (old.kind, old.template, old.resolved_owner_key, old.room_key, old.captions_enabled) is distinct from
      (new.kind, new.template, new.resolved_owner_key, new.room_key, new.captions_enabled) as renamed,
    old.parent_id is distinct from new.parent_id as moved,
    (old.kind, old.starts_at, old.created_at, old.cancelled) is distinct from (new.kind, new.starts_at, new.created_at, new.cancelled) as rescheduled,
    array[old.created_at, new.created_at, old.starts_at, new.starts_at] as instants
)
select event_id, renamed, moved, case when rescheduled then instants else '{}' end
from described

-- name: root_events
-- Which event stands at the top, for events whose parent has changed and all below them. A parent that lies on a circle
-- says nothing, so every event on one stands at its own top, and the walk up from outside ends where it enters.
with recursive below (event_id) as (
  select unnest(%(events)s::bigint[])
  union
  select e.event_id
  from below b
  join event e on e.company_id = %(company)s and e.parent_id = b.event_id
),
walk (origin, event_id, path, entered) as (
  select b.event_id, b.event_id, array[b.event_id], false from below b
  union all
  select w.origin, e.parent_id, w.path || e.parent_id, e.parent_id = any (w.path)
  from walk w
  join event e on e.company_id = %(company)s and e.event_id = w.event_id
  where e.parent_id is not null and not w.entered
),
-- The last step of a walk is its top: where no parent is left, or the first event met twice.
top as (
  select distinct on (w.origin) w.origin, w.event_id as top_id
  from walk w
  order by w.origin, cardinality(w.path) desc
)
update event e
set breakout_of = nullif(t.top_id, e.event_id)
from top t
where e.company_id = %(company)s and e.event_id = t.origin and e.breakout_of is distinct from nullif(t.top_id, e.event_id)
returning old.top_id, new.top_id, array[new.created_at, new.starts_at]

-- name: count_tree_activity
update event t
set tree_active_at = (select max(e.active_at) from event e where e.company_id = %(company)s and e.top_id = t.event_id)
where t.company_id = %(company)s and t.event_id = any (%(tops)s::bigint[])

-- name: find_tops
select event_id, top_id
from event
where company_id = %(company)s and event_id = any (%(events)s::bigint[])

-- name: find_plans
-- When these events were planned to start: on that day they count as not held until somebody stays in them.
select starts_at
from event
where company_id = %(company)s and event_id = any (%(tops)s::bigint[]) and starts_at is not null
