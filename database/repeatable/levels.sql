-- How many there were in spans of one company's time, as of an instant: a row for every instant at which a number changes, with
-- the numbers that hold from it until the next. Spans as the buckets of measure(); before the first row of a span all are 0.
-- Meetings and calls have only speakers, so `speaking` is about webinars, and the rest of a webinar listens.
create or replace function levels(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[], of_segment jsonb default null
) returns table (
  day date, lo timestamptz, hi timestamptz, at timestamptz,
  meeting integer, webinar integer, call integer, speaking integer, meetings integer, webinars integer, calls integer
)
language sql stable
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with piece as materialized (
  select p.*
  from pieces(of_company, as_of, days, froms, tos, of_segment) p
  where p.inside and p.starts_at < p.ends_at
),
speaking as (
  select p.day, p.lo, p.hi, greatest(s.since, p.starts_at) as starts_at, least(s.until, p.ends_at) as ends_at
  from piece p
  cross join lateral (
    select r.role, r.since, coalesce(lead(r.since) over (order by r.n), p.ends_at) as until
    from unnest(p.joined_at || p.changed_at, p.role || p.changed_to) with ordinality as r (since, role, n)
  ) s
  where p.kind = 'WEBINAR' and s.role in ('MODERATOR', 'SPEAKER') and greatest(s.since, p.starts_at) < least(s.until, p.ends_at)
),
occupied as (
  select o.day, o.lo, o.hi, o.kind, unnest(o.times) as during
  from (
    select p.day, p.lo, p.hi, p.event_id, p.kind, range_agg(tstzrange(p.starts_at, p.ends_at)) as times
    from piece p
    group by p.day, p.lo, p.hi, p.event_id, p.kind
  ) o
),
step as (
  select p.day, p.lo, p.hi, x.at, x.by * (p.kind = 'MEETING')::int as meeting, x.by * (p.kind = 'WEBINAR')::int as webinar,
    x.by * (p.kind = 'CALL')::int as call, 0 as speaking, 0 as meetings, 0 as webinars, 0 as calls
  from piece p
  cross join lateral (values (p.starts_at, 1), (p.ends_at, -1)) as x (at, by)
  union all
  select s.day, s.lo, s.hi, x.at, 0, 0, 0, x.by, 0, 0, 0
  from speaking s
  cross join lateral (values (s.starts_at, 1), (s.ends_at, -1)) as x (at, by)
  union all
  select o.day, o.lo, o.hi, x.at, 0, 0, 0, 0,
    x.by * (o.kind = 'MEETING')::int, x.by * (o.kind = 'WEBINAR')::int, x.by * (o.kind = 'CALL')::int
  from occupied o
  cross join lateral (values (lower(o.during), 1), (upper(o.during), -1)) as x (at, by)
),
instant as (
  select s.day, s.lo, s.hi, s.at,
    sum(s.meeting) as meeting, sum(s.webinar) as webinar, sum(s.call) as call, sum(s.speaking) as speaking,
    sum(s.meetings) as meetings, sum(s.webinars) as webinars, sum(s.calls) as calls
  from step s
  group by s.day, s.lo, s.hi, s.at
)
select
  i.day, i.lo, i.hi, i.at,
  (sum(i.meeting) over w)::integer, (sum(i.webinar) over w)::integer, (sum(i.call) over w)::integer,
  (sum(i.speaking) over w)::integer,
  (sum(i.meetings) over w)::integer, (sum(i.webinars) over w)::integer, (sum(i.calls) over w)::integer
from instant i
window w as (partition by i.day order by i.at);
end;

-- One of these numbers: of a section and a metric.
create or replace function level_of(
  of_metric text, of_section section,
  meeting integer, webinar integer, call integer, speaking integer, meetings integer, webinars integer, calls integer
) returns integer
language sql immutable parallel safe
return case of_metric
  when 'CONNECTIONS' then case of_section when 'TOTAL' then meeting + webinar + call when 'MEETING' then meeting when 'WEBINAR' then webinar else call end
  when 'SPEAKERS' then case of_section when 'TOTAL' then meeting + speaking + call when 'MEETING' then meeting when 'WEBINAR' then speaking else call end
  when 'LISTENERS' then case when of_section in ('TOTAL', 'WEBINAR') then webinar - speaking end
  when 'EVENTS' then case of_section when 'TOTAL' then meetings + webinars + calls when 'MEETING' then meetings when 'WEBINAR' then webinars else calls end
end;
