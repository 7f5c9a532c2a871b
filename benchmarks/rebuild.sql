-- The rival of a rebuild: what it reads, and tables with only their keys for what it writes.

-- name: begin_generation
insert into rollup_generation (company_id, generation, time_zone, rolled_through, begun_at)
select company_id, 2, 'UTC', (%(now)s::timestamptz at time zone 'UTC')::date, %(now)s from company where company_id <= %(companies)s

-- name: add_tables
create schema rival
  create table section_day (
    company_id integer, day integer, kind integer, connections integer, reached_at bigint, us bigint, events integer, people integer,
    primary key (company_id, day, kind)
  )
  create table event_day (
    company_id integer, day integer, event_id bigint, connections integer, us bigint, people integer,
    primary key (company_id, day, event_id)
  )
  create table person_day (company_id integer, day integer, person_id bigint, primary key (company_id, day, person_id))

-- name: stays
select array_agg(s.event_id), array_agg(s.person_id), array_agg(s.joined_at), array_agg(s.left_at)
from stay s
where s.company_id = %(company)s and s.service is null

-- name: kinds
select array_agg(e.event_id order by e.event_id), array_agg(array_position('{MEETING,WEBINAR,CALL}'::event_kind[], e.kind) - 1 order by e.event_id)
from event e
where e.company_id = %(company)s

-- name: rows_written
select (select count(*) from section_day where generation = 2) + (select count(*) from event_day where generation = 2)
  + (select count(*) from person_day where generation = 2) + (select count(*) from hour_day where generation = 2)
  + (select count(*) from level_day where generation = 2) + (select count(*) from owner_day where generation = 2)
  + (select count(*) from device_day where generation = 2) + (select count(*) from billing_day where generation = 2),
  (select count(*) from rival.section_day) + (select count(*) from rival.event_day) + (select count(*) from rival.person_day)
