-- Features, media and quality. Whole days come from the rollups; at most two cut days at the edges of a period are measured.

-- name: feature_totals
with part as (
  select f.day, f.figure, f.peak, f.peak_at,
    f.closed_us + greatest(f.open_events * microseconds(least(%(as_of)s, f.ends_at) - f.starts_at) - f.open_offset_us, 0) as lasted_us
  from feature_day f
  where f.company_id = %(company)s and f.generation = %(generation)s and f.day between %(first_day)s and %(last_day)s
    and f.day <> all (%(cut_days)s::date[])
  union all
  select g.day, g.figure, g.peak, g.peak_at,
    g.closed_us + greatest(g.open_events * microseconds(least(%(as_of)s, g.ends_at) - g.starts_at) - g.open_offset_us, 0)
  from gauge(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) g
  where %(cut_days)s::date[] <> '{}' and g.grain = 'FIGURE'
)
-- The first instant of the highest peak is that of the earliest day that reached it.
select p.figure::text, sum(p.lasted_us)::bigint, max(p.peak), (array_agg(p.peak_at order by p.peak desc, p.day))[1]
from part p
group by p.figure

-- name: feature_days
select p.day, p.figure::text, p.lasted_us, p.peak, p.peak_at
from (
  select f.day, f.figure, f.peak, f.peak_at,
    f.closed_us + greatest(f.open_events * microseconds(least(%(as_of)s, f.ends_at) - f.starts_at) - f.open_offset_us, 0) as lasted_us
  from feature_day f
  where f.company_id = %(company)s and f.generation = %(generation)s and f.day between %(first_day)s and %(last_day)s
    and f.day <> all (%(cut_days)s::date[])
  union all
  select g.day, g.figure, g.peak, g.peak_at,
    g.closed_us + greatest(g.open_events * microseconds(least(%(as_of)s, g.ends_at) - g.starts_at) - g.open_offset_us, 0)
  from gauge(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) g
  where %(cut_days)s::date[] <> '{}' and g.grain = 'FIGURE'
) p
where p.day <= %(today)s

-- name: media_totals
select m.direction::text, m.track::text, sum(m.lasted_us)::bigint
from (
  select d.direction, d.track, d.lasted_us
  from media_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union all
  select g.direction, g.track, g.lasted_us
  from gauge(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) g
  where %(cut_days)s::date[] <> '{}' and g.grain = 'MEDIA'
) m
group by m.direction, m.track

-- name: media_days
select m.day, m.direction::text, m.track::text, m.lasted_us
from (
  select d.day, d.direction, d.track, d.lasted_us
  from media_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union all
  select g.day, g.direction, g.track, g.lasted_us
  from gauge(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) g
  where %(cut_days)s::date[] <> '{}' and g.grain = 'MEDIA'
) m
where m.day <= %(today)s

-- name: quality_totals
-- Each stay once: on the day on which it began, or was first sampled, or first in trouble; and of those carried into the
-- period the ones that had begun, been sampled, or been in trouble before it.
with gauged as materialized (
  select g.*
  from gauge(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) g
  where %(cut_days)s::date[] <> '{}'
),
part as (
  select d.day, d.stays_begun, d.stays_carried, d.first_sampled, d.first_troubled
  from quality_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union all
  select g.day, g.stays_begun, g.stays_carried, g.first_sampled, g.first_troubled from gauged g where g.grain = 'STAYS'
),
carried as (
  select s.connection_id, s.ordinal, s.sampled_at, s.troubled_at
  from sampled_stay_day s
  where s.company_id = %(company)s and s.generation = %(generation)s and s.day between %(first_day)s and %(last_day)s
    and s.day <> all (%(cut_days)s::date[])
  union all
  select g.connection_id, g.ordinal, g.sampled_at, g.troubled_at from gauged g where g.grain = 'STAY'
)
select p.stays, p.sampled + c.sampled, p.troubled + c.troubled
from (
  select coalesce(sum(p.stays_begun) + sum(p.stays_carried) filter (where p.day = %(first_day)s), sum(p.stays_begun), 0)::bigint as stays,
    coalesce(sum(p.first_sampled), 0)::bigint as sampled, coalesce(sum(p.first_troubled), 0)::bigint as troubled
  from part p
) p
cross join (
  select count(distinct (c.connection_id, c.ordinal)) filter (where c.sampled_at < %(period_start)s) as sampled,
    count(distinct (c.connection_id, c.ordinal)) filter (where c.troubled_at < %(period_start)s) as troubled
  from carried c
) c

-- name: quality_days
with gauged as materialized (
  select g.*
  from gauge(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) g
  where %(cut_days)s::date[] <> '{}'
),
part as (
  select d.day, d.stays_begun + d.stays_carried as stays, d.first_sampled as sampled, d.first_troubled as troubled
  from quality_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union all
  select s.day, 0, 1, (s.troubled_at < h.starts_at)::integer
  from sampled_stay_day s
  join company_day h on h.company_id = %(company)s and h.generation = %(generation)s and h.day = s.day
  where s.company_id = %(company)s and s.generation = %(generation)s and s.day between %(first_day)s and %(last_day)s
    and s.day <> all (%(cut_days)s::date[])
  union all
  select g.day, g.stays_begun + g.stays_carried, g.first_sampled, g.first_troubled from gauged g where g.grain = 'STAYS'
  union all
  select g.day, 0, 1, (g.troubled_at < g.starts_at)::integer from gauged g where g.grain = 'STAY'
)
select p.day, sum(p.stays)::bigint, sum(p.sampled)::bigint, coalesce(sum(p.troubled), 0)::bigint
from part p
where p.day <= %(today)s
group by p.day
