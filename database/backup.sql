-- What a backup says of its database, and what a restored one is compared with.

-- name: show_all_or_fail
-- A table of which row security would hide a part is an error, not a smaller backup.
set row_security = off

-- name: export_snapshot
select pg_export_snapshot()

-- name: describe
select d.digest, v.version_num, current_setting('server_version'), now()
from turnout.schema_digest d, turnout.alembic_version v

-- name: tables
select c.relname
from pg_class c
where c.relnamespace = 'turnout'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
order by c.relname

-- name: has_schema
select to_regclass('turnout.company') is not null

-- name: has_company
select exists (select from turnout.company)
