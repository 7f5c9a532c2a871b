-- Which months have changed: bumped by every refresh of one of their days, so that a materialized row knows whether it is current.
create table month_version (
  company_id integer not null,
  generation integer not null,
  month date not null,
  version bigint not null,
  primary key (company_id, generation, month),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);

-- The days of each month and section in one row. A row is used only while its version is that of month_version, and only for
-- months that are over, so that what was open counts to the end of its day.
create materialized view company_month as
select d.company_id, d.generation, d.month, s.section, v.version,
  x.connections, x.connections_at, x.connections_day, x.speakers, x.speakers_at, x.speakers_day,
  x.listeners, x.listeners_at, x.listeners_day, x.events, x.events_at, x.events_day,
  x.sum_connections, x.sum_speakers, x.sum_events, x.participation_us,
  d.events_created, d.events_not_held, d.messages, d.uploaded_bytes, d.new_users, d.registered_delta, d.stored_delta_bytes
from (
  select c.company_id, c.generation, date_trunc('month', c.day)::date as month,
    sum(c.events_created) as events_created, sum(c.events_not_held) as events_not_held, sum(c.messages) as messages,
    sum(c.uploaded_bytes)::bigint as uploaded_bytes, sum(c.new_users) as new_users,
    sum(c.registered_delta) as registered_delta, sum(c.stored_delta_bytes)::bigint as stored_delta_bytes
  from company_day c
  group by c.company_id, c.generation, date_trunc('month', c.day)
) d
join month_version v on v.company_id = d.company_id and v.generation = d.generation and v.month = d.month
cross join unnest(enum_range(null::section)) as s (section)
left join (
  select r.company_id, r.generation, date_trunc('month', r.day)::date as month, r.section,
    max(r.connections) as connections, (array_agg(r.connections_at order by r.connections desc, r.day))[1] as connections_at,
    (array_agg(r.day order by r.connections desc, r.day))[1] as connections_day,
    max(r.speakers) as speakers, (array_agg(r.speakers_at order by r.speakers desc, r.day))[1] as speakers_at,
    (array_agg(r.day order by r.speakers desc, r.day))[1] as speakers_day,
    max(r.listeners) as listeners, (array_agg(r.listeners_at order by r.listeners desc, r.day))[1] as listeners_at,
    (array_agg(r.day order by r.listeners desc, r.day))[1] as listeners_day,
    max(r.events) as events, (array_agg(r.events_at order by r.events desc, r.day))[1] as events_at,
    (array_agg(r.day order by r.events desc, r.day))[1] as events_day,
    sum(r.connections) as sum_connections, sum(r.speakers) as sum_speakers, sum(r.events) as sum_events,
    sum(
      r.closed_us + greatest(r.open_stays * (extract(epoch from r.ends_at - r.starts_at) * 1000000)::bigint - r.open_offset_us, 0)
    )::bigint as participation_us
  from section_day r
  group by r.company_id, r.generation, date_trunc('month', r.day), r.section
) x on x.company_id = d.company_id and x.generation = d.generation and x.month = d.month and x.section = s.section;
-- squawk-ignore require-concurrent-index-creation
create unique index company_month_key on company_month (company_id, generation, month, section);

-- What an operator sees of every company: its last 30 days, what it stores, and when something last happened.
create view overview_of_days as
select c.company_id, c.generation, t.today, coalesce(v.version, 0) as version,
  coalesce(p.connections, 0) as peak_connections, p.connections_at as peak_connections_at,
  coalesce(p.speakers, 0) as peak_speakers, p.speakers_at as peak_speakers_at,
  coalesce(p.events, 0) as peak_events, p.events_at as peak_events_at,
  coalesce(e.storage_bytes, 0) as storage_bytes, coalesce(e.registered_users, 0) as registered_users, l.last_active_day
from company c
cross join lateral (select (now() at time zone c.time_zone)::date as today) t
left join lateral (
  select sum(m.version)::bigint as version
  from month_version m
  where m.company_id = c.company_id and m.generation = c.generation
) v on true
left join lateral (
  select max(r.connections) as connections, (array_agg(r.connections_at order by r.connections desc, r.day))[1] as connections_at,
    max(r.speakers) as speakers, (array_agg(r.speakers_at order by r.speakers desc, r.day))[1] as speakers_at,
    max(r.events) as events, (array_agg(r.events_at order by r.events desc, r.day))[1] as events_at
  from section_day r
  where r.company_id = c.company_id and r.generation = c.generation and r.day between t.today - 29 and t.today and r.section = 'TOTAL'
) p on true
left join lateral (
  select sum(d.stored_delta_bytes)::bigint as storage_bytes, sum(d.registered_delta)::bigint as registered_users
  from company_day d
  where d.company_id = c.company_id and d.generation = c.generation and d.day <= t.today
) e on true
left join lateral (
  select max(r.day) as last_active_day
  from section_day r
  where r.company_id = c.company_id and r.generation = c.generation and r.section = 'TOTAL'
) l on true;

create materialized view company_overview as select * from overview_of_days;
-- squawk-ignore require-concurrent-index-creation
create unique index company_overview_key on company_overview (company_id);
