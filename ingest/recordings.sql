-- When recordings ran: what their signals and the ends of their events amount to, as with stays.

-- name: find_runs
-- Recordings whose runs may have changed with these events: all of whole trees, of the others those that never stopped. Of
-- moved trees, where even the same run may end at another instant, since when that may be.
select r.stored_id, min(r.started_at) filter (where e.top_id = any (%(moved)s::bigint[]) and (r.stopped_at is null or r.ended_by = 'STALE'))
from event e
join recording_run r on r.company_id = %(company)s and r.event_id = e.event_id
where e.company_id = %(company)s and e.top_id = any (%(tops)s::bigint[])
  and (e.top_id = any (%(whole)s::bigint[]) or r.ended_by = 'STALE' or (r.stopped_at is null and e.top_id = any (%(moved)s::bigint[])))
group by r.stored_id

-- name: fold_runs
-- Reads the signals of each recording in their order and replaces its runs. Marks the days of every run that changed, and
-- from the first change on (a run's, or what `sinces` says) those on which the recording ran, was stored or was deleted: how
-- much of it is stored there depends on all that went before.
with recursive touched as materialized (
  select s.stored_id, s.event_id, i.since
  from unnest(%(stored)s::bigint[], %(sinces)s::timestamptz[]) as i (stored_id, since)
  join stored s on s.company_id = %(company)s and s.stored_id = i.stored_id and s.kind = 'RECORDING'
),
lineage (event_id, ancestor_id) as (
  select distinct t.event_id, t.event_id from touched t where t.event_id is not null
  union
  select l.event_id, e.parent_id
  from lineage l
  join event e on e.company_id = %(company)s and e.event_id = l.ancestor_id
  where e.breakout_of is not null
),
said as materialized (
  select s.stored_id, s.at, s.source, s.activity_key, s.what, s.seconds, s.started_at
  from touched t
  cross join lateral (
    select s.*
    from stored_signal s
    where s.company_id = %(company)s and s.stored_id = t.stored_id
    offset 0
  ) s
),
-- The ends of its event and of those above are read last at their instant.
heard as (
  select s.stored_id, s.at, 0 as late, s.source, s.activity_key, s.what::text as what
  from said s
  where s.what in ('STARTED', 'PAUSED', 'RESUMED', 'STOPPED')
  union all
  select t.stored_id, x.at, 1, '', '', 'ENDED'
  from touched t
  join lineage l on l.event_id = t.event_id
  join event_signal x
    on x.company_id = %(company)s and x.event_id = l.ancestor_id and x.what = 'ENDED' and not x.retracted
),
placed as (
  select h.stored_id, h.at, h.what,
    row_number() over w as position,
    count(*) filter (where h.what in ('STOPPED', 'ENDED')) over w as closings
  from heard h
  window w as (
    partition by h.stored_id order by h.at, h.late, h.source collate "C", h.activity_key collate "C"
    rows unbounded preceding
  )
),
-- A start begins a take unless the one before it still goes on: unless nothing has closed since.
opened as (
  select p.*,
    p.what = 'STARTED' and p.closings is distinct from max(p.closings) filter (where p.what = 'STARTED') over (
      partition by p.stored_id order by p.position rows between unbounded preceding and 1 preceding
    ) as opens
  from placed p
),
counted as (
  select o.*, count(*) filter (where o.opens) over (partition by o.stored_id order by o.position rows unbounded preceding) as take
  from opened o
),
-- A real stop closes wherever it lies before the next take, even behind an end of the event.
framed as (
  select c.stored_id, c.take,
    min(c.at) filter (where c.what = 'STOPPED') as stopped_at,
    min(c.at) filter (where c.what = 'ENDED') as ended_at,
    coalesce(min(c.position) filter (where c.what = 'STOPPED'), min(c.position) filter (where c.what = 'ENDED')) as closed
  from counted c
  where c.take > 0
  group by c.stored_id, c.take
),
-- Within a take: where it begins to run, and where it pauses.
switched as (
  select c.stored_id, c.take, c.position, c.at, c.what <> 'PAUSED' as runs,
    lag(c.what <> 'PAUSED') over (partition by c.stored_id, c.take order by c.position) as ran
  from counted c
  join framed f on f.stored_id = c.stored_id and f.take = c.take
  where c.what in ('STARTED', 'PAUSED', 'RESUMED') and (f.closed is null or c.position < f.closed)
),
run as (
  select s.stored_id, s.take, s.position, s.at as started_at, s.runs,
    lead(s.at) over (partition by s.stored_id, s.take order by s.position) as paused_at
  from switched s
  where s.runs is distinct from s.ran
),
-- What was said when it was stored counts only for what was never told to have started.
described as (
  select s.stored_id,
    (array_agg(s.started_at order by s.at desc, s.source desc, s.activity_key desc) filter (where s.started_at is not null))[1] as started_at,
    (array_agg(round(s.seconds * 1e6)::bigint order by s.at desc, s.source desc, s.activity_key desc) filter (where s.seconds is not null))[1]
      as lasted_us,
    (array_agg(s.at order by s.at desc, s.source desc, s.activity_key desc) filter (where s.seconds is not null))[1] as said_at
  from said s
  where s.what = 'STORED' and not exists (select from framed f where f.stored_id = s.stored_id)
  group by s.stored_id
),
folded as materialized (
  select f.stored_id, (row_number() over (partition by f.stored_id order by f.started_at, f.position))::integer as ordinal,
    t.event_id, f.started_at, f.stopped_at, f.ended_by, f.unplaced_us
  from (
    select r.stored_id, r.position, r.started_at, x.stopped_at, x.ended_by, 0::bigint as unplaced_us
    from run r
    join framed f on f.stored_id = r.stored_id and f.take = r.take
    join touched t on t.stored_id = r.stored_id
    join event e on e.company_id = %(company)s and e.event_id = t.event_id
    join event top on top.company_id = %(company)s and top.event_id = e.top_id
    cross join lateral (
      select
        case
          when r.paused_at is not null then r.paused_at
          when f.stopped_at is not null then f.stopped_at
          when f.ended_at is not null then f.ended_at
          when top.tree_active_at + %(stale_after)s::interval <= %(as_of)s then greatest(r.started_at, top.tree_active_at)
        end as stopped_at,
        case
          when r.paused_at is not null then 'PAUSED'::recording_end
          when f.stopped_at is not null then 'STOPPED'::recording_end
          when f.ended_at is not null then 'EVENT_ENDED'::recording_end
          when top.tree_active_at + %(stale_after)s::interval <= %(as_of)s then 'STALE'::recording_end
        end as ended_by
    ) x
    where r.runs
    union all
    select d.stored_id, 1, d.started_at, d.started_at + d.lasted_us * interval '1 microsecond', 'STORED', 0
    from described d
    where d.lasted_us is not null and d.started_at is not null
    union all
    select d.stored_id, 1, d.said_at, d.said_at, 'STORED', d.lasted_us
    from described d
    where d.lasted_us is not null and d.started_at is null
  ) f
  join touched t on t.stored_id = f.stored_id
),
written as (
  insert into recording_run (company_id, stored_id, ordinal, event_id, started_at, stopped_at, ended_by, unplaced_us)
  select %(company)s, f.stored_id, f.ordinal, f.event_id, f.started_at, f.stopped_at, f.ended_by, f.unplaced_us
  from folded f
  on conflict (company_id, stored_id, ordinal) do update
  set event_id = excluded.event_id, started_at = excluded.started_at, stopped_at = excluded.stopped_at, ended_by = excluded.ended_by,
    unplaced_us = excluded.unplaced_us
  where (recording_run.event_id, recording_run.started_at, recording_run.stopped_at, recording_run.ended_by, recording_run.unplaced_us)
    is distinct from (excluded.event_id, excluded.started_at, excluded.stopped_at, excluded.ended_by, excluded.unplaced_us)
  returning new.stored_id, old.started_at as old_started_at, old.stopped_at as old_stopped_at, new.started_at, new.stopped_at
),
gone as (
  delete from recording_run r
  where r.company_id = %(company)s and r.stored_id in (select t.stored_id from touched t)
    and not exists (select from folded f where f.stored_id = r.stored_id and f.ordinal = r.ordinal)
  returning r.stored_id, r.started_at, r.stopped_at
),
changed as materialized (
  select w.stored_id, w.started_at, w.stopped_at from written w
  union all
  select w.stored_id, w.old_started_at, w.old_stopped_at from written w where w.old_started_at is not null
  union all
  select g.stored_id, g.started_at, g.stopped_at from gone g
),
since as (
  select s.stored_id, min(s.since) as since
  from (
    select t.stored_id, t.since from touched t where t.since is not null
    union all
    select c.stored_id, c.started_at from changed c
  ) s
  group by s.stored_id
),
span as (
  select c.started_at, c.stopped_at from changed c
  union all
  select greatest(f.started_at, s.since), f.stopped_at
  from since s
  join folded f on f.stored_id = s.stored_id and (f.stopped_at >= s.since or f.stopped_at is null)
  union all
  select x.at, x.at
  from since s
  join said x on x.stored_id = s.stored_id and x.what in ('STORED', 'DELETED') and x.at >= s.since
)
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from span s
-- What is said to last beyond now has days only up to now: later ones are computed when they come.
cross join lateral days_between(%(company)s, s.started_at, greatest(s.started_at, least(s.stopped_at, %(as_of)s))) d
