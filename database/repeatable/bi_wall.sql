-- Who may read the views for BI, what the views may read, and the watch over those who read them.

do $$
declare
  name text;
begin
  for name in select c.relname from pg_class c where c.relnamespace = 'bi'::regnamespace and c.relkind = 'v' loop
    execute format('alter view bi.%I owner to turnout_bi_owner', name);
    execute format('revoke all on bi.%I from public, turnout_bi', name);
    execute format('grant select on bi.%I to turnout_bi', name);
  end loop;
end
$$;
grant usage on schema bi to turnout_bi;

-- The views read these columns, as turnout_bi_owner, of the rows that the policy one_company leaves.
revoke all on all tables in schema turnout from turnout_bi, turnout_bi_owner, turnout_bi_watch;
grant select (company_id, slug, time_zone, generation) on company to turnout_bi_owner;
grant select on company_limit, rollup_generation, local_day, company_day, section_day, event_day, owner_day, person_day, storage_day, sign_in_day,
  peak_day, device_day, room_day, post_day, hour_day, recording_day, feature_day, media_day, quality_day, sampled_stay_day, level_day,
  billing_close, billing_figure
  to turnout_bi_owner;
grant select (company_id, generation, day, made_at) on mark to turnout_bi_owner;
grant select (
  company_id, event_id, key, kind, template, title, room_key, resolved_owner_key, created_at, starts_at, ends_at, cancelled, named_at,
  breakout_of, top_id
) on event to turnout_bi_owner;
grant select (company_id, event_id, person_id, service) on stay to turnout_bi_owner;
grant select (company_id, person_id, namespace, key, name) on person to turnout_bi_owner;
grant select (company_id, person_id, registered_at, removed_at) on registration to turnout_bi_owner;
grant select (company_id, room_id, key, name, owner_key) on room to turnout_bi_owner;
grant select (company_id, kind, event_id) on stored to turnout_bi_owner;

-- The watch: whoever is logged in for BI, seen and ended by a role that has the rights of these logins and no other.
drop policy if exists watch on company;
create policy watch on company to turnout_bi_watch using (true) with check (true);
drop policy if exists watch on sql_login;
create policy watch on sql_login to turnout_bi_watch using (true) with check (true);
grant select (company_id, suspended_at) on company to turnout_bi_watch;
grant select (company_id, role_name, expires_at, revoked_at, last_used_at), update (last_used_at) on sql_login to turnout_bi_watch;

-- A role can set its own timeouts back: what lasts longer than these is ended, first the statement, then, if it goes on, the
-- session. The sessions of a login that has ended go at once. Returns what was done to which login.
create or replace function watch_sql_logins(longest_statement interval, longest_idle interval, longest_transaction interval)
returns table (role_name text, outcome text)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  update sql_login l
  set last_used_at = clock_timestamp()
  from pg_stat_activity a
  where a.datname = current_database() and a.usename = l.role_name
    and (l.last_used_at is null or l.last_used_at < clock_timestamp() - interval '1 minute');

  with session as materialized (
    select a.pid, l.role_name, a.state, clock_timestamp() - a.query_start as statement_age, clock_timestamp() - a.state_change as state_age,
      clock_timestamp() - a.xact_start as transaction_age,
      l.revoked_at is not null or coalesce(l.expires_at <= clock_timestamp(), false) or c.suspended_at is not null as has_ended
    from pg_stat_activity a
    join sql_login l on l.role_name = a.usename
    join company c on c.company_id = l.company_id
    where a.datname = current_database() and a.backend_type = 'client backend'
  ),
  judged as materialized (
    select s.pid, s.role_name,
      case
        when s.has_ended then 'LOGIN_ENDED'
        when s.state like 'idle in transaction%' and s.state_age > longest_idle then 'IDLE_TOO_LONG'
        when s.transaction_age > longest_transaction then 'TRANSACTION_TOO_LONG'
        when s.state = 'active' and s.statement_age > longest_statement * 1.5 then 'STATEMENT_WENT_ON'
        when s.state = 'active' and s.statement_age > longest_statement then 'STATEMENT_TOO_LONG'
      end as outcome
    from session s
  )
  select j.role_name, j.outcome
  from judged j
  where case
    when j.outcome is null then false
    when j.outcome = 'STATEMENT_TOO_LONG' then pg_cancel_backend(j.pid)
    else pg_terminate_backend(j.pid)
  end;
end;

-- Who is logged in at the moment, for support: how many sessions of which login.
create or replace function sql_login_sessions() returns table (role_name text, sessions bigint)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  select l.role_name, count(*)
  from pg_stat_activity a
  join sql_login l on l.role_name = a.usename
  where a.datname = current_database() and a.backend_type = 'client backend'
  group by l.role_name;
end;

grant create on schema turnout to turnout_bi_watch;
alter function watch_sql_logins(interval, interval, interval) owner to turnout_bi_watch;
alter function sql_login_sessions() owner to turnout_bi_watch;
revoke create on schema turnout from turnout_bi_watch;
revoke all on function watch_sql_logins(interval, interval, interval), sql_login_sessions() from public;
grant execute on function watch_sql_logins(interval, interval, interval) to turnout_refresher;
grant execute on function sql_login_sessions() to turnout_support;
