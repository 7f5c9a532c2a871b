-- The wall inside a company: what the application sees while one user is set, which is what is that user's own. Runs after the
-- wall. Only the application ever has a user set: measuring and refreshing see the whole company, by roles of their own.

-- What is whose. Two of these look past the user's wall, which asks them what it lets through: they belong to turnout_auth,
-- give ids alone, and are held by the company's wall as everybody is. For the planner each costs what a constant does: a policy
-- that seemed to cost as much as it does for one user would change the plans of those who have none set.

-- The events of a user, and the breakouts below them, whoever owns those.
create or replace function own_events(of_user text) returns setof bigint
language sql stable parallel safe security definer cost 1 rows 10 set search_path = turnout, pg_temp
begin atomic
  select e.event_id
  from event t
  join event e on e.company_id = t.company_id and e.top_id = t.event_id
  where t.company_id = (select current_company()) and t.resolved_owner_key = of_user and t.breakout_of is null;
end;

-- Files and recordings as tally() gives them to users: to the owner they name, else to whose event was recorded.
create or replace function own_stored(of_user text) returns setof bigint
language sql stable parallel safe security definer cost 1 rows 10 set search_path = turnout, pg_temp
begin atomic
  select s.stored_id
  from stored s
  where s.company_id = (select current_company()) and s.owner_key = of_user
  union all
  select s.stored_id
  from event t
  join event e on e.company_id = t.company_id and e.top_id = t.event_id
  join stored s on s.company_id = e.company_id and s.event_id = e.event_id and s.owner_key is null
  where t.company_id = (select current_company()) and t.resolved_owner_key = of_user and t.breakout_of is null;
end;

-- The rooms that a user's events are in, whoever owns those: an event shows its room's name.
create or replace function own_rooms(of_user text) returns setof text
language sql stable parallel safe cost 1 rows 10
begin atomic
  select t.room_key
  from event t
  where t.company_id = (select current_company()) and t.resolved_owner_key = of_user and t.breakout_of is null
    and t.room_key is not null;
end;

-- The user among the people.
create or replace function own_person(of_user text) returns setof bigint
language sql stable parallel safe cost 1 rows 1
begin atomic
  select p.person_id
  from person p
  where p.company_id = (select current_company()) and p.namespace = 'USER' and p.key = of_user;
end;

-- Every table with a company_id shows nothing to one user, unless it is listed here with what is the user's own in it. Those
-- with `true` hold nothing of any person, and no question could be asked without them:
--   company            the zone, and after how long a silent stay ends
--   company_secret     what seals cursors; it is never shown to anybody
--   rollup_generation, mark, company_day
--                      which days are up to date, and when they begin and end. The company's own figures of a day are in
--                      company_day too: questions that add those up are not on the list of what one user may ask.
-- Of other people there is what happened in the user's own events: their stays, which make up its figures.
--
-- The comparison with 0 is always true while no user is set, and the planner takes nearly all rows to pass `<>`. Of `… is null
-- or …` it would expect one row in 200, and join all that follows row by row.
do $$
declare
  rule record;
begin
  for rule in
    select c.relname as table_name, o.own
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
    left join (
      values
        ('company', 'true'),
        ('company_secret', 'true'),
        ('rollup_generation', 'true'),
        ('mark', 'true'),
        ('company_day', 'true'),
        ('event', 'event_id in (select own_events(current_user_key()))'),
        ('event_day', 'event_id in (select own_events(current_user_key()))'),
        ('stay', 'event_id in (select own_events(current_user_key()))'),
        ('owner_day', 'owner_key = (select current_user_key())'),
        ('storage_day', 'owner_key = (select current_user_key())'),
        ('room', 'key in (select own_rooms(current_user_key()))'),
        ('stored', 'stored_id in (select own_stored(current_user_key())) or event_id in (select own_events(current_user_key()))'),
        ('recording_run', 'stored_id in (select own_stored(current_user_key())) or event_id in (select own_events(current_user_key()))'),
        ('stored_version', 'stored_id in (select own_stored(current_user_key()))'),
        ('stored_signal', 'stored_id in (select own_stored(current_user_key()))'),
        ('person', 'namespace = ''USER'' and key = (select current_user_key())'),
        ('person_day', 'person_id in (select own_person(current_user_key()))'),
        ('registration', 'person_id in (select own_person(current_user_key()))'),
        ('user_signal', 'person_id in (select own_person(current_user_key()))'),
        ('sign_in', 'person_id in (select own_person(current_user_key()))'),
        ('sign_in_day', 'person_id in (select own_person(current_user_key()))')
    ) as o (table_name, own) on o.table_name = c.relname
    where c.relnamespace = 'turnout'::regnamespace and c.relkind in ('r', 'p')
    order by c.relname
  loop
    execute format('drop policy if exists one_user on %I', rule.table_name);
    if rule.own is null then
      execute format(
        'create policy one_user on %I as restrictive to turnout_app using ((select current_user_key()) is null)', rule.table_name
      );
    elsif rule.own <> 'true' then
      execute format(
        'create policy one_user on %I as restrictive to turnout_app using (case when (select current_user_key()) is null or %s then 1 else 0 end <> 0)',
        rule.table_name, rule.own
      );
    end if;
  end loop;
end
$$;

grant select (company_id, event_id, top_id, breakout_of, resolved_owner_key) on event to turnout_auth;
grant select (company_id, stored_id, event_id, owner_key) on stored to turnout_auth;
grant select, insert, delete on embed_token to turnout_auth;
grant create on schema turnout to turnout_auth;
alter function own_events(text) owner to turnout_auth;
alter function own_stored(text) owner to turnout_auth;
alter function open_embed_token(integer, uuid, uuid, bytea, text, text[], timestamptz, timestamptz) owner to turnout_auth;
alter function find_embed_token(bytea, timestamptz) owner to turnout_auth;
revoke create on schema turnout from turnout_auth;
revoke all on function
  own_events(text), own_stored(text), own_rooms(text), own_person(text),
  open_embed_token(integer, uuid, uuid, bytea, text, text[], timestamptz, timestamptz), find_embed_token(bytea, timestamptz)
  from public;
grant execute on function
  own_events(text), own_stored(text), own_rooms(text), own_person(text),
  open_embed_token(integer, uuid, uuid, bytea, text, text[], timestamptz, timestamptz), find_embed_token(bytea, timestamptz)
  to turnout_app;
