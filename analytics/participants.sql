-- Stays one by one, with what was said of them. An open one lasts until as_of, unless its event has been silent too long.

-- name: of_event
with wanted as (
  select e.event_id
  from event t
  join event e on e.company_id = %(company)s and e.top_id = t.event_id
  where t.company_id = %(company)s and t.key = %(event)s and t.breakout_of is null and t.named_at is not null
),
chosen as (
  select s.*
  from wanted w
  join stay s on s.company_id = %(company)s and s.event_id = w.event_id
),

-- name: of_person
-- What begins in a period, and what lasts into it.
with chosen as (
  select s.*
  from person p
  join stay s
    on s.company_id = %(company)s and s.joined_at < %(period_end)s
    and case when %(namespace)s = 'USER' then s.user_id else s.external_id end = p.person_id
  where p.company_id = %(company)s and p.namespace = %(namespace)s::person_namespace and p.key = %(person)s
),

-- name: rows
lasting as (
  select c.*, t.event_id as top_event, t.key as top_key, t.title, t.kind::text as event_kind, t.starts_at,
    case when e.breakout_of is not null then e.key end as breakout_key,
    c.left_at is null and %(as_of)s < t.tree_active_at + k.stale_after as open,
    coalesce(
      c.left_at,
      case when %(as_of)s >= t.tree_active_at + k.stale_after then greatest(c.joined_at, t.tree_active_at) end,
      greatest(c.joined_at, %(as_of)s)
    ) as ends_at
  from chosen c
  join event e on e.company_id = %(company)s and e.event_id = c.event_id
  join event t on t.company_id = %(company)s and t.event_id = e.top_id
  join company k on k.company_id = %(company)s
),
described as (
  select l.*, u.key as user_key, x.key as external_key, coalesce(u.name, l.name) as shown_name
  from lasting l
  left join person u on u.company_id = %(company)s and u.person_id = l.user_id
  left join person x on x.company_id = %(company)s and x.person_id = l.external_id
  where (%(services)s or l.service is null)
    and (
      %(period_start)s::timestamptz is null
      or (l.joined_at < %(period_end)s and (l.joined_at >= %(period_start)s or l.ends_at > %(period_start)s))
    )
),
line as (
  select microseconds(d.joined_at - timestamptz 'epoch') as sort_number, null::text as sort_text,
    d.connection_id::text || '.' || d.ordinal::text as id,
    d.top_key, d.title, d.event_kind, d.breakout_key, d.joined_at, case when not d.open then d.ends_at end as left_at,
    not d.open and d.ended_by is distinct from 'LEFT' as inferred,
    d.joined_at || d.changed_at as role_since, (d.role || d.changed_to)::text[] as role_names,
    coalesce(d.device, 'UNKNOWN')::text as device, d.client, d.user_key, d.external_key, d.shown_name, d.metadata,
    d.service::text as service, microseconds(d.ends_at - d.joined_at) as lasted_us,
    microseconds(d.joined_at - d.starts_at) as arrival_us
  from described d
  where %(search)s::text is null
    or strpos(lower(coalesce(d.shown_name, d.user_key, d.external_key) collate pg_c_utf8), lower(%(search)s collate pg_c_utf8)) > 0
)
