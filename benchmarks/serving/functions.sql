-- What PostGraphile serves: functions over the rollups, with the statements of the product inside, run by whoever calls.

-- name: begin
drop schema if exists rival cascade;
create schema rival;
grant usage on schema rival to turnout_app;
alter default privileges in schema rival grant execute on functions to turnout_app

-- name: daily_peaks
create function rival.daily_peaks(first_day date, last_day date) returns table (
  day date, section text, connections integer, connections_at timestamptz, connections_limit integer,
  speakers integer, speakers_at timestamptz, speakers_limit integer, listeners integer, listeners_at timestamptz,
  events integer, events_at timestamptz, events_limit integer, events_held integer, participation_us bigint, unique_participants integer
)
language sql stable rows 120
as {body}

-- name: summary_sections
create function rival.summary_sections(first_day date, last_day date) returns table (
  section text, connections integer, connections_at timestamptz, connections_limit integer,
  speakers integer, speakers_at timestamptz, speakers_limit integer, listeners integer, listeners_at timestamptz, listeners_limit integer,
  events integer, events_at timestamptz, events_limit integer, sum_connections bigint, sum_speakers bigint, sum_events bigint,
  events_held bigint, participation_us bigint, unique_participants bigint
)
language sql stable rows 4
as {body}

-- name: summary_templates
create function rival.summary_templates(first_day date, last_day date) returns table (
  kind text, template text, events_held bigint, personal_calls bigint, group_calls bigint
)
language sql stable rows 5
as {body}

-- name: user_stats
create function rival.user_stats(first_day date, last_day date) returns table (
  total bigint, before bigint, sort_number bigint, sort_text text, user_id text, name text,
  max_speakers integer, max_listeners integer, max_parallel_events integer, events_created bigint, events_held bigint,
  events_planned bigint, disk_bytes bigint, tie text, follows boolean, place bigint
)
language sql stable rows 20
as {body}

-- name: summary_counts
-- Plainly: Turnout's own also says what exists at the end of the period.
create function rival.summary_counts(first_day date, last_day date) returns table (
  events_created bigint, events_not_held bigint, messages bigint, uploaded_bytes bigint, new_users bigint
)
language sql stable rows 1
as $$
  select sum(d.events_created), sum(d.events_not_held), sum(d.messages), sum(d.uploaded_bytes)::bigint, sum(d.new_users)
  from company_day d
  where d.company_id = current_company() and d.generation = 1 and d.day between first_day and last_day
$$
