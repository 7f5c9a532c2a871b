-- The reference of every number about stays: what happened in some buckets of one company's time, as of an instant.
--
-- A bucket is [froms, tos), a whole local day when rollups are computed, a cut one at the edges of a period given as
-- instants. Rows of five grains come out, told apart by `grain`; each fills its own columns:
--   SECTION  peaks and totals of a section        EVENT   an event held, with its own peaks and totals
--   PERSON   a person active                      OWNER   how many events of one owner were held at once
--   DAY      what a bucket has once, and how long all of it stays true
-- A bucket in which nobody stayed has no SECTION row.
--
-- Of a segment only its stays count, and only its events are created or not held; what an event is stays what it is as a whole.
create or replace function measure(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[], of_segment jsonb default null
) returns table (
  grain text, day date, starts_at timestamptz, ends_at timestamptz,
  section section,
  connections integer, connections_at timestamptz, speakers integer, speakers_at timestamptz,
  listeners integer, listeners_at timestamptz, events integer, events_at timestamptz,
  events_held integer, unique_participants integer, closed_us bigint, open_stays integer, open_offset_us bigint,
  event_id bigint, kind event_kind, template text, owner_key text, group_call boolean,
  occupied_us bigint, occupied_until timestamptz, live boolean, first_joined_at timestamptz, last_left_at timestamptz,
  person_id bigint, in_meeting boolean, in_webinar boolean, in_call boolean,
  valid_until timestamptz, events_created integer, events_not_held integer, personal_calls integer, group_calls integer
)
language sql stable
-- A setting of its own keeps the function from being planned anew inside every statement that calls it, which takes several
-- times as long as running it: this way Postgres keeps its plan. And compiling it never pays.
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with bucket as materialized (
  select b.day, b.lo, b.hi from unnest(days, froms, tos) as b (day, lo, hi)
),
stay_piece as materialized (
  select p.* from pieces(of_company, as_of, days, froms, tos, of_segment) p
),
piece as not materialized (
  select p.* from stay_piece p where p.inside
),
-- When somebody speaks in a webinar; everywhere else who stays speaks.
speaking as materialized (
  select p.day, p.lo, p.event_id, p.starts_at, p.ends_at
  from piece p
  where p.kind = 'WEBINAR' and p.changed_at is null and p.role in ('MODERATOR', 'SPEAKER') and p.starts_at < p.ends_at
  union all
  select p.day, p.lo, p.event_id, greatest(s.since, p.starts_at), least(s.until, p.ends_at)
  from piece p
  cross join lateral (
    select r.role, r.since, coalesce(lead(r.since) over (order by r.n), p.ends_at) as until
    from unnest(p.joined_at || p.changed_at, p.role || p.changed_to) with ordinality as r (since, role, n)
  ) s
  where p.kind = 'WEBINAR' and p.changed_at is not null and s.role in ('MODERATOR', 'SPEAKER')
    and greatest(s.since, p.starts_at) < least(s.until, p.ends_at)
),
occupied as materialized (
  select o.day, o.lo, o.event_id, o.kind, o.owner_key, unnest(o.times) as during
  from (
    select p.day, p.lo, p.event_id, p.kind, p.owner_key, range_agg(tstzrange(p.starts_at, p.ends_at)) as times
    from piece p
    where p.starts_at < p.ends_at
    group by p.day, p.lo, p.event_id, p.kind, p.owner_key
  ) o
),
-- How long each event had somebody in it. What is open grows on from the end of the stretch that as_of lies in.
occupancy as (
  select o.day, o.event_id,
    sum(microseconds(upper(o.during) - lower(o.during)))::bigint as occupied_us,
    max(upper(o.during)) filter (where lower(o.during) < as_of) as occupied_until
  from occupied o
  group by o.day, o.event_id
),
-- The peaks of each event alone.
event_level as (
  select s.day, s.event_id, sum(s.connections) over w as connections, sum(s.speaking) over w as speaking
  from (
    select p.day, p.event_id, x.at, x.by as connections, case when p.kind = 'WEBINAR' then 0 else x.by end as speaking
    from piece p
    cross join lateral (values (p.starts_at, 1), (p.ends_at, -1)) as x (at, by)
    where p.starts_at < p.ends_at
    union all
    select s.day, s.event_id, x.at, 0, x.by
    from speaking s
    cross join lateral (values (s.starts_at, 1), (s.ends_at, -1)) as x (at, by)
  ) s
  window w as (partition by s.day, s.event_id order by s.at)
),
event_peak as (
  select l.day, l.event_id, max(l.connections)::integer as connections, max(l.speaking)::integer as speakers,
    max(l.connections - l.speaking)::integer as listeners
  from event_level l
  group by l.day, l.event_id
),
-- How many of an owner's meetings and webinars had somebody in them at once.
owner_peak as (
  select l.day, l.owner_key, max(l.events)::integer as events
  from (
    select o.day, o.owner_key, sum(x.by) over (partition by o.day, o.owner_key order by x.at) as events
    from occupied o
    cross join lateral (values (lower(o.during), 1), (upper(o.during), -1)) as x (at, by)
    where o.owner_key is not null and o.kind in ('MEETING', 'WEBINAR')
  ) l
  group by l.day, l.owner_key
),
-- What begins and ends when: connections, events by kind, and the webinars' speakers.
step as (
  select p.day, p.lo, x.at, x.by * (p.kind = 'MEETING')::int as meeting, x.by * (p.kind = 'WEBINAR')::int as webinar,
    x.by * (p.kind = 'CALL')::int as call, 0 as speaking, 0 as meetings, 0 as webinars, 0 as calls
  from piece p
  cross join lateral (values (p.starts_at, 1), (p.ends_at, -1)) as x (at, by)
  where p.starts_at < p.ends_at
  union all
  select s.day, s.lo, x.at, 0, 0, 0, x.by, 0, 0, 0
  from speaking s
  cross join lateral (values (s.starts_at, 1), (s.ends_at, -1)) as x (at, by)
  union all
  select o.day, o.lo, x.at, 0, 0, 0, 0, x.by * (o.kind = 'MEETING')::int, x.by * (o.kind = 'WEBINAR')::int, x.by * (o.kind = 'CALL')::int
  from occupied o
  cross join lateral (values (lower(o.during), 1), (upper(o.during), -1)) as x (at, by)
),
-- The frame of a window ordered by `at` ends with the last row of the same instant: what happens together is read together.
level as (
  select s.day, s.lo, microseconds(s.at - s.lo) as since,
    sum(s.meeting) over w as meeting, sum(s.webinar) over w as webinar, sum(s.call) over w as call, sum(s.speaking) over w as speaking,
    sum(s.meetings) over w as meetings, sum(s.webinars) over w as webinars, sum(s.calls) over w as calls
  from step s
  window w as (partition by s.day order by s.at)
),
peak as (
  select l.day, l.lo,
    max(peak_key(l.meeting + l.webinar + l.call, l.since)) as connections,
    max(peak_key(l.meeting, l.since)) as meeting,
    max(peak_key(l.webinar, l.since)) as webinar,
    max(peak_key(l.call, l.since)) as call,
    max(peak_key(l.meeting + l.call + l.speaking, l.since)) as speakers,
    max(peak_key(l.speaking, l.since)) as speaking,
    max(peak_key(l.webinar - l.speaking, l.since)) as listeners,
    max(peak_key(l.meetings + l.webinars + l.calls, l.since)) as events,
    max(peak_key(l.meetings, l.since)) as meetings,
    max(peak_key(l.webinars, l.since)) as webinars,
    max(peak_key(l.calls, l.since)) as calls
  from level l
  group by l.day, l.lo
),
tally as (
  select p.day, p.lo, p.hi, x.section,
    count(distinct p.event_id)::integer as events_held,
    count(distinct p.person_id)::integer as unique_participants,
    coalesce(sum(microseconds(p.ends_at - p.starts_at)) filter (where not p.open), 0)::bigint as closed_us,
    (count(*) filter (where p.open))::integer as open_stays,
    coalesce(sum(microseconds(p.starts_at - p.lo)) filter (where p.open), 0)::bigint as open_offset_us
  from piece p
  cross join lateral (values ('TOTAL'::section), (p.kind::text::section)) as x (section)
  group by p.day, p.lo, p.hi, x.section
),
-- Calls whose template does not say personal or group: a group call if three connections ever overlapped, on whatever day.
open_call as (
  select distinct p.event_id
  from piece p
  where p.kind = 'CALL' and (p.template is null or p.template not in ('PERSONAL_CALL', 'GROUP_CALL'))
),
crowd as materialized (
  select c.* from call_crowds(of_company, as_of, (select array_agg(o.event_id) from open_call o)) c
),
held as materialized (
  select h.*,
    h.kind = 'CALL' and case h.template
      when 'PERSONAL_CALL' then false when 'GROUP_CALL' then true else coalesce(c.overlapped, false)
    end as group_call
  from (
    select p.day, p.lo, p.hi, p.event_id, p.kind, p.template, p.owner_key,
      count(distinct p.person_id)::integer as unique_participants,
      coalesce(sum(microseconds(p.ends_at - p.starts_at)) filter (where not p.open), 0)::bigint as closed_us,
      (count(*) filter (where p.open))::integer as open_stays,
      coalesce(sum(microseconds(p.starts_at - p.lo)) filter (where p.open), 0)::bigint as open_offset_us,
      bool_or(p.stale_at is not null) as live,
      min(p.joined_at) as first_joined_at,
      max(p.left_at) filter (where p.stale_at is null) as last_left_at
    from piece p
    group by p.day, p.lo, p.hi, p.event_id, p.kind, p.template, p.owner_key
  ) h
  left join crowd c on c.event_id = h.event_id
),
planned as materialized (
  select p.* from plans(of_company, as_of, days, froms, tos, of_segment) p
),
-- When the bucket must be computed again though nothing arrives. What begins at or after as_of (clocks run ahead) counts
-- only once it is past, hence the microsecond.
expiry as (
  select p.day, p.stale_at as at from piece p where p.stale_at is not null
  union all
  -- Asked at the very instant a bucket begins, or before: an open stay is not in it yet, and will be a moment later.
  select p.day, p.lo + interval '1 microsecond' from stay_piece p where not p.inside
  union all
  select p.day, p.joined_at + interval '1 microsecond' from piece p where p.joined_at >= as_of
  union all
  -- Somebody who is going to leave is part of the level that lasts (level_times) until then.
  select p.day, p.ends_at + interval '1 microsecond' from piece p where not p.open and p.ends_at >= as_of and p.ends_at < p.hi
  union all
  select p.day, c.at + interval '1 microsecond' from piece p cross join lateral unnest(p.changed_at) as c (at) where c.at >= as_of
  union all
  select h.day, c.changes_at from held h join crowd c on c.event_id = h.event_id where c.changes_at is not null
  union all
  select p.day, p.due_at from planned p where p.due_at is not null
)
select
  'SECTION', t.day, t.lo, t.hi,
  t.section,
  peak_level(k.connections), peak_at(k.connections, t.lo), peak_level(k.speakers), peak_at(k.speakers, t.lo),
  peak_level(k.listeners), peak_at(k.listeners, t.lo), peak_level(k.events), peak_at(k.events, t.lo),
  t.events_held, t.unique_participants, t.closed_us, t.open_stays, t.open_offset_us,
  null::bigint, null::event_kind, null::text, null::text, null::boolean,
  null::bigint, null::timestamptz, null::boolean, null::timestamptz, null::timestamptz,
  null::bigint, null::boolean, null::boolean, null::boolean,
  null::timestamptz, null::integer, null::integer, null::integer, null::integer
from tally t
left join peak p on p.day = t.day
left join lateral (
  values
    ('TOTAL'::section, p.connections, p.speakers, p.listeners, p.events),
    ('MEETING', p.meeting, p.meeting, null, p.meetings),
    ('WEBINAR', p.webinar, p.speaking, p.listeners, p.webinars),
    ('CALL', p.call, p.call, null, p.calls)
) as k (section, connections, speakers, listeners, events) on k.section = t.section
union all
select
  'EVENT', h.day, h.lo, h.hi, null,
  coalesce(k.connections, 0), null, coalesce(k.speakers, 0), null, coalesce(k.listeners, 0), null, null, null,
  null, h.unique_participants, h.closed_us, h.open_stays, h.open_offset_us,
  h.event_id, h.kind, h.template, h.owner_key, h.group_call,
  coalesce(o.occupied_us, 0), o.occupied_until, h.live, h.first_joined_at, h.last_left_at,
  null, null, null, null, null, null, null, null, null
from held h
left join event_peak k on k.day = h.day and k.event_id = h.event_id
left join occupancy o on o.day = h.day and o.event_id = h.event_id
union all
select
  'PERSON', p.day, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
  null, null, null, null, null, null, null, null, null, null,
  p.person_id, bool_or(p.kind = 'MEETING'), bool_or(p.kind = 'WEBINAR'), bool_or(p.kind = 'CALL'),
  null, null, null, null, null
from piece p
group by p.day, p.person_id
union all
select
  'OWNER', o.day, null, null, null, null, null, null, null, null, null, o.events, null, null, null, null, null, null,
  null, null, null, o.owner_key, null, null, null, null, null, null,
  null, null, null, null, null, null, null, null, null
from owner_peak o
union all
select
  'DAY', b.day, b.lo, b.hi, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
  null, null, null, null, null, null, null, null, null, null,
  null, null, null, null,
  coalesce((select min(x.at) from expiry x where x.day = b.day), 'infinity'),
  p.events_created, p.events_not_held,
  (select count(*)::integer from held h where h.day = b.day and h.kind = 'CALL' and not h.group_call),
  (select count(*)::integer from held h where h.day = b.day and h.kind = 'CALL' and h.group_call)
from bucket b
join planned p on p.day = b.day;
end;
