-- Every company at a glance, from materialized rows where they are current. Limits are those that hold today.

-- name: overview
with listed as (
  select c.slug, c.name, c.suspended_at,
    o.peak_connections, o.peak_connections_at, limit_on(o.company_id, 'CONNECTIONS', 'TOTAL', o.today) as connections_limit,
    o.peak_speakers, o.peak_speakers_at, limit_on(o.company_id, 'SPEAKERS', 'TOTAL', o.today) as speakers_limit,
    o.peak_events, o.peak_events_at, limit_on(o.company_id, 'EVENTS', 'TOTAL', o.today) as events_limit,
    o.storage_bytes, limit_on(o.company_id, 'STORAGE_BYTES', 'TOTAL', o.today) as storage_limit,
    o.registered_users, limit_on(o.company_id, 'USERS', 'TOTAL', o.today) as users_limit,
    o.last_active_day
  from operator_overview o
  join company c on c.company_id = o.company_id
  where %(search)s::text is null
    or strpos(lower(c.name collate pg_c_utf8), lower(%(search)s collate pg_c_utf8)) > 0 or strpos(c.slug, lower(%(search)s collate pg_c_utf8)) > 0
),
line as (
  -- Shares are ordered by in parts of a billion.
  select
    case %(order_by)s
      when 'PEAK_CONNECTIONS' then l.peak_connections
      when 'CONNECTIONS_SHARE' then (1e9 * l.peak_connections / nullif(l.connections_limit, 0))::bigint
      when 'PEAK_SPEAKERS' then l.peak_speakers
      when 'SPEAKERS_SHARE' then (1e9 * l.peak_speakers / nullif(l.speakers_limit, 0))::bigint
      when 'PEAK_EVENTS' then l.peak_events
      when 'EVENTS_SHARE' then (1e9 * l.peak_events / nullif(l.events_limit, 0))::bigint
      when 'STORAGE_BYTES' then l.storage_bytes
      when 'STORAGE_SHARE' then (1e9 * l.storage_bytes / nullif(l.storage_limit, 0))::bigint
      when 'REGISTERED_USERS' then l.registered_users
      when 'USERS_SHARE' then (1e9 * l.registered_users / nullif(l.users_limit, 0))::bigint
      when 'LAST_ACTIVE_DAY' then l.last_active_day - date '2000-01-01'
      when 'SUSPENDED_AT' then microseconds(l.suspended_at - timestamptz '2000-01-01 00:00Z')
    end::bigint as sort_number,
    case %(order_by)s when 'SLUG' then l.slug when 'NAME' then lower(left(l.name, 300) collate pg_c_utf8) end as sort_text,
    l.slug as id, l.name, l.suspended_at,
    l.peak_connections, l.peak_connections_at, l.connections_limit, l.peak_speakers, l.peak_speakers_at, l.speakers_limit,
    l.peak_events, l.peak_events_at, l.events_limit, l.storage_bytes, l.storage_limit, l.registered_users, l.users_limit,
    l.last_active_day
  from listed l
)
