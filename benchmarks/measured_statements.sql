-- Statements counted by the server itself.

-- name: preload
alter system set shared_preload_libraries = 'pg_stat_statements'

-- name: nested_too
alter system set pg_stat_statements.track = 'all'

-- name: planning_too
alter system set pg_stat_statements.track_planning = on

-- name: create_extension
create extension if not exists pg_stat_statements schema public

-- name: reset
select public.pg_stat_statements_reset()

-- name: costliest
select query, calls, total_exec_time, total_plan_time, wal_bytes
from public.pg_stat_statements
where total_exec_time + total_plan_time > 1
order by total_exec_time + total_plan_time desc
limit 40
