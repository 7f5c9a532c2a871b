-- The reference of every number about recordings: what ran and what was kept in some buckets of one company's time, as of an
-- instant. Buckets as in measure(); every bucket has one row.
--
-- Of what lies ahead of as_of nothing counts yet: a run lasts until as_of at most, and what is stored or deleted after it has
-- not been. What still runs grows by itself: a figure at an instant t is its column + running × (least(t, ends_at) − starts_at).
-- What is stored comes as the difference that a bucket makes: summed over all buckets up to one it is what exists at its end.
create or replace function recordings(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[]
) returns table (
  day date, starts_at timestamptz, ends_at timestamptz,
  recordings integer, recordings_at timestamptz, recorded_us bigint, running integer,
  stored_delta_us bigint, stored_running integer, stored_delta_bytes bigint, valid_until timestamptz
)
language sql stable
-- As for measure(): a setting of its own keeps Postgres from planning it anew inside every statement that calls it.
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with bucket as materialized (
  select b.day, b.lo, b.hi from unnest(days, froms, tos) as b (day, lo, hi)
),
patience as materialized (
  select c.stale_after from company c where c.company_id = of_company
),
-- Recordings that began to run in a bucket, and those that ran into it, found as pieces() finds stays.
ran as (
  select b.day, r.stored_id
  from bucket b
  cross join lateral (
    select r.stored_id
    from recording_run r
    where r.company_id = of_company and r.length_class in (0, 1, 2, 3, 4, 9) and r.started_at >= b.lo and r.started_at < b.hi
    offset 0
  ) r
  union
  select b.day, r.stored_id
  from bucket b
  cross join (
    values (0, interval '1 hour'), (1, interval '4 hours'), (2, interval '24 hours'), (3, interval '720 hours')
  ) as c (length_class, longest)
  cross join lateral (
    select r.stored_id
    from recording_run r
    where r.company_id = of_company and r.length_class = c.length_class
      and r.started_at >= b.lo - c.longest and r.started_at < b.lo and r.stopped_at > b.lo
    offset 0
  ) r
  union
  select b.day, r.stored_id
  from bucket b
  cross join lateral (
    select r.stored_id
    from recording_run r
    where r.company_id = of_company and r.length_class in (4, 9)
      and r.started_at < b.lo and (r.stopped_at > b.lo or r.stopped_at is null)
    offset 0
  ) r
),
turn as materialized (
  select b.day, s.stored_id, s.at
  from bucket b
  cross join lateral (
    select s.stored_id, s.at
    from stored_signal s
    join stored d on d.company_id = of_company and d.stored_id = s.stored_id and d.kind = 'RECORDING'
    where s.company_id = of_company and s.at >= b.lo and s.at < b.hi and s.what in ('STORED', 'DELETED')
    offset 0
  ) s
),
concerned as materialized (
  select b.day, b.lo, b.hi, c.stored_id
  from (
    select r.day, r.stored_id from ran r
    union
    select t.day, t.stored_id from turn t
  ) c
  join bucket b on b.day = c.day
),
-- Every run of these, also outside the bucket: what is deleted in it may have run long before.
found as (
  select r.*
  from (select distinct c.stored_id from concerned c) c
  cross join lateral (
    select r.stored_id, r.event_id, r.started_at, r.stopped_at, r.unplaced_us
    from recording_run r
    where r.company_id = of_company and r.stored_id = c.stored_id
    offset 0
  ) r
),
-- When each of them ends: `until` as far as it is known, `ends_at` as of now.
run as materialized (
  select f.stored_id, f.started_at, x.until, least(x.until, greatest(f.started_at, as_of)) as ends_at, x.stale_at,
    case when f.started_at <= as_of then f.unplaced_us else 0 end as unplaced_us
  from found f
  cross join patience p
  left join lateral (
    select t.tree_active_at
    from event e
    join event t on t.company_id = of_company and t.event_id = e.top_id
    where e.company_id = of_company and e.event_id = f.event_id
    offset 0
  ) t on true
  cross join lateral (
    select
      case
        when f.stopped_at is not null then f.stopped_at
        when as_of >= t.tree_active_at + p.stale_after then greatest(f.started_at, t.tree_active_at)
        else 'infinity'
      end as until,
      case
        when f.stopped_at is null and as_of < t.tree_active_at + p.stale_after then t.tree_active_at + p.stale_after
      end as stale_at
  ) x
),
piece as materialized (
  select c.day, c.lo, r.stored_id, x.starts_at, greatest(x.starts_at, least(r.ends_at, c.hi)) as ends_at, r.unplaced_us,
    r.started_at < as_of and as_of < r.until and c.lo <= as_of and as_of < c.hi as open,
    -- When it must be computed again though nothing arrives: a run that is not in the bucket yet will be a moment after it
    -- begins there, one that lasts grows stale, and one that is said to end after as_of ends.
    least(
      case when x.starts_at >= as_of and r.until > x.starts_at then x.starts_at + interval '1 microsecond' end,
      r.stale_at,
      case when r.until > as_of and r.until < 'infinity' then r.until end
    ) as changes_at
  from concerned c
  join run r on r.stored_id = c.stored_id
  cross join lateral (select greatest(r.started_at, c.lo) as starts_at) x
  where r.started_at < c.hi and (r.started_at >= c.lo or r.until > c.lo)
),
-- The frame of a window ordered by `at` ends with the last row of the same instant: what happens together is read together.
level as (
  select p.day, p.lo, microseconds(x.at - p.lo) as since, sum(x.by) over (partition by p.day order by x.at) as recordings
  from piece p
  cross join lateral (values (p.starts_at, 1), (p.ends_at, -1)) as x (at, by)
  where p.starts_at < p.ends_at
),
peak as (
  select l.day, max(peak_key(l.recordings, l.since)) as recordings
  from level l
  group by l.day
),
recorded as (
  select p.day, (count(*) filter (where p.open))::integer as running, min(p.changes_at) as changes_at,
    sum(p.unplaced_us + case when p.open then microseconds(p.lo - p.starts_at) else microseconds(p.ends_at - p.starts_at) end)::bigint
      as recorded_us
  from piece p
  group by p.day
),
-- A recording exists from being stored to being deleted; of both at one instant the last in the order of reading decides.
kept as (
  select c.day, c.lo, c.hi, c.stored_id, k.before, k.after
  from concerned c
  cross join lateral (
    select
      coalesce(
        (array_agg(s.what order by s.at desc, s.source desc, s.activity_key desc) filter (where s.at < c.lo))[1] = 'STORED', false
      )::integer as before,
      coalesce((array_agg(s.what order by s.at desc, s.source desc, s.activity_key desc))[1] = 'STORED', false)::integer as after
    from stored_signal s
    where s.company_id = of_company and s.stored_id = c.stored_id and s.at < c.hi and s.at <= as_of and s.what in ('STORED', 'DELETED')
    offset 0
  ) k
  where k.before + k.after > 0
),
stored_time as (
  select k.day, sum(k.after * x.by_end - k.before * x.by_start)::bigint as stored_delta_us
  from kept k
  join run r on r.stored_id = k.stored_id
  cross join lateral (
    select
      case when r.started_at < k.hi then microseconds(least(r.ends_at, k.hi) - r.started_at) + r.unplaced_us else 0 end as by_end,
      case when r.started_at < k.lo then microseconds(least(r.ends_at, k.lo) - r.started_at) + r.unplaced_us else 0 end as by_start
  ) x
  group by k.day
),
stored_open as (
  select p.day, count(*)::integer as stored_running, sum(microseconds(as_of - p.lo))::bigint as elapsed_us
  from piece p
  join kept k on k.day = p.day and k.stored_id = p.stored_id and k.after = 1
  where p.open
  group by p.day
),
version as (
  select c.day, v.at, v.bytes
  from concerned c
  cross join lateral (
    select v.bytes, v.since as at
    from stored_version v
    where v.company_id = of_company and v.stored_id = c.stored_id and v.since >= c.lo and v.since < c.hi
    union all
    select -v.bytes, v.until
    from stored_version v
    where v.company_id = of_company and v.stored_id = c.stored_id and v.until >= c.lo and v.until < c.hi
    offset 0
  ) v
),
stored_bytes as (
  select v.day, sum(v.bytes)::bigint as stored_delta_bytes
  from version v
  where v.at <= as_of
  group by v.day
),
expiry as (
  select r.day, r.changes_at as at from recorded r
  union all
  select t.day, t.at from turn t where t.at > as_of
)
select
  b.day, b.lo, b.hi, peak_level(k.recordings), peak_at(k.recordings, b.lo),
  coalesce(r.recorded_us, 0), coalesce(r.running, 0),
  coalesce(t.stored_delta_us, 0) - coalesce(o.elapsed_us, 0), coalesce(o.stored_running, 0), coalesce(y.stored_delta_bytes, 0),
  coalesce((select min(x.at) from expiry x where x.day = b.day), 'infinity')
from bucket b
left join peak k on k.day = b.day
left join recorded r on r.day = b.day
left join stored_time t on t.day = b.day
left join stored_open o on o.day = b.day
left join stored_bytes y on y.day = b.day;
end;
