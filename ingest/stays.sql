-- Stays: what the signals of a connection and the ends of its event amount to.
-- Before their days are looked up, spans are put together by the dates in UTC on which they begin and end. Their days stay the same:
-- both ends of what is put together are ends of theirs, and whole days between these are in every one of them.
-- `offset 0` keeps the look-up of days a look-up: flattened into a join it would hash the whole calendar of the zone.

-- name: settle_stale
select settle_stale(%(company)s, %(as_of)s, %(tops)s::bigint[])

-- name: find_unclosed
-- Connections whose latest end is not a real one and moves with the activity of their event; and whether there is anything that
-- is folded with it besides: features, recordings.
select
  array(
    select distinct s.connection_id
    from event e
    join stay s on s.company_id = %(company)s and s.event_id = e.event_id and (s.left_at is null or s.ended_by = 'STALE')
    where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[]) and (s.ended_by = 'STALE' or %(open_too)s)
  ),
  exists (
    select
    from event e
    join feature_span f on f.company_id = %(company)s and f.event_id = e.event_id
    where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[])
  ),
  exists (
    select
    from event e
    join recording_run r on r.company_id = %(company)s and r.event_id = e.event_id
    where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[])
  )

-- name: find_connections_of_trees
select c.connection_id
from event e
join connection c on c.company_id = %(company)s and c.event_id = e.event_id
where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[])

-- name: fold_stays
-- Reads the signals of each connection in their order and replaces its stays; marks the days of every stay that changed.
-- The ends of an event close the stays of its breakouts too, and are read last at their instant.
-- Every look-up is a lateral one and no two results are joined: so it costs the same whatever the planner believes of a
-- company, which for a new one is that it has nothing.
with touched as materialized (
  select i.connection_id, c.event_id, c.tree_active_at
  from unnest(%(connections)s::bigint[]) as i (connection_id)
  cross join lateral (
    select c.event_id, t.tree_active_at
    from connection c
    join event e on e.company_id = %(company)s and e.event_id = c.event_id
    join event t on t.company_id = %(company)s and t.event_id = e.top_id
    where c.company_id = %(company)s and c.connection_id = i.connection_id
    offset 0
  ) c
),
closing as (
  select u.connection_id, e.event_id, e.tree_active_at, x.at
  from (
    select t.event_id, t.tree_active_at, array_agg(t.connection_id) as connections from touched t group by t.event_id, t.tree_active_at
  ) e
  cross join lateral (
    with recursive lineage (event_id) as (
      select e.event_id
      union
      select b.parent_id
      from lineage l
      cross join lateral (
        select b.parent_id
        from event b
        where b.company_id = %(company)s and b.event_id = l.event_id and b.breakout_of is not null
        offset 0
      ) b
    )
    select x.at
    from lineage l
    cross join lateral (
      select x.at
      from event_signal x
      where x.company_id = %(company)s and x.event_id = l.event_id and x.what = 'ENDED' and not x.retracted
      offset 0
    ) x
  ) x
  cross join lateral unnest(e.connections) as u (connection_id)
),
-- A connection whose signals are all retracted is here too, with nothing heard: its stays have gone.
heard as (
  select t.connection_id, t.event_id, t.tree_active_at, s.at, 0 as late, s.source, s.activity_key, s.what,
    s.role, s.user_id, s.external_id, s.name, s.device, s.client, s.service, s.metadata
  from touched t
  left join lateral (
    select s.at, s.source, s.activity_key, s.what::text as what,
      s.role, s.user_id, s.external_id, s.name, s.device, s.client, s.service, s.metadata
    from signal s
    where s.company_id = %(company)s and s.connection_id = t.connection_id and not s.retracted
    offset 0
  ) s on true
  union all
  select c.connection_id, c.event_id, c.tree_active_at, c.at, 1, '', '', 'ENDED', null, null, null, null, null, null, null, null
  from closing c
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
-- What was heard before the first join is number 0, and no stay.
framed as materialized (
  select c.connection_id, c.ordinal, c.event_id, c.tree_active_at,
    min(c.at) as joined_at,
    min(c.at) filter (where c.what = 'LEFT') as left_at,
    min(c.at) filter (where c.what = 'ENDED') as ended_at,
    coalesce(min(c.position) filter (where c.what = 'LEFT'), min(c.position) filter (where c.what = 'ENDED')) as closed,
    max(c.position) + 1 as behind,
    array_agg(c.position order by c.position) filter (where c.what = 'ROLE_CHANGED') as changed,
    array_agg(c.at order by c.position) filter (where c.what = 'ROLE_CHANGED') as changed_at,
    array_agg(c.role order by c.position) filter (where c.what = 'ROLE_CHANGED') as changed_to,
    (array_agg(c.role order by c.position) filter (where c.what = 'JOINED' and c.role is not null))[1] as role,
    (array_agg(c.user_id order by c.position) filter (where c.user_id is not null))[1] as user_id,
    (array_agg(c.external_id order by c.position) filter (where c.external_id is not null))[1] as external_id,
    (array_agg(c.name order by c.position) filter (where c.name is not null))[1] as name,
    (array_agg(c.device order by c.position) filter (where c.device is not null))[1] as device,
    (array_agg(c.client order by c.position) filter (where c.client is not null))[1] as client,
    (array_agg(c.service order by c.position) filter (where c.service is not null))[1] as service,
    (array_agg(c.metadata order by c.position) filter (where c.metadata is not null))[1] as metadata
  from counted c
  group by c.connection_id, c.ordinal, c.event_id, c.tree_active_at
),
-- A real leave closes wherever it lies before the next join, even behind an end of the event; roles change until then.
folded as (
  select f.*, x.last_at, x.ended_by, nullif(width_bucket(coalesce(f.closed, f.behind) - 1, f.changed), 0) as changes
  from framed f
  cross join lateral (
    select
      case
        when f.left_at is not null then f.left_at
        when f.ended_at is not null then f.ended_at
        when f.tree_active_at + %(stale_after)s::interval <= %(as_of)s then greatest(f.joined_at, f.tree_active_at)
      end as last_at,
      case
        when f.left_at is not null then 'LEFT'::stay_end
        when f.ended_at is not null then 'EVENT_ENDED'::stay_end
        when f.tree_active_at + %(stale_after)s::interval <= %(as_of)s then 'STALE'::stay_end
      end as ended_by
  ) x
  where f.ordinal > 0
),
written as (
  insert into stay (
    company_id, connection_id, ordinal, event_id, joined_at, left_at, ended_by,
    role, changed_at, changed_to, user_id, external_id, name, device, client, service, metadata
  )
  select %(company)s, f.connection_id, f.ordinal, f.event_id, f.joined_at, f.last_at, f.ended_by,
    f.role, f.changed_at[:f.changes], f.changed_to[:f.changes], f.user_id, f.external_id, f.name, f.device, f.client, f.service, f.metadata
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
surplus as materialized (
  select k.connection_id, s.ordinal
  from (select f.connection_id, max(f.ordinal) as stays from framed f group by f.connection_id) k
  cross join lateral (
    select s.ordinal
    from stay s
    where s.company_id = %(company)s and s.connection_id = k.connection_id and s.ordinal > k.stays
    offset 0
  ) s
),
gone as (
  delete from stay s
  where s.company_id = %(company)s and s.connection_id = any (array(select u.connection_id from surplus u))
    and (s.connection_id, s.ordinal) in (select u.connection_id, u.ordinal from surplus u)
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
    select min(s.since) as since, max(s.until) as until
    from (
      select s.joined_at as since, greatest(s.joined_at, coalesce(s.left_at, %(as_of)s)) as until from span s
      union all
      select q.since, q.until from sampled q
    ) s
    group by (s.since at time zone 'UTC')::date, (s.until at time zone 'UTC')::date
  ) s
  cross join lateral days_between(%(company)s, s.since, s.until) d
),
top as materialized (
  select distinct t.event_id, t.starts_at, t.created_at, t.undecided
  from (select distinct event_id from span) s
  cross join lateral (
    select t.event_id, t.starts_at, t.created_at,
      t.kind = 'CALL' and (t.template is null or t.template not in ('PERSONAL_CALL', 'GROUP_CALL')) as undecided
    from event e
    join event t on t.company_id = %(company)s and t.event_id = e.top_id
    where e.company_id = %(company)s and e.event_id = s.event_id
    offset 0
  ) t
),
-- Whether an event was created in a segment of certain people depends on who stayed in it, on whatever day.
marked_as_created as (
  insert into mark (company_id, generation, day, made_at)
  select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
  from (select distinct t.created_at as at from top t) t
  cross join lateral (
    select d.generation, d.day
    from days_between(%(company)s, t.at, t.at) d
    join rollup_generation g on g.company_id = %(company)s and g.generation = d.generation
    join segment x on x.company_id = %(company)s and x.segment_id = g.segment_id and x.definition ?| array['externalId', 'metadata']
    offset 0
  ) d
  where exists (select from segment where company_id = %(company)s)
)
select t.event_id, t.starts_at, t.undecided from top t

-- name: mark_instants
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from (
  select min(i.at) as since, max(i.at) as until
  from unnest(%(instants)s::timestamptz[]) as i (at)
  group by (i.at at time zone 'UTC')::date
) i
cross join lateral days_between(%(company)s, i.since, i.until) d

-- name: mark_trees
-- Every day on which somebody stayed in these events or in their breakouts.
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from (
  select min(s.joined_at) as since, max(x.until) as until
  from event e
  join stay s on s.company_id = %(company)s and s.event_id = e.event_id
  cross join lateral (select greatest(s.joined_at, coalesce(s.left_at, %(as_of)s))) as x (until)
  where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[])
  group by (s.joined_at at time zone 'UTC')::date, (x.until at time zone 'UTC')::date
) s
cross join lateral days_between(%(company)s, s.since, s.until) d

-- name: mark_created
-- The days on which these events were created, for segments: which of them they are in may have changed.
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from event t
cross join lateral (
  select d.generation, d.day
  from days_between(%(company)s, t.created_at, t.created_at) d
  join rollup_generation g on g.company_id = %(company)s and g.generation = d.generation and g.segment_id is not null
  offset 0
) d
where t.company_id = %(company)s and t.event_id = any (%(tops)s::bigint[])
  and exists (select from segment where company_id = %(company)s)

-- name: mark_posts
-- Every day on which something was posted in these events or in their breakouts: it counts where their kind is counted.
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from (
  select min(m.at) as since, max(m.at) as until
  from event e
  join message m on m.company_id = %(company)s and m.event_id = e.event_id and m.place <> 'MESSENGER'
  where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[])
  group by (m.at at time zone 'UTC')::date
) m
cross join lateral days_between(%(company)s, m.since, m.until) d
