-- What measure() says of stays, broken down: of some buckets of one company's time, as of an instant. Rows of five grains come
-- out, told apart by `grain`; each fills its own columns:
--   PEAK    a peak of a section that has no limit     DEVICE  minutes of one device
--   ROOM    a room with people, a recorder or a streamer
--   HOUR    peaks and minutes of a section in one local hour of `of_zone`
--   DAY     how long all of it stays true, where that is not for ever or measure() knows of it
--
-- Of a segment only its stays count; a service is of none.
create or replace function breakdown(
  of_company integer, as_of timestamptz, of_zone text, days date[], froms timestamptz[], tos timestamptz[],
  of_segment jsonb default null
) returns table (
  grain text, day date, starts_at timestamptz, ends_at timestamptz,
  metric day_metric, section section, value integer, reached_at timestamptz,
  device device, room_id bigint, event_ids bigint[], person_ids bigint[], first_at timestamptz, last_at timestamptz,
  closed_us bigint, open_stays integer, open_offset_us bigint,
  recorder_us bigint, open_recorders integer, recorder_offset_us bigint,
  streamer_us bigint, open_streamers integer, streamer_offset_us bigint,
  hour smallint, connections integer, speakers integer, listeners integer, events integer,
  open_since timestamptz, open_until timestamptz, valid_until timestamptz
)
language sql stable
-- As for measure(): a setting of its own keeps Postgres from planning it anew inside every statement that calls it.
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with piece as materialized (
  select p.*, case when not p.open then microseconds(p.ends_at - p.starts_at) end as closed_us,
    case when p.open then microseconds(p.starts_at - p.lo) end as offset_us
  from pieces(of_company, as_of, days, froms, tos, of_segment) p
  where p.inside
),
served_room as materialized (
  select s.* from served_rooms(of_company, as_of, days, froms, tos) s where of_segment is null
),
hours as materialized (
  select h.* from local_hours(of_zone, days, froms, tos) h
),
-- When somebody speaks in a webinar, as in measure().
speaking as (
  select p.day, p.event_id, p.starts_at, p.ends_at
  from piece p
  where p.kind = 'WEBINAR' and p.changed_at is null and p.role in ('MODERATOR', 'SPEAKER') and p.starts_at < p.ends_at
  union all
  select p.day, p.event_id, greatest(s.since, p.starts_at), least(s.until, p.ends_at)
  from piece p
  cross join lateral (
    select r.role, r.since, coalesce(lead(r.since) over (order by r.n), p.ends_at) as until
    from unnest(p.joined_at || p.changed_at, p.role || p.changed_to) with ordinality as r (since, role, n)
  ) s
  where p.kind = 'WEBINAR' and p.changed_at is not null and s.role in ('MODERATOR', 'SPEAKER')
    and greatest(s.since, p.starts_at) < least(s.until, p.ends_at)
),
-- What changes in each event when. All that happens at one instant is one row: it tells whether the event was active before.
change as (
  select s.day, s.event_id, s.kind, s.at, sum(s.connections)::integer as connections, sum(s.lines)::integer as lines,
    sum(s.speaking)::integer as speaking
  from (
    select p.day, p.event_id, p.kind, p.starts_at as at, 1 as connections,
      (coalesce(p.device, 'UNKNOWN') in ('PHONE', 'ROOM_SYSTEM'))::integer as lines, 0 as speaking
    from piece p
    where p.starts_at < p.ends_at
    union all
    select p.day, p.event_id, p.kind, p.ends_at, -1, -(coalesce(p.device, 'UNKNOWN') in ('PHONE', 'ROOM_SYSTEM'))::integer, 0
    from piece p
    where p.starts_at < p.ends_at
    union all
    select s.day, s.event_id, 'WEBINAR', s.starts_at, 0, 0, 1 from speaking s
    union all
    select s.day, s.event_id, 'WEBINAR', s.ends_at, 0, 0, -1 from speaking s
  ) s
  group by s.day, s.event_id, s.kind, s.at
),
event_level as materialized (
  select c.*, sum(c.connections) over (partition by c.day, c.event_id order by c.at) as present
  from change c
),
-- The largest of each kind, and where it was first reached.
crowd as (
  select k.day, k.kind, k.value, min(l.at) as reached_at
  from (select l.day, l.kind, max(l.present) as value from event_level l group by l.day, l.kind) k
  join event_level l on l.day = k.day and l.kind = k.kind and l.present = k.value
  group by k.day, k.kind, k.value
),
-- The same of all events together. An event becomes active where its level leaves 0. Every hour begins with a row of its own,
-- which carries the level into it. Rows of one instant all have the level after it, and all but one last no time.
level as materialized (
  select m.day, m.at, max(m.nth) over w as nth, lead(m.at) over w as until,
    sum(m.meeting) over w as meeting, sum(m.webinar) over w as webinar, sum(m.call) over w as call,
    sum(m.speaking) over w as speaking, sum(m.lines) over w as lines,
    sum(m.meetings) over w as meetings, sum(m.webinars) over w as webinars, sum(m.calls) over w as calls
  from (
    select l.day, l.at, null::integer as nth,
      case when l.kind = 'MEETING' then l.connections else 0 end as meeting,
      case when l.kind = 'WEBINAR' then l.connections else 0 end as webinar,
      case when l.kind = 'CALL' then l.connections else 0 end as call,
      l.speaking, l.lines,
      case when l.kind = 'MEETING' then x.begins else 0 end as meetings,
      case when l.kind = 'WEBINAR' then x.begins else 0 end as webinars,
      case when l.kind = 'CALL' then x.begins else 0 end as calls
    from event_level l
    cross join lateral (select (l.present > 0)::integer - (l.present > l.connections)::integer as begins) x
    union all
    select h.day, h.lo, h.nth, 0, 0, 0, 0, 0, 0, 0, 0 from hours h
  ) m
  window w as (partition by m.day order by m.at)
),
lines as (
  select k.day, k.value, min(l.at) as reached_at
  from (select l.day, max(l.lines) as value from level l where l.lines > 0 group by l.day) k
  join level l on l.day = k.day and l.lines = k.value
  group by k.day, k.value
),
-- Open stays of the bucket that as_of lies in: they grow on in the hour that as_of lies in.
growing as (
  select p.day, x.section, count(*)::integer as open_stays
  from piece p
  cross join lateral (values ('TOTAL'::section), (p.kind::text::section)) as x (section)
  where p.open
  group by p.day, x.section
),
part as (
  select l.day, l.nth,
    max(l.meeting) as meeting, max(l.webinar) as webinar, max(l.call) as call, max(l.meeting + l.webinar + l.call) as connections,
    max(l.speaking) as speaking, max(l.meeting + l.call + l.speaking) as speakers, max(l.webinar - l.speaking) as listeners,
    max(l.meetings) as meetings, max(l.webinars) as webinars, max(l.calls) as calls, max(l.meetings + l.webinars + l.calls) as events,
    sum(l.meeting * x.lasts) as meeting_us, sum(l.webinar * x.lasts) as webinar_us, sum(l.call * x.lasts) as call_us
  from level l
  cross join lateral (select coalesce(microseconds(l.until - l.at), 0) as lasts) x
  group by l.day, l.nth
),
hour_peak as (
  select h.day, h.hour,
    max(p.meeting) as meeting, max(p.webinar) as webinar, max(p.call) as call, max(p.connections) as connections,
    max(p.speaking) as speaking, max(p.speakers) as speakers, max(p.listeners) as listeners,
    max(p.meetings) as meetings, max(p.webinars) as webinars, max(p.calls) as calls, max(p.events) as events,
    sum(p.meeting_us) as meeting_us, sum(p.webinar_us) as webinar_us, sum(p.call_us) as call_us
  from part p
  join hours h on h.day = p.day and h.nth = p.nth
  group by h.day, h.hour
),
visit as (
  select p.day, p.lo, p.hi, p.room_key, array_agg(distinct p.event_id) as event_ids, array_agg(distinct p.person_id) as person_ids,
    min(p.starts_at) as first_at, max(p.ends_at) as last_at,
    coalesce(sum(p.closed_us), 0)::bigint as closed_us, count(p.offset_us)::integer as open_stays,
    coalesce(sum(p.offset_us), 0)::bigint as open_offset_us
  from piece p
  where p.room_key is not null
  group by p.day, p.lo, p.hi, p.room_key
),
served as (
  select s.* from served_room s where s.counted
),
expiry as (
  -- An open stay enters the next hour of its bucket.
  select h.day, case when as_of = h.lo then h.lo else h.hi end + interval '1 microsecond' as at
  from hours h
  where h.lo <= as_of and as_of < h.hi and exists (select from growing g where g.day = h.day)
  union all
  select s.day, s.changes_at from served_room s where s.changes_at is not null
)
select
  'PEAK', k.day, null::timestamptz, null::timestamptz,
  k.metric, k.section, k.value::integer, k.reached_at,
  null::device, null::bigint, null::bigint[], null::bigint[], null::timestamptz, null::timestamptz,
  null::bigint, null::integer, null::bigint,
  null::bigint, null::integer, null::bigint, null::bigint, null::integer, null::bigint,
  null::smallint, null::integer, null::integer, null::integer, null::integer,
  null::timestamptz, null::timestamptz, null::timestamptz
from (
  select c.day, 'CONNECTIONS_IN_ONE_EVENT'::day_metric as metric, c.kind::text::section as section, c.value, c.reached_at from crowd c
  union all
  (
    select distinct on (c.day) c.day, 'CONNECTIONS_IN_ONE_EVENT', 'TOTAL', c.value, c.reached_at
    from crowd c
    order by c.day, c.value desc, c.reached_at
  )
  union all
  select l.day, 'DIAL_IN_LINES', 'TOTAL', l.value, l.reached_at from lines l
) k
union all
select
  'DEVICE', p.day, p.lo, p.hi, null, null, null, null,
  coalesce(p.device, 'UNKNOWN'), null, null, null, null, null,
  coalesce(sum(p.closed_us), 0)::bigint, count(p.offset_us)::integer, coalesce(sum(p.offset_us), 0)::bigint,
  null, null, null, null, null, null, null, null, null, null, null, null, null, null
from piece p
group by p.day, p.lo, p.hi, coalesce(p.device, 'UNKNOWN')
union all
select
  'ROOM', coalesce(v.day, s.day), coalesce(v.lo, s.lo), coalesce(v.hi, s.hi), null, null, null, null,
  null, r.room_id, coalesce(v.event_ids, '{}'), coalesce(v.person_ids, '{}'), v.first_at, v.last_at,
  coalesce(v.closed_us, 0), coalesce(v.open_stays, 0), coalesce(v.open_offset_us, 0),
  coalesce(s.recorder_us, 0), coalesce(s.open_recorders, 0), coalesce(s.recorder_offset_us, 0),
  coalesce(s.streamer_us, 0), coalesce(s.open_streamers, 0), coalesce(s.streamer_offset_us, 0),
  null, null, null, null, null, null, null, null
from visit v
full join served s on s.day = v.day and s.room_key = v.room_key
join room r on r.company_id = of_company and r.key = coalesce(v.room_key, s.room_key) collate "C"
union all
select
  'HOUR', k.day, null, null, null, x.section, null, null,
  null, null, null, null, null, null,
  x.spent_us::bigint, coalesce(g.open_stays, 0), null,
  null, null, null, null, null, null,
  k.hour, x.connections::integer, x.speakers::integer, x.listeners::integer, x.events::integer,
  case when g.open_stays > 0 then as_of end, n.hi, null
from hour_peak k
left join hours n on n.day = k.day and n.hour = k.hour and n.lo <= as_of and as_of < n.hi
cross join lateral (
  values
    ('TOTAL'::section, k.connections, k.speakers, k.listeners, k.events, k.meeting_us + k.webinar_us + k.call_us),
    ('MEETING', k.meeting, k.meeting, 0, k.meetings, k.meeting_us),
    ('WEBINAR', k.webinar, k.speaking, k.listeners, k.webinars, k.webinar_us),
    ('CALL', k.call, k.call, 0, k.calls, k.call_us)
) as x (section, connections, speakers, listeners, events, spent_us)
left join growing g on g.day = n.day and g.section = x.section
where x.connections > 0 or g.open_stays > 0
union all
select
  'DAY', e.day, null, null, null, null, null, null,
  null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
  null, null, null, null, null, null, null, min(e.at)
from expiry e
group by e.day;
end;
