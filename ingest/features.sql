-- When features were on: what their signals and the ends of their events amount to, as with stays.

-- name: add_feature_signals
insert into feature_signal (company_id, digest, event_id, feature, connection_key, at, source, activity_key, what)
select %(company)s, s.digest, s.event_id, s.feature, s.connection_key, s.at, s.source, s.activity_key, s.what::feature_signal_type
from unnest(
  %(digests)s::bytea[], %(events)s::bigint[], %(features)s::text[], %(connections)s::text[], %(ats)s::timestamptz[], %(sources)s::text[],
  %(ids)s::text[], %(whats)s::text[]
) as s (digest, event_id, feature, connection_key, at, source, activity_key, what)

-- name: retract_feature_signals
delete from feature_signal
where company_id = %(company)s and digest = any (%(digests)s::bytea[])
returning event_id, feature, connection_key

-- name: fold_features
-- Reads the signals of each feature in their order and replaces its spans; marks the days of every span that changed. The ends
-- of an event close the features of its breakouts too, and are read last at their instant.
with recursive touched as materialized (
  select k.event_id, k.feature, k.connection_key
  from unnest(%(events)s::bigint[], %(features)s::text[], %(connections)s::text[]) as k (event_id, feature, connection_key)
  union
  select s.event_id, s.feature, s.connection_key
  from event e
  join feature_span s on s.company_id = %(company)s and s.event_id = e.event_id and (s.stopped_at is null or s.ended_by = 'STALE')
  where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[]) and (s.ended_by = 'STALE' or %(open_too)s)
  union
  select s.event_id, s.feature, s.connection_key
  from event e
  join feature_signal s on s.company_id = %(company)s and s.event_id = e.event_id
  where e.company_id = %(company)s and e.top_id = any (%(whole)s::bigint[])
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
  select t.event_id, t.feature, t.connection_key, s.at, 0 as late, s.source, s.activity_key, s.what
  from touched t
  cross join lateral (
    select s.at, s.source, s.activity_key, s.what::text as what
    from feature_signal s
    where s.company_id = %(company)s and s.event_id = t.event_id
      and s.feature = t.feature collate "C" and s.connection_key = t.connection_key collate "C"
    offset 0
  ) s
  union all
  select t.event_id, t.feature, t.connection_key, x.at, 1, '', '', 'ENDED'
  from touched t
  join lineage l on l.event_id = t.event_id
  join event_signal x
    on x.company_id = %(company)s and x.event_id = l.ancestor_id and x.what = 'ENDED' and not x.retracted
),
placed as (
  select h.event_id, h.feature, h.connection_key, h.at, h.what,
    row_number() over w as position,
    count(*) filter (where h.what in ('STOPPED', 'ENDED')) over w as closings
  from heard h
  window w as (
    partition by h.event_id, h.feature, h.connection_key
    order by h.at, h.late, h.source collate "C", h.activity_key collate "C"
    rows unbounded preceding
  )
),
-- A start switches it on unless it is on: unless nothing has closed since the start before.
opened as (
  select p.*,
    p.what = 'STARTED' and p.closings is distinct from max(p.closings) filter (where p.what = 'STARTED') over (
      partition by p.event_id, p.feature, p.connection_key
      order by p.position rows between unbounded preceding and 1 preceding
    ) as opens
  from placed p
),
counted as (
  select o.*,
    (
      count(*) filter (where o.opens) over (
        partition by o.event_id, o.feature, o.connection_key order by o.position rows unbounded preceding
      )
    )::integer as ordinal
  from opened o
),
-- A real stop ends it wherever it lies before the next start, even behind an end of the event.
framed as (
  select c.event_id, c.feature, c.connection_key, c.ordinal,
    min(c.at) as started_at,
    min(c.at) filter (where c.what = 'STOPPED') as stopped_at,
    min(c.at) filter (where c.what = 'ENDED') as ended_at
  from counted c
  where c.ordinal > 0
  group by c.event_id, c.feature, c.connection_key, c.ordinal
),
folded as materialized (
  select f.event_id, f.feature, f.connection_key, f.ordinal, f.started_at, x.stopped_at, x.ended_by
  from framed f
  join event e on e.company_id = %(company)s and e.event_id = f.event_id
  join event top on top.company_id = %(company)s and top.event_id = e.top_id
  cross join lateral (
    select
      case
        when f.stopped_at is not null then f.stopped_at
        when f.ended_at is not null then f.ended_at
        when top.tree_active_at + %(stale_after)s::interval <= %(as_of)s then greatest(f.started_at, top.tree_active_at)
      end as stopped_at,
      case
        when f.stopped_at is not null then 'STOPPED'::feature_end
        when f.ended_at is not null then 'EVENT_ENDED'::feature_end
        when top.tree_active_at + %(stale_after)s::interval <= %(as_of)s then 'STALE'::feature_end
      end as ended_by
  ) x
),
written as (
  insert into feature_span (company_id, event_id, feature, connection_key, ordinal, started_at, stopped_at, ended_by)
  select %(company)s, f.event_id, f.feature, f.connection_key, f.ordinal, f.started_at, f.stopped_at, f.ended_by
  from folded f
  on conflict (company_id, event_id, feature, connection_key, ordinal) do update
  set started_at = excluded.started_at, stopped_at = excluded.stopped_at, ended_by = excluded.ended_by
  where (feature_span.started_at, feature_span.stopped_at, feature_span.ended_by)
    is distinct from (excluded.started_at, excluded.stopped_at, excluded.ended_by)
  returning old.started_at as old_started_at, old.stopped_at as old_stopped_at, new.started_at, new.stopped_at
),
gone as (
  delete from feature_span s
  using touched t
  where s.company_id = %(company)s and s.event_id = t.event_id
    and s.feature = t.feature collate "C" and s.connection_key = t.connection_key collate "C"
    and not exists (
      select from folded f
      where f.event_id = s.event_id and f.feature = s.feature and f.connection_key = s.connection_key and f.ordinal = s.ordinal
    )
  returning s.started_at, s.stopped_at
),
span as (
  select w.started_at, w.stopped_at from written w
  union all
  select w.old_started_at, w.old_stopped_at from written w where w.old_started_at is not null
  union all
  select g.started_at, g.stopped_at from gone g
)
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from span s
cross join lateral days_between(%(company)s, s.started_at, greatest(s.started_at, coalesce(s.stopped_at, %(as_of)s))) d

-- name: mark_features
-- Every day on which a feature of these events or of their breakouts was on: whose time it is may have changed.
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from event e
join feature_span s on s.company_id = %(company)s and s.event_id = e.event_id
cross join lateral days_between(%(company)s, s.started_at, greatest(s.started_at, coalesce(s.stopped_at, %(as_of)s))) d
where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[])
