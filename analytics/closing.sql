-- Closing billing periods: revisions that are only ever added to.

-- name: state
-- The company as it is now, with the first day that it has any figures of.
select c.slug, c.name, c.time_zone, c.billing_anchor_day, c.generation,
  (select max(b.last_day) from billing_close b where b.company_id = %(company)s),
  (select min(d.day) from company_day d where d.company_id = %(company)s and d.generation = c.generation)
from company c
where c.company_id = %(company)s

-- name: closed
-- The latest revision of every closed period, in the days of the zone that the company has now: days of another zone's are
-- not computed any more.
select distinct on (b.first_day) b.first_day, b.last_day, b.revision, b.definition, b.rounding::text
from billing_close b
where b.company_id = %(company)s and b.time_zone = %(time_zone)s
order by b.first_day, b.revision desc

-- name: marks
select k.mark_id, k.day, k.reason::text, k.made_at
from closing_mark k
where k.company_id = %(company)s

-- name: last_computed
-- When anything up to a day was last computed anew.
select max(d.computed_at)
from company_day d
where d.company_id = %(company)s and d.generation = %(generation)s and d.day <= %(last_day)s

-- name: figures
select f.metric::text, f.section::text, f.amount, f.at, f.limit_value, f.worst_share, f.worst_share_at
from billing_figure f
where f.company_id = %(company)s and f.first_day = %(first_day)s and f.revision = %(revision)s
order by f.metric, f.section

-- name: add_revision
insert into billing_close (
  company_id, first_day, revision, last_day, starts_at, ends_at, time_zone, rounding, definition, reasons, closed_at
)
values (
  %(company)s, %(first_day)s, %(revision)s, %(last_day)s, %(starts_at)s, %(ends_at)s, %(time_zone)s, %(rounding)s::minute_rounding,
  %(definition)s, %(reasons)s::closing_reason[], %(as_of)s
)

-- name: add_figures
insert into billing_figure (
  company_id, first_day, revision, metric, section, amount, at, limit_value, worst_share, worst_share_at
)
select %(company)s, %(first_day)s, %(revision)s, f.metric, f.section, f.amount, f.at, f.limit_value, f.worst_share, f.worst_share_at
from unnest(
  %(metrics)s::usage_metric[], %(sections)s::section[], %(amounts)s::bigint[], %(ats)s::timestamptz[],
  %(limits)s::double precision[], %(worst_shares)s::double precision[], %(worst_share_ats)s::timestamptz[]
) as f (metric, section, amount, at, limit_value, worst_share, worst_share_at)

-- name: delete_marks
delete from closing_mark where company_id = %(company)s and mark_id = any (%(marks)s::bigint[])

-- name: billing_calendars
select company_id, generation, time_zone, billing_anchor_day, closed_through, reopened from billing_calendars(%(definition)s)
