-- Closed billing periods, as the company sees them: what was said once is said for ever.

-- name: billing_periods
-- Each with its latest revision.
with listed as (
  select distinct on (b.first_day) b.first_day, b.last_day, b.starts_at, b.ends_at, b.time_zone, b.revision, b.rounding, b.definition,
    b.reasons, b.closed_at
  from billing_close b
  where b.company_id = %(company)s
  order by b.first_day, b.revision desc
),
line as (
  select l.first_day - date '2000-01-01' as sort_number, null::text as sort_text, l.first_day::text as id,
    l.first_day, l.last_day, l.starts_at, l.ends_at, l.time_zone, l.revision, l.rounding::text, l.definition, l.reasons::text[], l.closed_at
  from listed l
)

-- name: revisions
-- Every revision of one closed period.
select b.first_day, b.last_day, b.starts_at, b.ends_at, b.time_zone, b.revision, b.rounding::text, b.definition, b.reasons::text[], b.closed_at
from billing_close b
where b.company_id = %(company)s and b.first_day = %(first_day)s
order by b.revision

-- name: figures
-- Those of several revisions.
select f.first_day, f.revision, f.metric::text, f.section::text, f.amount, f.at, f.limit_value, f.worst_share, f.worst_share_at
from unnest(%(first_days)s::date[], %(revisions)s::integer[]) as a (first_day, revision)
join billing_figure f on f.company_id = %(company)s and f.first_day = a.first_day and f.revision = a.revision
order by f.first_day, f.revision, f.metric, f.section

-- name: differences
-- Figures that are not the same in two revisions, each with the reasons of those revisions in between that changed it.
with changed as (
  select f.metric, f.section, f.revision
  from (
    select f.*, lag(f.amount) over w as amount_before, lag(f.at) over w as at_before, lag(f.limit_value) over w as limit_before,
      row_number() over w as n
    from billing_figure f
    where f.company_id = %(company)s and f.first_day = %(first_day)s and f.revision between %(before)s and %(after)s
    window w as (partition by f.metric, f.section order by f.revision)
  ) f
  where f.revision > %(before)s
    and (f.n = 1 or (f.amount, f.at, f.limit_value) is distinct from (f.amount_before, f.at_before, f.limit_before))
)
select coalesce(a.metric, b.metric)::text, coalesce(a.section, b.section)::text, b.amount, a.amount, b.at, a.at, b.limit_value, a.limit_value,
  (
    select coalesce(array_agg(distinct r.reason order by r.reason), '{}')::text[]
    from changed c
    join billing_close k on k.company_id = %(company)s and k.first_day = %(first_day)s and k.revision = c.revision
    cross join lateral unnest(k.reasons) as r (reason)
    where c.metric = coalesce(a.metric, b.metric) and c.section = coalesce(a.section, b.section)
  )
from (
  select * from billing_figure f where f.company_id = %(company)s and f.first_day = %(first_day)s and f.revision = %(before)s
) b
full join (
  select * from billing_figure f where f.company_id = %(company)s and f.first_day = %(first_day)s and f.revision = %(after)s
) a on a.metric = b.metric and a.section = b.section
where (a.amount, a.at, a.limit_value) is distinct from (b.amount, b.at, b.limit_value)
order by coalesce(a.metric, b.metric), coalesce(a.section, b.section)
