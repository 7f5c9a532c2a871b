-- The roles of the wall. Roles belong to the whole server, so this runs as an administrator, may run again at any
-- time, and does nothing to roles that are as they should be.

-- name: create_roles
do $$
begin
  if not exists (select from pg_roles where rolname = 'turnout_owner') then
    create role turnout_owner nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'turnout_auth') then
    create role turnout_auth nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'turnout_app') then
    create role turnout_app login;
  end if;
  if not exists (select from pg_roles where rolname = 'turnout_refresher') then
    create role turnout_refresher login;
  end if;
  if not exists (select from pg_roles where rolname = 'turnout_support') then
    create role turnout_support login;
  end if;
  if not exists (select from pg_roles where rolname = 'turnout_bi') then
    create role turnout_bi nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'turnout_bi_owner') then
    create role turnout_bi_owner nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'turnout_bi_watch') then
    create role turnout_bi_watch nologin;
  end if;
end
$$;
