-- The logins of companies for BI: roles of the server, each with a row here that says whose it is.

-- name: act_as_owner
-- The one role whose policies let it write the rows; an administrator is a member of it.
select set_config('role', 'turnout_owner', true), set_config('search_path', 'turnout', true)

-- name: act_as_oneself
select set_config('role', 'none', true)

-- name: active
select count(*) from sql_login where company_id = %(company)s and revoked_at is null and (expires_at is null or expires_at > %(as_of)s)

-- name: create_role
-- It inherits the one membership that is given here with that right, and none that anybody may give it by mistake.
create role {role} login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls
connection limit {connections} password {verifier} valid until {until}

-- name: let_role_see_views
grant turnout_bi to {role} with inherit true, set false, admin false

-- name: let_watch_end_role
grant {role} to turnout_bi_watch with inherit true, set false, admin false

-- name: set_for_role
alter role {role} set {setting} = {value}

-- name: may_set
-- Of settings that are a superuser's, those that were given to who asks.
select name from unnest(%(names)s::text[]) name where has_parameter_privilege(name, 'set')

-- name: keep
insert into sql_login (company_id, role_name, label, issued_by, created_at, expires_at)
values (%(company)s, %(role)s, %(label)s, %(issued_by)s, %(created_at)s, %(expires_at)s)

-- name: list
select l.role_name, l.label, l.issued_by, l.created_at, l.expires_at, l.revoked_at, l.last_used_at, coalesce(s.sessions, 0)
from sql_login l
left join sql_login_sessions() s on s.role_name = l.role_name
where l.company_id = %(company)s
order by l.created_at desc, l.role_name

-- name: revoke
update sql_login
set revoked_at = coalesce(revoked_at, %(as_of)s)
where company_id = %(company)s and role_name = %(role)s
returning role_name

-- name: existing
select rolname from pg_roles where rolname = any (%(roles)s)

-- name: end_sessions
-- Waits until they have gone, for at most some milliseconds each.
select count(pg_terminate_backend(a.pid, 5000)) from pg_stat_activity a where a.usename = any (%(roles)s)

-- name: refuse_logins
alter role {role} nologin

-- name: act_for_role
grant {role} to current_user with inherit true

-- name: drop_owned
-- No login makes anything, but each may keep default privileges of its own, which would hold the role.
drop owned by {role}

-- name: drop_role
drop role {role}

-- name: left_open
-- What only a superuser could have closed to everybody, and has not.
select exists (
  select from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  where p.pronamespace = 'pg_catalog'::regnamespace and p.proname in ('pg_advisory_lock', 'lo_create') and a.grantee = 0
)

-- name: other_databases
-- Those to which a login may connect as well, if the server's pg_hba.conf lets it.
select d.datname
from pg_database d
where d.datallowconn and d.datname <> current_database() and has_database_privilege(%(role)s, d.oid, 'connect')
order by d.datname
