-- What Postgres lets every login do in a database, and none but ours may do in this one. The functions belong to a superuser,
-- who alone can close them; those that are closed already cost one look.

-- name: close_functions
-- Locks and large objects outlive a statement and fill the server; how much others use it is not for companies to know.
do $$
declare
  open record;
begin
  for open in
    select p.oid::regprocedure as function, p.proname ~ '^pg_(stat_get_|lock_status$|current_wal_|control_|.*_size$)' as for_monitors
    from pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace
      and (
        p.proname ~ '^(lo_|pg_advisory_|pg_try_advisory_|pg_stat_get_|pg_current_wal_|pg_control_|pg_lock_status$)'
        or p.proname in ('loread', 'lowrite', 'pg_relation_size', 'pg_table_size', 'pg_indexes_size')
        or p.proname in ('pg_total_relation_size', 'pg_database_size', 'pg_tablespace_size', 'pg_logical_emit_message')
      )
      and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) where grantee = 0)
  loop
    execute format('revoke execute on function %s from public', open.function);
    execute format('grant execute on function %s to turnout_owner', open.function);
    if open.for_monitors then
      execute format('grant execute on function %s to pg_monitor', open.function);
    end if;
  end loop;
end
$$

-- name: open_functions_to_ours
grant execute on function
  pg_advisory_lock(integer, integer), pg_advisory_unlock(integer, integer), pg_try_advisory_lock(bigint), pg_advisory_unlock(bigint)
  to turnout_refresher

-- name: let_audits_be_chained
-- Whoever writes an entry waits for whoever wrote the one before.
grant execute on function pg_advisory_xact_lock(integer, integer) to turnout_app, turnout_support, turnout_auth

-- name: let_the_watch_see_sessions
-- Of logins that it is no member of, it sees that they are there and no more.
grant execute on function pg_stat_get_activity(integer) to turnout_bi_watch

-- name: close_languages
do $$
begin
  if exists (
    select from pg_language l, aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) where l.lanname = 'plpgsql' and grantee = 0
  ) then
    revoke usage on language plpgsql from public;
    grant usage on language plpgsql to turnout_owner;
  end if;
end
$$
