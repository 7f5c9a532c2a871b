-- Rollups made in the database, since what it takes to compute them is not what is measured here.

-- name: add_companies
insert into company (slug, name, time_zone, created_at)
select 'company-' || n, 'Company ' || n, 'UTC', now()
from generate_series(1, %(companies)s) n

-- name: add_generations
insert into rollup_generation (company_id, generation, time_zone, rolled_through, begun_at, seeded_at)
select company_id, 1, 'UTC', %(last_day)s, now(), now() from company

-- name: add_days
insert into company_day (
  company_id, generation, day, revision, computed_at, valid_until, starts_at, ends_at, events_created, messages, registered_delta,
  stored_delta_bytes
)
select c.company_id, 1, d::date, 1, d, 'infinity', d, d + interval '1 day', 9, 40, 1, 1000000
from company c
cross join generate_series(%(first_day)s::timestamptz, %(last_day)s::timestamptz, interval '1 day') d

-- name: add_sections
insert into section_day (
  company_id, generation, day, section, connections, connections_at, speakers, speakers_at, listeners, listeners_at, events, events_at,
  events_held, unique_participants, closed_us, open_stays, open_offset_us, starts_at, ends_at
)
select d.company_id, 1, d.day, s.section, 50 + abs(hashint4(d.company_id * 4000 + extract(doy from d.day)::integer)) %% 50, d.starts_at,
  40, d.starts_at, 10, d.starts_at, 8, d.starts_at, 8, 60, 9000000000, 0, 0, d.starts_at, d.ends_at
from company_day d
cross join unnest(enum_range(null::section)) as s (section)

-- name: add_months
insert into month_version (company_id, generation, month, version)
select distinct company_id, 1, date_trunc('month', day)::date, 1 from company_day

-- name: touch_months
update month_version set version = version + 1
