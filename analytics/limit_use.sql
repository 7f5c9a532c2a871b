-- How a limit is used. Whole days come from the rollups; at most two cut days at the edges of a period are measured.

-- name: spent
-- How long each level above 0 lasted, day by day, up to now.
with spent as materialized (
  select r.day, x.level,
    x.us + case when x.level = r.open_level then greatest(microseconds(least(%(as_of)s, d.ends_at) - r.open_since), 0) else 0 end as us
  from level_day r
  join company_day d on d.company_id = r.company_id and d.generation = r.generation and d.day = r.day
  cross join unnest(r.levels, r.spent_us) as x (level, us)
  where r.company_id = %(company)s and r.generation = %(generation)s and r.day between %(first_day)s and %(last_day)s
    and r.day <> all (%(cut_days)s::date[]) and r.metric = %(metric)s::limit_metric and r.section = %(section)s::section
  union all
  select c.day, x.level, x.us
  from level_times(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) c
  cross join unnest(c.levels, c.spent_us) as x (level, us)
  where %(cut_days)s::date[] <> '{}' and c.metric = %(metric)s::limit_metric and c.section = %(section)s::section
),
passed as (
  select greatest(microseconds(least(%(as_of)s, %(period_end)s) - %(period_start)s), 0) as us
)

-- name: above
-- The limit of each day: of overlapping ones the latest start rules.
, contracted as (
  select distinct on (b.day) b.day, b.lo, b.hi, l.value
  from unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) as b (day, lo, hi)
  join company_limit l
    on l.company_id = %(company)s and l.metric = %(metric)s::limit_metric and l.section = %(section)s::section
    and (l.valid_from is null or l.valid_from <= b.day) and (l.valid_to is null or l.valid_to >= b.day)
  where b.lo < %(as_of)s
  order by b.day, l.valid_from desc nulls last, l.limit_id desc
)
select
  (select p.us from passed p),
  coalesce((select sum(microseconds(least(%(as_of)s, c.hi) - c.lo)) from contracted c), 0)::bigint,
  coalesce(sum(s.us) filter (where s.level * 100 > c.value * 80), 0)::bigint,
  coalesce(sum(s.us) filter (where s.level * 100 > c.value * 90), 0)::bigint,
  coalesce(sum(s.us) filter (where s.level > c.value), 0)::bigint,
  limit_on(%(company)s, %(metric)s::limit_metric, %(section)s::section, %(limit_day)s)::integer
from contracted c
join spent s on s.day = c.day

-- name: levels
, lasted as (
  select x.level, sum(x.us)::bigint as us
  from (
    select s.level, s.us from spent s
    union all
    select 0, p.us - (select coalesce(sum(s.us), 0) from spent s) from passed p where p.us > 0
  ) x
  group by x.level
)

-- name: curve
-- The lowest level that holds for so large a part of the time.
, reached as (
  select l.level, sum(l.us) over (order by l.level)::bigint as us from lasted l
)
select c.coverage, r.level, p.us - r.us
from unnest(%(coverages)s::double precision[]) with ordinality as c (coverage, place)
cross join passed p
cross join lateral (
  select r.level, r.us
  from reached r
  where r.us >= c.coverage * p.us
  order by r.level
  limit 1
) r
order by c.place

-- name: covered
-- By a limit that is tried, or the one at the end or now; null without either.
select case when max(t.most) is not null then coalesce(sum(l.us) filter (where l.level <= t.most), 0)::double precision / sum(l.us)::double precision end
from lasted l
cross join (
  select coalesce(%(limit)s::double precision, limit_on(%(company)s, %(metric)s::limit_metric, %(section)s::section, %(limit_day)s)) as most
) t
