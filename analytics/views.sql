-- Materialized views over the rollups. Nobody waits for them: a row that is not current is not used.

-- name: try_lock
-- One process at a time in this database; whoever comes second leaves it to the first.
select pg_try_advisory_lock(hashtext('turnout.views'))

-- name: unlock
select pg_advisory_unlock(hashtext('turnout.views'))

-- name: unpopulated
-- Made without data, as a restore may leave them: reading them is an error, and refreshing them beside readers too.
select c.relname
from pg_class c
where c.relnamespace = 'turnout'::regnamespace and c.relkind = 'm' and not c.relispopulated

-- name: late_months
select are_late from late_months

-- name: fill_company_month
refresh materialized view company_month

-- name: fill_company_overview
refresh materialized view company_overview

-- name: refresh_company_month
refresh materialized view concurrently company_month

-- name: refresh_company_overview
refresh materialized view concurrently company_overview
