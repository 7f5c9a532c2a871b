-- What is asked of a server before it is used.

-- name: describe_login
select
  r.rolname,
  r.rolsuper or r.rolbypassrls or exists (
    select from pg_roles o where o.rolname = 'turnout_owner' and pg_has_role(r.oid, o.oid, 'member')
  ),
  exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'turnout' and c.relname = 'company'
  )
from pg_roles r
where r.rolname = session_user

-- name: wait_to_prepare
select pg_advisory_lock(hashtextextended('turnout: prepare', 0))
