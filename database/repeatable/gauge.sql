-- The reference of every number about features, media and quality: what was in use and what was measured in some buckets of one
-- company's time, as of an instant. Buckets as in measure(). Rows of five grains come out, told apart by `grain`; each fills its
-- own columns:
--   FIGURE  for how long a feature was on, event by event     MEDIA  how long media of one track went one way
--   STAYS   how many stays there were, and the sampled ones   STAY   one with a sample here that had one before too
--   DAY     how long all of it stays true
-- A FIGURE is the union of the times of one event, a breakout's being those of the event at the top, summed over events: who
-- switches captions on beside somebody else adds nothing. Of a LIVE_STREAM also the most at one instant.
--
-- What stays have to do with it comes as arrays: `used` is when each event had an open breakout and when captions were allowed,
-- of the nth bucket; `begun` and `carried` how many stays of each bucket began in it, and before.
create or replace function gauge_with(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[],
  used_nths integer[], used_events bigint[], used_figures feature_figure[], used_starts timestamptz[], used_ends timestamptz[],
  used_open boolean[], begun integer[], carried integer[]
) returns table (
  grain text, day date, starts_at timestamptz, ends_at timestamptz,
  figure feature_figure, closed_us bigint, open_events integer, open_offset_us bigint, peak integer, peak_at timestamptz,
  direction media_direction, track media_track, lasted_us bigint,
  stays_begun integer, stays_carried integer, first_sampled integer, first_troubled integer,
  connection_id bigint, ordinal integer, sampled_at timestamptz, troubled_at timestamptz,
  valid_until timestamptz
)
language sql stable
-- As for measure(): a setting of its own keeps Postgres from planning it anew inside every statement that calls it.
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with bucket as materialized (
  select b.nth, b.day, b.lo, b.hi from unnest(days, froms, tos) with ordinality as b (day, lo, hi, nth)
),
patience as materialized (
  select c.stale_after from company c where c.company_id = of_company
),
-- Features that went on in a bucket, and those that were on when it began, found as pieces() finds stays.
found as materialized (
  select b.day, b.lo, b.hi, s.*
  from bucket b
  cross join lateral (
    select s.event_id, s.feature, s.started_at, s.stopped_at
    from feature_span s
    where s.company_id = of_company and s.length_class in (0, 1, 2, 9) and s.started_at >= b.lo and s.started_at < b.hi
    offset 0
  ) s
  union all
  select b.day, b.lo, b.hi, s.*
  from bucket b
  cross join (values (0, interval '4 hours'), (1, interval '24 hours')) as c (length_class, longest)
  cross join lateral (
    select s.event_id, s.feature, s.started_at, s.stopped_at
    from feature_span s
    where s.company_id = of_company and s.length_class = c.length_class
      and s.started_at >= b.lo - c.longest and s.started_at < b.lo and s.stopped_at > b.lo
    offset 0
  ) s
  union all
  select b.day, b.lo, b.hi, s.*
  from bucket b
  cross join lateral (
    select s.event_id, s.feature, s.started_at, s.stopped_at
    from feature_span s
    where s.company_id = of_company and s.length_class in (2, 9)
      and s.started_at < b.lo and (s.stopped_at > b.lo or s.stopped_at is null)
    offset 0
  ) s
),
-- When each of them ends: one that is on lasts until as_of, unless its event has been silent too long.
span as materialized (
  select f.day, f.lo, f.hi, t.event_id, f.feature::feature_figure as figure, f.started_at,
    greatest(f.started_at, f.lo) as starts_at, least(x.ends_at, f.hi) as ends_at, x.stale_at
  from found f
  cross join lateral (
    select t.event_id, t.tree_active_at
    from event e
    join event t on t.company_id = of_company and t.event_id = e.top_id
    where e.company_id = of_company and e.event_id = f.event_id
    offset 0
  ) t
  cross join patience p
  cross join lateral (
    select
      case
        when f.stopped_at is not null then f.stopped_at
        when as_of >= t.tree_active_at + p.stale_after then greatest(f.started_at, t.tree_active_at)
        else greatest(f.started_at, as_of)
      end as ends_at,
      case
        when f.stopped_at is null and as_of < t.tree_active_at + p.stale_after then t.tree_active_at + p.stale_after
      end as stale_at
  ) x
  where f.feature in ('CAPTIONS', 'WHITEBOARD', 'BREAKOUT', 'TRANSCRIPTION', 'SCREEN_SHARE', 'LIVE_STREAM')
),
-- What a figure of an event is made of; `open` goes on by itself.
used as (
  select s.day, s.lo, s.hi, s.event_id, s.figure, s.starts_at, s.ends_at, s.stale_at is not null and as_of < s.hi as open
  from span s
  union all
  select b.day, b.lo, b.hi, u.event_id, u.figure, u.starts_at, u.ends_at, u.open
  from unnest(used_nths, used_events, used_figures, used_starts, used_ends, used_open)
    as u (nth, event_id, figure, starts_at, ends_at, open)
  join bucket b on b.nth = u.nth
),
stretch as materialized (
  select u.day, u.lo, u.hi, u.event_id, u.figure, u.open, lower(x.during) as starts_at, upper(x.during) as ends_at
  from (
    select u.day, u.lo, u.hi, u.event_id, u.figure, bool_or(u.open) as open,
      range_agg(tstzrange(u.starts_at, u.ends_at)) as times
    from used u
    where u.starts_at < u.ends_at
    group by u.day, u.lo, u.hi, u.event_id, u.figure
  ) u
  cross join lateral unnest(u.times) as x (during)
),
-- The frame of a window ordered by `at` ends with the last row of the same instant: what happens together is read together.
level as (
  select s.day, s.lo, microseconds(x.at - s.lo) as since, sum(x.by) over (partition by s.day order by x.at) as streams
  from span s
  cross join lateral (values (s.starts_at, 1), (s.ends_at, -1)) as x (at, by)
  where s.figure = 'LIVE_STREAM' and s.starts_at < s.ends_at
),
streaming as (
  select l.day, max(peak_key(l.streams, l.since)) as streams from level l group by l.day
),
-- The stretch that as_of ends goes on, and is worth more at every instant after.
figured as (
  select s.day, s.lo, s.hi, s.figure,
    coalesce(sum(microseconds(s.ends_at - s.starts_at)) filter (where not g.goes_on), 0)::bigint as closed_us,
    (count(*) filter (where g.goes_on))::integer as open_events,
    coalesce(sum(microseconds(s.starts_at - s.lo)) filter (where g.goes_on), 0)::bigint as open_offset_us
  from stretch s
  cross join lateral (select s.open and s.ends_at = as_of as goes_on) g
  group by s.day, s.lo, s.hi, s.figure
),
sample as materialized (
  select b.day, b.lo, q.connection_id, q.at, q.trouble
  from bucket b
  cross join lateral (
    select q.connection_id, q.at, q.trouble
    from quality_sample q
    where q.company_id = of_company and q.at >= b.lo and q.at < b.hi
    offset 0
  ) q
),
-- A sample is of the stay of its connection that had begun last by then: platforms send a last one when it is over.
turn as materialized (
  select s.*
  from (select distinct q.connection_id from sample q) c
  cross join lateral (
    select s.connection_id, s.ordinal, s.joined_at, s.service,
      lead(s.joined_at, 1, 'infinity') over (order by s.ordinal) as next_at
    from stay s
    where s.company_id = of_company and s.connection_id = c.connection_id
    offset 0
  ) s
),
sampled as materialized (
  select q.day, q.lo, t.connection_id, t.ordinal, t.joined_at, min(q.at) as sampled_at, min(q.at) filter (where q.trouble) as troubled_at
  from sample q
  join turn t on t.connection_id = q.connection_id and t.joined_at <= q.at and q.at < t.next_at
  where t.service is null
  group by q.day, q.lo, t.connection_id, t.ordinal, t.joined_at
),
-- What it had before the bucket.
judged as materialized (
  select s.day, s.lo, s.connection_id, s.ordinal,
    least(s.sampled_at, e.sampled_at) as sampled_at,
    case when s.troubled_at is not null then least(s.troubled_at, e.troubled_at) end as troubled_at
  from sampled s
  cross join lateral (
    select min(q.at) as sampled_at, min(q.at) filter (where q.trouble) as troubled_at
    from quality_sample q
    where q.company_id = of_company and q.connection_id = s.connection_id and q.at >= s.joined_at and q.at < s.lo
    offset 0
  ) e
),
-- When the bucket must be computed again though nothing arrives. What grows reaches what lies ahead of as_of (clocks run ahead);
-- of stays measure() knows the rest.
expiry as (
  select s.day, s.stale_at as at from span s where s.stale_at is not null
  union all
  select s.day, s.starts_at + interval '1 microsecond' from span s where s.stale_at is not null and s.starts_at >= as_of
  union all
  select s.day, case when s.starts_at > as_of then s.starts_at else s.ends_at end from stretch s where s.open and s.ends_at > as_of
)
select
  'FIGURE', f.day, f.lo, f.hi,
  f.figure, f.closed_us, f.open_events, f.open_offset_us, peak_level(k.streams), peak_at(k.streams, f.lo),
  null::media_direction, null::media_track, null::bigint,
  null::integer, null::integer, null::integer, null::integer,
  null::bigint, null::integer, null::timestamptz, null::timestamptz, null::timestamptz
from figured f
left join streaming k on k.day = f.day and f.figure = 'LIVE_STREAM'
union all
select
  'MEDIA', b.day, b.lo, b.hi, null, null, null, null, null, null, m.direction, m.track, m.lasted_us,
  null, null, null, null, null, null, null, null, null
from bucket b
cross join lateral (
  select m.direction, m.track, sum(m.lasted_us)::bigint as lasted_us
  from media_measure m
  where m.company_id = of_company and m.at >= b.lo and m.at < b.hi
  group by m.direction, m.track
  offset 0
) m
union all
select
  'STAYS', b.day, b.lo, b.hi, null, null, null, null, null, null, null, null, null,
  begun[b.nth], carried[b.nth], q.sampled, q.troubled, null, null, null, null, null
from bucket b
cross join lateral (
  select (count(*) filter (where j.sampled_at >= b.lo))::integer as sampled, (count(*) filter (where j.troubled_at >= b.lo))::integer as troubled
  from judged j
  where j.day = b.day
) q
union all
select
  'STAY', j.day, j.lo, null, null, null, null, null, null, null, null, null, null,
  null, null, null, null, j.connection_id, j.ordinal, j.sampled_at, j.troubled_at, null
from judged j
where j.sampled_at < j.lo
union all
select
  'DAY', b.day, b.lo, b.hi, null, null, null, null, null, null, null, null, null,
  null, null, null, null, null, null, null, null,
  coalesce((select min(x.at) from expiry x where x.day = b.day), 'infinity')
from bucket b;
end;

-- The same of buckets whose stays have not been swept.
create or replace function gauge(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[]
) returns table (
  grain text, day date, starts_at timestamptz, ends_at timestamptz,
  figure feature_figure, closed_us bigint, open_events integer, open_offset_us bigint, peak integer, peak_at timestamptz,
  direction media_direction, track media_track, lasted_us bigint,
  stays_begun integer, stays_carried integer, first_sampled integer, first_troubled integer,
  connection_id bigint, ordinal integer, sampled_at timestamptz, troubled_at timestamptz,
  valid_until timestamptz
)
language sql stable
-- As for measure(): a setting of its own keeps Postgres from planning it anew inside every statement that calls it.
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with piece as materialized (
  select array_position(days, p.day) as nth, p.event_id, p.joined_at, p.lo, p.starts_at, p.ends_at, p.in_breakout, p.open
  from pieces(of_company, as_of, days, froms, tos) p
  where p.inside
),
allowing as materialized (
  select e.event_id
  from (select distinct p.event_id from piece p) p
  cross join lateral (
    select e.event_id from event e where e.company_id = of_company and e.event_id = p.event_id and e.captions_enabled offset 0
  ) e
),
used as (
  select array_agg(u.nth) as nths, array_agg(u.event_id) as events, array_agg(u.figure) as figures, array_agg(u.starts_at) as starts,
    array_agg(u.ends_at) as ends, array_agg(u.open) as open
  from (
    select p.nth, p.event_id, 'BREAKOUT'::feature_figure as figure, p.starts_at, p.ends_at, p.open from piece p where p.in_breakout
    union all
    select p.nth, p.event_id, 'CAPTIONS_ENABLED', p.starts_at, p.ends_at, p.open
    from piece p
    join allowing a on a.event_id = p.event_id
  ) u
),
stays as (
  select array_agg(c.begun order by c.nth) as begun, array_agg(c.carried order by c.nth) as carried
  from (
    select b.nth, (count(p.nth) filter (where p.joined_at >= p.lo))::integer as begun,
      (count(p.nth) filter (where p.joined_at < p.lo))::integer as carried
    from generate_series(1, cardinality(days)) as b (nth)
    left join piece p on p.nth = b.nth
    group by b.nth
  ) c
)
select g.*
from used u
cross join stays s
cross join lateral gauge_with(
  of_company, as_of, days, froms, tos, u.nths, u.events, u.figures, u.starts, u.ends, u.open, s.begun, s.carried
) g;
end;
