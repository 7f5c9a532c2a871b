-- The company of a login for BI, and nobody's when the login has ended or the company is suspended: asked anew by every statement.
create or replace function company_of_login() returns integer
language sql stable parallel safe security definer set search_path = turnout, pg_temp
begin atomic
  select l.company_id
  from sql_login l
  join company c on c.company_id = l.company_id
  where l.role_name = session_user and l.revoked_at is null and c.suspended_at is null
    and (l.expires_at is null or l.expires_at > statement_timestamp());
end;

-- Whose rows a session may see. The one function that every policy calls.
-- session_user decides whether the setting counts: a login for one company's BI may set what it likes.
create or replace function current_company() returns integer
language sql stable parallel safe
return case
  when session_user in ('turnout_app', 'turnout_refresher', 'turnout_support')
  then nullif(current_setting('app.company', true), '')::integer
  else company_of_login()
end;

-- The one user whose own things a session may see; null when it may see all of the company. Whoever sets it sees less.
create or replace function current_user_key() returns text
language sql stable parallel safe
return nullif(current_setting('app.user_key', true), '');

-- Whole microseconds of an interval that has no months.
create or replace function microseconds(length interval) returns bigint
language sql immutable strict parallel safe
return round(date_part('epoch', length) * 1e6)::bigint;

-- A level and how early it was reached, in one number whose maximum is the highest level and, of equal ones, the earliest:
-- 38 bits hold the microseconds of a day of up to 76 hours, 25 bits the level.
create or replace function peak_key(level bigint, since_start bigint) returns bigint
language sql immutable strict parallel safe
return (level << 38) | ((1::bigint << 38) - 1 - since_start);

create or replace function peak_level(key bigint) returns integer
language sql immutable parallel safe
return coalesce((key >> 38)::integer, 0);

create or replace function peak_at(key bigint, starts_at timestamptz) returns timestamptz
language sql immutable parallel safe
return case
  when key >> 38 > 0 then starts_at + ((1::bigint << 38) - 1 - (key & ((1::bigint << 38) - 1))) * interval '1 microsecond'
end;

-- Whether a row of a list comes after another in the list's order: by a number or a text, those without one last in either
-- direction, then by id, which is null in at most one row, the last of its equals.
create or replace function comes_after(
  descending boolean, number bigint, label text, id text, last_number bigint, last_label text, last_id text
) returns boolean
language sql immutable parallel safe
return case
  when (number is null and label is null) <> (last_number is null and last_label is null) then number is null and label is null
  when number is distinct from last_number then (number < last_number) = descending
  when label is distinct from last_label then (label < last_label) = descending
  else id is distinct from last_id and last_id is not null and (id is null or id > last_id)
end;

-- The contracted limit that holds on a day; null without one. Of overlapping limits the latest start rules.
create or replace function limit_on(of_company integer, of_metric limit_metric, of_section section, on_day date)
returns double precision
language sql stable parallel safe
return (
  select l.value
  from company_limit l
  where l.company_id = of_company and l.metric = of_metric and l.section = of_section
    and (l.valid_from is null or l.valid_from <= on_day) and (l.valid_to is null or l.valid_to >= on_day)
  order by l.valid_from desc nulls last, l.limit_id desc
  limit 1
);

-- The local days of a company that instants from one through another fall on, in the days of each of its generations of rollups.
create or replace function days_between(of_company integer, first_at timestamptz, last_at timestamptz)
returns table (generation integer, day date)
language sql stable parallel safe
begin atomic
  select g.generation, l.day
  from rollup_generation g
  join local_day l on l.time_zone = g.time_zone
  where g.company_id = of_company
    and l.day between (first_at at time zone 'UTC')::date - 1 and (last_at at time zone 'UTC')::date + 1
    and l.starts_at <= last_at and l.ends_at > first_at
  -- Keeps this a look-up where it becomes part of a statement: flattened into a join it would read the whole calendar of a zone.
  offset 0;
end;
