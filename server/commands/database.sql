-- Passwords of the login roles.

-- name: known_roles
select rolname, has_column_privilege('pg_authid', 'rolpassword', 'select')
from pg_roles where rolname = any (%(roles)s)

-- name: roles_without_password
select rolname from pg_authid where rolname = any (%(roles)s) and rolpassword is null
