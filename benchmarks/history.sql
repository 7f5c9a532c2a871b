-- History made in the database, since what it takes to come in is not what is measured here.

-- name: add_companies
insert into company (slug, name, time_zone, created_at)
select 'company-' || n, 'Company ' || n, 'UTC', now()
from generate_series(1, %(companies)s) n

-- name: add_rollups
insert into rollup_generation (company_id, generation, time_zone, rolled_through, begun_at)
select company_id, 1, 'UTC', (now() at time zone 'UTC')::date, now()
from company

-- name: add_events
insert into event (company_id, key, said_kind, template, named_at, active_at, tree_active_at)
select c.company_id, d.day || '/' || n, (array['MEETING', 'MEETING', 'WEBINAR', 'CALL'])[1 + n %% 4]::event_kind,
  (array['MEETING', 'SELECTOR', 'WEBINAR', 'PERSONAL_CALL'])[1 + n %% 4], d.day, d.day + interval '20 hours', d.day + interval '20 hours'
from company c
cross join generate_series(%(first_day)s::timestamptz, %(last_day)s::timestamptz, interval '1 day') d (day)
cross join generate_series(1, %(events)s) n

-- name: add_connections
insert into connection (company_id, event_id, key)
select e.company_id, e.event_id, 'c' || n
from event e
cross join generate_series(1, %(stays)s) n

-- name: add_persons
insert into person (company_id, namespace, key)
select c.company_id, 'USER', 'u' || n
from company c
cross join generate_series(1, 400) n

-- name: add_stays
insert into stay (company_id, connection_id, ordinal, event_id, joined_at, left_at, ended_by, role, user_id)
select k.company_id, k.connection_id, 1, k.event_id, j.at, j.at + j.length, 'LEFT',
  case when k.connection_id %% 5 = 0 then 'SPEAKER' else 'PARTICIPANT' end::stay_role, p.person_id
from connection k
join event e on e.company_id = k.company_id and e.event_id = k.event_id
cross join lateral (
  select e.named_at + interval '8 hours' + mod(k.event_id * 7919 + k.connection_id * 104729, 36000) * interval '1 second' as at,
    (60 + mod(k.connection_id * 15485863, 5400)) * interval '1 second' as length
) j
join person p on p.company_id = k.company_id and p.key = 'u' || (1 + mod(k.connection_id, 400))

-- name: create_view
-- The plain alternative: connections and their peak by day and kind, straight over the facts.
create materialized view peaks_over_facts as
with step as (
  select s.company_id, (x.at at time zone 'UTC')::date as day, t.kind, x.at, x.by
  from stay s
  join event e on e.company_id = s.company_id and e.event_id = s.event_id
  join event t on t.company_id = e.company_id and t.event_id = e.top_id
  cross join lateral (values (s.joined_at, 1), (s.left_at, -1)) x (at, by)
),
level as (
  select company_id, day, kind, sum(by) over (partition by company_id, day, kind order by at) as connections
  from step
)
select company_id, day, kind, max(connections) as connections
from level
group by company_id, day, kind

-- name: refresh_view
refresh materialized view peaks_over_facts

-- name: drop_view
drop materialized view if exists peaks_over_facts

-- name: touched_days
select company_id, day
from (select company_id from company order by company_id limit 10) c
cross join generate_series(%(last_day)s::date - 4, %(last_day)s::date, interval '1 day') d (day)
