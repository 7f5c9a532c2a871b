-- Where a metric is heading: the seasonal slope of Sen, the median of the slopes between any two days of one weekday. Single
-- extraordinary days and weekends cannot bend it.

-- name: trend
with daily as materialized (
  select d.day - %(today)s::date as x, extract(isodow from d.day) as weekday,
    coalesce(
      case %(metric)s
        when 'CONNECTIONS' then r.connections when 'SPEAKERS' then r.speakers when 'LISTENERS' then r.listeners else r.events
      end,
      0
    )::double precision as peak
  from generate_series(0, %(last_day)s::date - %(first_day)s::date) as n (n)
  cross join lateral (select %(first_day)s::date + n.n as day) d
  left join section_day r
    on r.company_id = %(company)s and r.generation = %(generation)s and r.day = d.day and r.section = %(section)s::section
),
pair as (
  select (b.peak - a.peak) / (b.x - a.x) as slope
  from daily a
  join daily b on b.weekday = a.weekday and b.x > a.x
),
ranked as materialized (
  select p.slope, row_number() over (order by p.slope) as place, count(*) over () as pairs from pair p
),
-- How far from the middle, in places, the slopes lie between which the true one is with 95 per cent: by the variance of the seasonal
-- test of Kendall. Equal peaks are not allowed for, which makes the interval wider.
reach as (
  select 1.959964 * sqrt(sum(w.days * (w.days - 1) * (2 * w.days + 5)) / 18.0) as places
  from (select count(*) as days from daily group by weekday) w
),
slopes as (
  select
    percentile_cont(0.5) within group (order by r.slope) as middle,
    min(r.slope) filter (where r.place >= floor((r.pairs - c.places) / 2)) as low,
    max(r.slope) filter (where r.place <= ceil((r.pairs + c.places) / 2) + 1) as high
  from ranked r
  cross join reach c
),
-- The line of each slope runs through the busiest weekday: half of its peaks lie above it.
line as materialized (
  select l.name, l.slope, max(l.level) as level
  from (
    select v.name, v.slope, d.weekday, percentile_cont(0.5) within group (order by d.peak - v.slope * d.x) as level
    from slopes s
    cross join lateral (values ('middle', s.middle), ('low', s.low), ('high', s.high)) as v (name, slope)
    cross join daily d
    where v.slope is not null
    group by v.name, v.slope, d.weekday
  ) l
  group by l.name, l.slope
),
-- The limit of each coming day: of overlapping ones the latest start rules.
ahead as materialized (
  select distinct on (n.n) n.n as x, l.value
  from generate_series(0, %(days_ahead)s) as n (n)
  join company_limit l
    on l.company_id = %(company)s and l.metric = %(metric)s::limit_metric and l.section = %(section)s::section
    and (l.valid_from is null or l.valid_from <= %(today)s::date + n.n) and (l.valid_to is null or l.valid_to >= %(today)s::date + n.n)
  order by n.n, l.valid_from desc nulls last, l.limit_id desc
),
reached as (
  select l.name, l.level, l.slope, (select %(today)s::date + min(a.x) from ahead a where l.level + l.slope * a.x >= a.value - 1e-6) as day
  from line l
)
select
  (select a.value::integer from ahead a where a.x = 0), (select count(*) from ahead),
  max(r.level) filter (where r.name = 'middle'),
  max(r.slope) filter (where r.name = 'middle'), max(r.slope) filter (where r.name = 'low'), max(r.slope) filter (where r.name = 'high'),
  max(r.day) filter (where r.name = 'middle'), max(r.day) filter (where r.name = 'high'), max(r.day) filter (where r.name = 'low')
from reached r
