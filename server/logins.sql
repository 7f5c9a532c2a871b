-- The passwords of the roles that log in.

-- name: readable_passwords
select has_column_privilege('pg_authid', 'rolpassword', 'select')

-- name: existing_roles
select rolname from pg_roles where rolname = any (%(roles)s)

-- name: roles_with_password
select rolname from pg_authid where rolname = any (%(roles)s) and rolpassword is not null
