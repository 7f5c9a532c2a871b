-- Stays: what the signals of a connection and the ends of its event amount to.
-- `offset 0` keeps the look-up of days a look-up: flattened into a join it would hash the whole calendar of the zone.

-- name: settle_stale
select settle_stale(%(company)s, %(as_of)s, %(tops)s::bigint[])

-- name: find_unclosed
-- Connections whose latest end is not a real one and moves with the activity of their event.
select distinct s.connection_id
from event e
join stay s on s.company_id = %(company)s and s.event_id = e.event_id and (s.left_at is null or s.ended_by = 'STALE')
where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[]) and (s.ended_by = 'STALE' or %(open_too)s)

-- name: find_connections_of_trees
select c.connection_id
from event e
join connection c on c.company_id = %(company)s and c.event_id = e.event_id
where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[])

-- name: fold_stays
-- Reads the signals of each connection in their order and replaces its stays; marks the days of every stay that changed.
-- The ends of an event close the stays of its breakouts too, and are read last at their instant.
with recursive touched as (
  select c.connection_id, c.event_id
  from connection c
  where c.company_id = %(company)s and c.connection_id = any (%(connections)s::bigint[])
),
lineage (event_id, ancestor_id) as (
  select distinct t.event_id, t.event_id from touched t
  union
  select l.event_id, e.parent_id
  from lineage l
  join event e on e.company_id = %(company)s and e.event_id = l.ancestor_id
  where e.breakout_of is not null
),
heard as (
  select s.connection_id, s.at, 0 as late, s.source, s.activity_key, s.what::text as what,
    s.role, s.user_id, s.external_id, s.name, s.device, s.client, s.service, s.metadata
  from signal s
  where s.company_id = %(company)s and s.connection_id = any (%(connections)s::bigint[]) and not s.retracted
  union all
  select t.connection_id, x.at, 1, '', '', 'ENDED', null, null, null, null, null, null, null, null
  from touched t
  join lineage l on l.event_id = t.event_id
  join event_signal x
    on x.company_id = %(company)s and x.event_id = l.ancestor_id and x.what = 'ENDED' and not x.retracted
),
placed as (
  select h.*,
    row_number() over w as position,
    count(*) filter (where h.what in ('LEFT', 'ENDED')) over w as closings
  from heard h
  window w as (
    partition by h.connection_id order by h.at, h.late, h.source collate "C", h.activity_key collate "C"
    rows unbounded preceding
  )
),
-- A join opens a stay unless the join before it is still open: unless nothing has closed since.
opened as (
  select p.*,
    p.what = 'JOINED' and p.closings is distinct from max(p.closings) filter (where p.what = 'JOINED') over (
      partition by p.connection_id order by p.position rows between unbounded preceding and 1 preceding
    ) as opens
  from placed p
),
counted as (
  select o.*,
    (count(*) filter (where o.opens) over (partition by o.connection_id order by o.position rows unbounded preceding))::integer as ordinal
  from opened o
),
-- A real leave closes wherever it lies before the next join, even behind an end of the event.
framed as (
  select c.connection_id, c.ordinal,
    min(c.at) as joined_at,
    min(c.at) filter (where c.what = 'LEFT') as left_at,
    min(c.at) filter (where c.what = 'ENDED') as ended_at,
    coalesce(min(c.position) filter (where c.what = 'LEFT'), min(c.position) filter (where c.what = 'ENDED')) as closed,
    (array_agg(c.role order by c.position) filter (where c.what = 'JOINED' and c.role is not null))[1] as role,
    (array_agg(c.user_id order by c.position) filter (where c.user_id is not null))[1] as user_id,
    (array_agg(c.external_id order by c.position) filter (where c.external_id is not null))[1] as external_id,
    (array_agg(c.name order by c.position) filter (where c.name is not null))[1] as name,
    (array_agg(c.device order by c.position) filter (where c.device is not null))[1] as device,
    (array_agg(c.client order by c.position) filter (where c.client is not null))[1] as client,
    (array_agg(c.service order by c.position) filter (where c.service is not null))[1] as service,
    (array_agg(c.metadata order by c.position) filter (where c.metadata is not null))[1] as metadata
  from counted c
  where c.ordinal > 0
  group by c.connection_id, c.ordinal
),
changed as (
  select c.connection_id, c.ordinal,
    array_agg(c.at order by c.position) as changed_at,
    array_agg(c.role order by c.position) as changed_to
  from counted c
  join framed f on f.connection_id = c.connection_id and f.ordinal = c.ordinal
  where c.what = 'ROLE_CHANGED' and (f.closed is null or c.position < f.closed)
  group by c.connection_id, c.ordinal
),
folded as materialized (
  select f.connection_id, f.ordinal, t.event_id, f.joined_at, x.left_at, x.ended_by,
    f.role, c.changed_at, c.changed_to, f.user_id, f.external_id, f.name, f.device, f.client, f.service, f.metadata
  from framed f
  join touched t on t.connection_id = f.connection_id
  join event e on e.company_id = %(company)s and e.event_id = t.event_id
  join event top on top.company_id = %(company)s and top.event_id = e.top_id
  left join changed c on c.connection_id = f.connection_id and c.ordinal = f.ordinal
  cross join lateral (
    select
      case
        when f.left_at is not null then f.left_at
        when f.ended_at is not null then f.ended_at
        when top.tree_active_at + %(stale_after)s::interval <= %(as_of)s then greatest(f.joined_at, top.tree_active_at)
      end as left_at,
      case
        when f.left_at is not null then 'LEFT'::stay_end
        when f.ended_at is not null then 'EVENT_ENDED'::stay_end
        when top.tree_active_at + %(stale_after)s::interval <= %(as_of)s then 'STALE'::stay_end
      end as ended_by
  ) x
),
written as (
  insert into stay (
    company_id, connection_id, ordinal, event_id, joined_at, left_at, ended_by,
    role, changed_at, changed_to, user_id, external_id, name, device, client, service, metadata
  )
  select %(company)s, f.connection_id, f.ordinal, f.event_id, f.joined_at, f.left_at, f.ended_by,
    f.role, f.changed_at, f.changed_to, f.user_id, f.external_id, f.name, f.device, f.client, f.service, f.metadata
  from folded f
  on conflict (company_id, connection_id, ordinal) do update
  set joined_at = excluded.joined_at, left_at = excluded.left_at, ended_by = excluded.ended_by,
    role = excluded.role, changed_at = excluded.changed_at, changed_to = excluded.changed_to,
    user_id = excluded.user_id, external_id = excluded.external_id, name = excluded.name, device = excluded.device,
    client = excluded.client, service = excluded.service, metadata = excluded.metadata
  where (stay.joined_at, stay.left_at, stay.ended_by, stay.role, stay.changed_at, stay.changed_to, stay.user_id,
      stay.external_id, stay.name, stay.device, stay.client, stay.service, stay.metadata)
    is distinct from
    (excluded.joined_at, excluded.left_at, excluded.ended_by, excluded.role, excluded.changed_at, excluded.changed_to, excluded.user_id,
      excluded.external_id, excluded.name, excluded.device, excluded.client, excluded.service, excluded.metadata)
  returning new.connection_id, new.event_id, old.joined_at as old_joined_at, old.left_at as old_left_at, new.joined_at, new.left_at
),
gone as (
  delete from stay s
  where s.company_id = %(company)s and s.connection_id = any (%(connections)s::bigint[])
    and not exists (select from folded f where f.connection_id = s.connection_id and f.ordinal = s.ordinal)
  returning s.connection_id, s.event_id, s.joined_at, s.left_at
),
span as (
  select w.connection_id, w.event_id, w.joined_at, w.left_at from written w
  union all
  select w.connection_id, w.event_id, w.old_joined_at, w.old_left_at from written w where w.old_joined_at is not null
  union all
  select g.connection_id, g.event_id, g.joined_at, g.left_at from gone g
),
-- Of which stay a sample of quality is depends on when those of its connection begin, even if it was taken after they end.
sampled as (
  select q.since, q.until
  from (select distinct s.connection_id from span s) c
  cross join lateral (
    select min(q.at) as since, max(q.at) as until
    from quality_sample q
    where q.company_id = %(company)s and q.connection_id = c.connection_id
    group by (q.at at time zone 'UTC')::date
  ) q
),
marked as (
  insert into mark (company_id, generation, day, made_at)
  select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
  from (
    select s.joined_at as since, greatest(s.joined_at, coalesce(s.left_at, %(as_of)s)) as until from span s
    union all
    select q.since, q.until from sampled q
  ) s
  cross join lateral days_between(%(company)s, s.since, s.until) d
)
select distinct t.event_id, t.starts_at, t.kind = 'CALL' and (t.template is null or t.template not in ('PERSONAL_CALL', 'GROUP_CALL'))
from (select distinct event_id from span) s
join event e on e.company_id = %(company)s and e.event_id = s.event_id
join event t on t.company_id = %(company)s and t.event_id = e.top_id

-- name: mark_instants
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from unnest(%(instants)s::timestamptz[]) as i (at)
cross join lateral days_between(%(company)s, i.at, i.at) d

-- name: mark_trees
-- Every day on which somebody stayed in these events or in their breakouts.
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from event e
join stay s on s.company_id = %(company)s and s.event_id = e.event_id
cross join lateral days_between(%(company)s, s.joined_at, greatest(s.joined_at, coalesce(s.left_at, %(as_of)s))) d
where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[])

-- name: mark_posts
-- Every day on which something was posted in these events or in their breakouts: it counts where their kind is counted.
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from event e
join message m on m.company_id = %(company)s and m.event_id = e.event_id and m.place <> 'MESSENGER'
cross join lateral days_between(%(company)s, m.at, m.at) d
where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[])
