-- Every company at a glance, from materialized rows where they are current. Shares are of the limits that hold today.

-- name: overview
select c.slug, o.peak_connections, o.peak_connections_at, o.peak_connections / nullif(l.connections, 0),
  o.peak_speakers, o.peak_events, o.storage_bytes, o.storage_bytes / nullif(l.storage_bytes, 0),
  o.registered_users, o.registered_users / nullif(l.users, 0), o.last_active_day
from operator_overview o
join company c on c.company_id = o.company_id
cross join lateral (
  select limit_on(o.company_id, 'CONNECTIONS', 'TOTAL', o.today) as connections,
    limit_on(o.company_id, 'STORAGE_BYTES', 'TOTAL', o.today) as storage_bytes,
    limit_on(o.company_id, 'USERS', 'TOTAL', o.today) as users
) l
order by c.slug
