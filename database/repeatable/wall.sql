-- The wall: who may see which rows. Runs after every migration, so that no table is ever without it.

grant usage on schema turnout to turnout_app, turnout_refresher, turnout_support, turnout_auth;
revoke create on schema turnout from public;

-- Every table with a company_id: row security enabled and forced, exactly one policy that asks current_company().
-- The owner passes by a policy of its own: without it the forced rule would leave a materialized view silently empty.
-- (select …) makes Postgres ask once a statement instead of once a row.
do $$
declare
  name text;
begin
  for name in
    select c.relname
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
    where c.relnamespace = 'turnout'::regnamespace and c.relkind in ('r', 'p')
    order by c.relname
  loop
    execute format('alter table %I enable row level security, force row level security', name);
    execute format('drop policy if exists one_company on %I', name);
    execute format(
      'create policy one_company on %I using (company_id = (select current_company())) with check (company_id = (select current_company()))',
      name
    );
    execute format('drop policy if exists owner on %I', name);
    execute format('create policy owner on %I to turnout_owner using (true) with check (true)', name);
  end loop;
end
$$;

-- Support sees every company and what it signs in with, and nothing that happened.
drop policy if exists support on company;
create policy support on company to turnout_support using (true) with check (true);
drop policy if exists support on company_limit;
create policy support on company_limit to turnout_support using (true) with check (true);
drop policy if exists support on billing_rule;
create policy support on billing_rule to turnout_support using (true) with check (true);
drop policy if exists support on company_password;
create policy support on company_password to turnout_support using (true) with check (true);
drop policy if exists support on company_session;
create policy support on company_session to turnout_support using (true) with check (true);
drop policy if exists support on api_key;
create policy support on api_key to turnout_support using (true) with check (true);
drop policy if exists support on rollup_generation;
create policy support on rollup_generation to turnout_support using (true) with check (true);
drop policy if exists support on activation_link;
create policy support on activation_link to turnout_support using (true) with check (true);
drop policy if exists support on support_access;
create policy support on support_access to turnout_support using (true) with check (true);
drop policy if exists support on sql_login;
create policy support on sql_login to turnout_support using (true) with check (true);
drop policy if exists support on audit;
create policy support on audit to turnout_support using (true) with check (true);

-- From a credential to its company; and, for the refresher, which companies have marks.
drop policy if exists auth on company;
create policy auth on company to turnout_auth using (true) with check (true);
drop policy if exists auth on company_password;
create policy auth on company_password to turnout_auth using (true) with check (true);
drop policy if exists auth on company_session;
create policy auth on company_session to turnout_auth using (true) with check (true);
drop policy if exists auth on api_key;
create policy auth on api_key to turnout_auth using (true) with check (true);
drop policy if exists auth on rollup_generation;
create policy auth on rollup_generation to turnout_auth using (true) with check (true);
drop policy if exists auth on segment;
create policy auth on segment to turnout_auth using (true) with check (true);
drop policy if exists auth on mark;
create policy auth on mark to turnout_auth using (true) with check (true);
drop policy if exists auth on billing_close;
create policy auth on billing_close to turnout_auth using (true) with check (true);
drop policy if exists auth on closing_mark;
create policy auth on closing_mark to turnout_auth using (true) with check (true);
drop policy if exists auth on activation_link;
create policy auth on activation_link to turnout_auth using (true) with check (true);
drop policy if exists auth on embed_token;
create policy auth on embed_token to turnout_auth using (true) with check (true);
drop policy if exists auth on sql_login;
create policy auth on sql_login to turnout_auth using (true) with check (true);
drop policy if exists auth on support_access;
create policy auth on support_access to turnout_auth using (true) with check (true);
drop policy if exists auth on audit;
create policy auth on audit to turnout_auth using (true) with check (true);
drop policy if exists auth on alert_rule;
create policy auth on alert_rule to turnout_auth using (true) with check (true);
drop policy if exists auth on alert_delivery;
create policy auth on alert_delivery to turnout_auth using (true) with check (true);
drop policy if exists auth on alert_turn;
create policy auth on alert_turn to turnout_auth using (true) with check (true);

revoke all on all tables in schema turnout from turnout_app, turnout_refresher, turnout_support, turnout_auth, public;
revoke all on all functions in schema turnout from public;
grant execute on function current_company(), company_of_login(), current_user_key() to public;
grant execute on function
  microseconds(interval), peak_key(bigint, bigint), peak_level(bigint), peak_at(bigint, timestamptz),
  comes_after(boolean, bigint, text, text, bigint, text, text),
  limit_on(integer, limit_metric, section, date),
  days_between(integer, timestamptz, timestamptz),
  segment_person(integer, jsonb), stay_in_segment(jsonb, bigint, bigint, jsonb), room_in_segment(integer, jsonb, text),
  event_in_segment(integer, jsonb, bigint, text),
  found_stays(integer, timestamptz[], timestamptz[], jsonb),
  plans(integer, timestamptz, date[], timestamptz[], timestamptz[], jsonb),
  call_crowds(integer, timestamptz, bigint[]),
  pieces(integer, timestamptz, date[], timestamptz[], timestamptz[], jsonb),
  settle_stale(integer, timestamptz, bigint[]),
  levels(integer, timestamptz, date[], timestamptz[], timestamptz[], jsonb),
  level_of(text, section, integer, integer, integer, integer, integer, integer, integer),
  level_times(integer, timestamptz, date[], timestamptz[], timestamptz[]),
  measure(integer, timestamptz, date[], timestamptz[], timestamptz[], jsonb),
  tally(integer, timestamptz, date[], timestamptz[], timestamptz[]),
  gauge(integer, timestamptz, date[], timestamptz[], timestamptz[]),
  gauge_with(
    integer, timestamptz, date[], timestamptz[], timestamptz[], integer[], bigint[], feature_figure[], timestamptz[], timestamptz[],
    boolean[], integer[], integer[]
  ),
  recordings(integer, timestamptz, date[], timestamptz[], timestamptz[]),
  local_hours(text, date[], timestamptz[], timestamptz[]),
  service_pieces(integer, timestamptz, date[], timestamptz[], timestamptz[]),
  served_rooms(integer, timestamptz, date[], timestamptz[], timestamptz[]),
  posts(integer, date[], timestamptz[], timestamptz[]),
  breakdown(integer, timestamptz, text, date[], timestamptz[], timestamptz[], jsonb),
  billing_first_day(date, integer), billing_last_day(date, integer),
  alert_levels(integer, integer, timestamptz, limit_metric, section, date, date),
  bill(integer, timestamptz, date[], timestamptz[], timestamptz[]),
  whole_minutes(bigint), grown_minutes(bigint, integer, bigint, integer[]), rounding_on(integer, date),
  contract_usage(
    integer, integer, timestamptz, date, date, date[], boolean, date, date, date,
    date[], timestamptz[], timestamptz[], date[], timestamptz[], timestamptz[]
  )
  to turnout_app, turnout_refresher;
-- Who writes to the audit computes the hash of what is written.
grant execute on function audit_digest(bytea, anyelement) to turnout_app, turnout_support, turnout_auth;

-- The application. "update (company_id)" on company is the right to lock the row and no more: the column is generated.
grant select, update (company_id) on company to turnout_app;
grant select on company_limit, company_secret, rollup_generation, local_day to turnout_app;
grant select on company_day, section_day, event_day, owner_day, person_day, storage_day, sign_in_day, recording_day to turnout_app;
grant select on feature_day, media_day, quality_day, sampled_stay_day to turnout_app;
grant select on peak_day, device_day, room_day, post_day, hour_day to turnout_app;
grant select on level_day, presence_day to turnout_app;
grant select, insert, update on activity, event, event_signal, connection, person, signal, room, stored to turnout_app;
grant select, insert, update, delete on quarantine, stay, registration, stored_version, recording_run to turnout_app;
grant select on billing_day, carried_stay_day, billing_rule, billing_close, billing_figure to turnout_app;
grant select, insert, delete on user_signal, room_signal, stored_signal, sign_in, message to turnout_app;
grant select, insert, delete on feature_signal, media_measure, quality_sample to turnout_app;
grant select, insert, update, delete on feature_span to turnout_app;
grant select, insert on mark to turnout_app;
-- "update (made_at)" is the right to lock rows that are about to be forgotten, and to pass over those that are locked.
grant select, insert, update (made_at), delete on arrival to turnout_app;
grant select, insert on audit to turnout_app;
-- It makes rules and cannot read what it signs for: who delivers can.
grant select, insert, update, delete on alert_rule to turnout_app;
grant select (company_id, target_id, rule_id, channel, address), insert, delete on alert_target to turnout_app;
grant select on alert to turnout_app;
grant select, insert, delete on alert_delivery to turnout_app;
grant select on alert_turn to turnout_app;
grant select, insert, update (removed_at) on segment to turnout_app;

-- The refresher: facts in, rollups out. It may also close stays and recordings that have grown stale, under the lock of their event.
grant select on company, company_limit, event, stay, registration, sign_in, message, room to turnout_refresher;
grant select on stored, stored_signal, stored_version, recording_run to turnout_refresher;
-- Of people it knows no more than segments are told apart by.
grant select (company_id, person_id, namespace, key) on person to turnout_refresher;
grant update (left_at, ended_by) on stay to turnout_refresher;
grant select, update (stopped_at, ended_by) on feature_span to turnout_refresher;
grant select on media_measure, quality_sample to turnout_refresher;
grant update (stopped_at, ended_by) on recording_run to turnout_refresher;
grant update (tree_active_at) on event to turnout_refresher;
grant select, insert, delete on mark to turnout_refresher;
-- It lets a whole generation take another's place, and removes the one that has answered before.
grant update (generation, time_zone, stale_after, next_stale_after) on company to turnout_refresher;
grant select, update, delete on rollup_generation to turnout_refresher;
-- It begins those of segments, and forgets segments that have been removed.
grant insert on rollup_generation to turnout_refresher;
grant select, delete on segment to turnout_refresher;
grant select, insert, update, delete on company_day, section_day, event_day, owner_day, person_day, storage_day, sign_in_day, recording_day
  to turnout_refresher;
grant select, insert, update, delete on feature_day, media_day, quality_day, sampled_stay_day to turnout_refresher;
grant select, insert, update, delete on peak_day, device_day, room_day, post_day, hour_day to turnout_refresher;
grant select, insert, update, delete on billing_day, carried_stay_day to turnout_refresher;
-- It closes billing periods: what is closed is only ever added to.
grant select on billing_rule to turnout_refresher;
grant select, insert on billing_close, billing_figure to turnout_refresher;
grant select, insert, delete on closing_mark to turnout_refresher;
grant select, insert, update, delete on level_day, presence_day to turnout_refresher;
grant select, insert on local_day to turnout_refresher;
-- It writes what rules have to say, and delivers it.
grant select, update (look_again_at) on alert_rule to turnout_refresher;
grant select on alert_target to turnout_refresher;
grant select, insert on alert to turnout_refresher;
grant select, insert, update on alert_delivery, alert_turn to turnout_refresher;

-- Materialized views have no row security: nobody reads them but through views that have a predicate of their own.
grant select on current_month to turnout_app;
grant select on operator_overview to turnout_support;
grant select on late_months to turnout_refresher;
grant execute on function
  limit_on(integer, limit_metric, section, date), microseconds(interval),
  comes_after(boolean, bigint, text, text, bigint, text, text)
  to turnout_support;
grant maintain on company_month, company_overview to turnout_refresher;
grant select, insert, update on month_version to turnout_refresher;

-- Support staff.
grant select, insert, update on company, company_limit, company_password, api_key to turnout_support;
grant delete on company_limit to turnout_support;
grant select, insert, update, delete on billing_rule to turnout_support;
grant select, delete on company_session to turnout_support;
grant select, insert on local_day to turnout_support;
grant select, insert, delete on rollup_generation to turnout_support;
grant insert on company_secret to turnout_support;
grant select, insert, update on activation_link, support_access, sql_login to turnout_support;
grant select, insert, update, delete on staff, staff_session to turnout_support;
grant select, insert on audit, staff_audit to turnout_support;

-- Authentication.
grant select on company, company_password, api_key, support_access, mark, rollup_generation to turnout_auth;
grant select (company_id, first_day, revision, last_day, time_zone, definition) on billing_close to turnout_auth;
grant select (company_id) on closing_mark to turnout_auth;
grant select (company_id, segment_id, removed_at) on segment to turnout_auth;
grant update (company_id) on company to turnout_auth;
grant insert, update (hash, last_used_at, revoked_at) on company_password to turnout_auth;
grant update (last_used_at) on api_key to turnout_auth;
grant select, insert, update (seen_at, password_id), delete on company_session to turnout_auth;
grant select, update (used_at) on activation_link to turnout_auth;
grant select, insert, update, delete on sign_in_throttle, sign_in_bucket, sign_in_throttled to turnout_auth;
grant select (company_id, role_name, expires_at, revoked_at) on sql_login to turnout_auth;
grant select (name) on staff to turnout_auth;
grant select, insert on audit, staff_audit to turnout_auth;
grant select (company_id, look_again_at) on alert_rule to turnout_auth;
grant select (company_id, state, due_at) on alert_delivery to turnout_auth;
grant select (company_id, served_at) on alert_turn to turnout_auth;

grant create on schema turnout to turnout_auth;
alter function company_of_login() owner to turnout_auth;
alter function find_passwords(text, timestamptz) owner to turnout_auth;
alter function open_session(integer, uuid, uuid, bytea, session_kind, timestamptz, timestamptz, inet, text) owner to turnout_auth;
alter function find_session(bytea, session_kind, timestamptz, timestamptz) owner to turnout_auth;
alter function look_at_session(bytea, session_kind, timestamptz, timestamptz) owner to turnout_auth;
alter function list_sessions(timestamptz, timestamptz) owner to turnout_auth;
alter function end_session(uuid) owner to turnout_auth;
alter function end_other_sessions(uuid) owner to turnout_auth;
alter function find_password_of_session(uuid) owner to turnout_auth;
alter function change_password(uuid, uuid, uuid, text, timestamptz) owner to turnout_auth;
alter function rehash_password(integer, uuid, text, text) owner to turnout_auth;
alter function find_link(bytea, timestamptz) owner to turnout_auth;
alter function use_link(bytea, uuid, text, timestamptz) owner to turnout_auth;
alter function seconds_until_room(timestamptz, interval, interval, timestamptz) owner to turnout_auth;
alter function admit_sign_in(bytea, cidr, timestamptz) owner to turnout_auth;
alter function knows_sign_in(bytea, cidr) owner to turnout_auth;
alter function settle_sign_in(bytea, cidr, boolean, timestamptz) owner to turnout_auth;
alter function note_throttled_sign_ins() owner to turnout_auth;
alter function forget_old_sign_ins(timestamptz) owner to turnout_auth;
alter function find_key(bytea, timestamptz, inet) owner to turnout_auth;
alter function find_support_access(bytea, timestamptz) owner to turnout_auth;
alter function generations_to_refresh() owner to turnout_auth;
alter function companies_to_tell(timestamptz, integer) owner to turnout_auth;
alter function billing_calendars(integer) owner to turnout_auth;
revoke create on schema turnout from turnout_auth;
revoke all on function
  find_passwords(text, timestamptz),
  open_session(integer, uuid, uuid, bytea, session_kind, timestamptz, timestamptz, inet, text),
  find_session(bytea, session_kind, timestamptz, timestamptz), look_at_session(bytea, session_kind, timestamptz, timestamptz),
  find_key(bytea, timestamptz, inet),
  find_support_access(bytea, timestamptz),
  list_sessions(timestamptz, timestamptz), end_session(uuid), end_other_sessions(uuid), find_password_of_session(uuid),
  change_password(uuid, uuid, uuid, text, timestamptz), rehash_password(integer, uuid, text, text),
  find_link(bytea, timestamptz), use_link(bytea, uuid, text, timestamptz),
  seconds_until_room(timestamptz, interval, interval, timestamptz), admit_sign_in(bytea, cidr, timestamptz),
  knows_sign_in(bytea, cidr), settle_sign_in(bytea, cidr, boolean, timestamptz), note_throttled_sign_ins(),
  forget_old_sign_ins(timestamptz), generations_to_refresh(),
  companies_to_tell(timestamptz, integer), billing_calendars(integer)
  from public;
grant execute on function
  find_passwords(text, timestamptz),
  open_session(integer, uuid, uuid, bytea, session_kind, timestamptz, timestamptz, inet, text),
  find_session(bytea, session_kind, timestamptz, timestamptz), look_at_session(bytea, session_kind, timestamptz, timestamptz),
  find_key(bytea, timestamptz, inet),
  find_support_access(bytea, timestamptz)
  to turnout_app;
grant execute on function
  list_sessions(timestamptz, timestamptz), end_session(uuid), end_other_sessions(uuid), find_password_of_session(uuid),
  change_password(uuid, uuid, uuid, text, timestamptz), rehash_password(integer, uuid, text, text),
  find_link(bytea, timestamptz), use_link(bytea, uuid, text, timestamptz),
  admit_sign_in(bytea, cidr, timestamptz), knows_sign_in(bytea, cidr), settle_sign_in(bytea, cidr, boolean, timestamptz),
  note_throttled_sign_ins()
  to turnout_app;
grant execute on function generations_to_refresh(), companies_to_tell(timestamptz, integer), billing_calendars(integer)
  to turnout_refresher;
