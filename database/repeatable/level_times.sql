-- How long each level above 0 lasted in some buckets of one company's time, up to an instant: see level_day. Buckets as in levels().
create or replace function level_times(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[]
) returns table (
  day date, metric limit_metric, section section, levels integer[], spent_us bigint[], open_level integer, open_since timestamptz
)
language sql stable
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with held as (
  select l.*, coalesce(lead(l.at) over (partition by l.day order by l.at), l.hi) as until
  from levels(of_company, as_of, days, froms, tos) l
),
-- Once for all metrics and sections: working out a time costs more than adding it up.
lasting as materialized (
  select h.*, microseconds(least(h.until, as_of) - h.at) as us,
    -- Open stays end at as_of only because counting ends there.
    h.until >= as_of and as_of < h.hi as is_open
  from held h
  where h.at < as_of
),
spent as (
  select h.day, m.metric, s.section, x.level, sum(h.us)::bigint as us, bool_or(h.is_open) as is_open
  from lasting h
  cross join unnest(array['CONNECTIONS', 'SPEAKERS', 'LISTENERS', 'EVENTS']::limit_metric[]) as m (metric)
  cross join unnest(enum_range(null::section)) as s (section)
  cross join lateral (
    select level_of(m.metric::text, s.section, h.meeting, h.webinar, h.call, h.speaking, h.meetings, h.webinars, h.calls) as level
  ) x
  where x.level > 0
  group by h.day, m.metric, s.section, x.level
)
select s.day, s.metric, s.section, array_agg(s.level order by s.level), array_agg(s.us order by s.level),
  max(s.level) filter (where s.is_open), max(case when s.is_open then as_of end)
from spent s
group by s.day, s.metric, s.section;
end;
