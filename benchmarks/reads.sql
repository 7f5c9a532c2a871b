-- What Postgres counts while it reads.

-- name: allow
-- Nobody but a superuser may count what others do; here there are no others.
grant execute on function pg_catalog.pg_stat_get_xact_numscans(oid), pg_catalog.pg_stat_get_xact_tuples_returned(oid) to turnout_app

-- name: counters
-- How often each table was scanned from beginning to end, and how many rows were read of it that way or by an index.
select c.relname,
  pg_stat_get_xact_numscans(c.oid),
  pg_stat_get_xact_tuples_returned(c.oid)
    + coalesce((select sum(pg_stat_get_xact_tuples_returned(i.indexrelid)) from pg_index i where i.indrelid = c.oid), 0)::bigint
from pg_class c
where c.relnamespace = 'turnout'::regnamespace and c.relkind in ('r', 'm')
