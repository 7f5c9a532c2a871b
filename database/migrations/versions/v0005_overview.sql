-- What a company has stored and who is registered is the sum of all its days: of months that are over from their materialized row
-- while it is current, so that the overview of all companies does not read every day that any of them ever had.
create or replace view overview_of_days as
select c.company_id, c.generation, t.today, coalesce(v.version, 0) as version,
  coalesce(p.connections, 0) as peak_connections, p.connections_at as peak_connections_at,
  coalesce(p.speakers, 0) as peak_speakers, p.speakers_at as peak_speakers_at,
  coalesce(p.events, 0) as peak_events, p.events_at as peak_events_at,
  coalesce(v.storage_bytes, 0) as storage_bytes, coalesce(v.registered_users, 0) as registered_users, l.last_active_day
from company c
cross join lateral (select (now() at time zone c.time_zone)::date as today) t
left join lateral (
  select sum(w.version)::bigint as version, sum(coalesce(m.stored_delta_bytes, d.bytes))::bigint as storage_bytes,
    sum(coalesce(m.registered_delta, d.users))::bigint as registered_users
  from month_version w
  left join company_month m
    on m.company_id = c.company_id and m.generation = c.generation and m.month = w.month and m.section = 'TOTAL' and m.version = w.version
    and m.month < date_trunc('month', t.today)::date
  left join lateral (
    select sum(e.stored_delta_bytes)::bigint as bytes, sum(e.registered_delta)::bigint as users
    from company_day e
    where m.company_id is null and e.company_id = c.company_id and e.generation = c.generation
      and e.day >= w.month and e.day < w.month + interval '1 month' and e.day <= t.today
  ) d on true
  where w.company_id = c.company_id and w.generation = c.generation
) v on true
left join lateral (
  select max(r.connections) as connections, (array_agg(r.connections_at order by r.connections desc, r.day))[1] as connections_at,
    max(r.speakers) as speakers, (array_agg(r.speakers_at order by r.speakers desc, r.day))[1] as speakers_at,
    max(r.events) as events, (array_agg(r.events_at order by r.events desc, r.day))[1] as events_at
  from section_day r
  where r.company_id = c.company_id and r.generation = c.generation and r.day between t.today - 29 and t.today and r.section = 'TOTAL'
) p on true
left join lateral (
  select max(r.day) as last_active_day
  from section_day r
  where r.company_id = c.company_id and r.generation = c.generation and r.section = 'TOTAL'
) l on true;
