-- What the SQL logins of companies see: a closed list of views, and nothing else of the database. The views belong to
-- turnout_bi_owner, which row security holds like anybody else, and which may read only the columns that they name; a login
-- may read the views and no table. Their columns are a contract: more may be added behind the others, none is taken away.
--
-- A view cannot wait for a refresh: bi.freshness says which days are not up to date. What lasts is worth what it has come to
-- at the instant of the statement. The functions of a view run as whoever asks, so that they are those of Postgres alone.

create or replace view bi.event_stat with (security_barrier) as
with held as (
  select d.company_id, d.event_id, count(*) as days, max(d.connections) as connections, max(d.speakers) as speakers,
    max(d.listeners) as listeners, max(d.unique_participants) as unique_participants,
    min(d.first_joined_at) as started_at, bool_or(d.live) as live, max(d.last_left_at) as last_left_at,
    sum(
      d.closed_us + greatest(
        d.open_stays * (extract(epoch from least(statement_timestamp(), h.ends_at) - h.starts_at) * 1000000)::bigint - d.open_offset_us, 0
      )
    )::bigint as participation_us,
    sum(
      d.occupied_us + case
        when d.open_stays > 0
        then greatest((extract(epoch from least(statement_timestamp(), h.ends_at) - d.occupied_until) * 1000000)::bigint, 0)
        else 0
      end
    )::bigint as duration_us
  from turnout.company c
  join turnout.event_day d on d.company_id = c.company_id and d.generation = c.generation
  join turnout.company_day h on h.company_id = c.company_id and h.generation = c.generation and h.day = d.day
  group by d.company_id, d.event_id
),
recorded as (
  select e.company_id, e.top_id as event_id, count(*) as recordings
  from turnout.stored s
  join turnout.event e on e.company_id = s.company_id and e.event_id = s.event_id
  where s.kind = 'RECORDING'
  group by e.company_id, e.top_id
)
select t.key as event_id, t.kind::text as kind, t.template,
  case
    when h.live then 'LIVE'
    when h.event_id is not null then 'HELD'
    when t.cancelled then 'CANCELLED'
    when t.starts_at > statement_timestamp() then 'PLANNED'
    else 'NOT_HELD'
  end as status,
  t.title, t.room_key as room_id, coalesce(r.name, t.room_key) as room, t.resolved_owner_key as owner_id, p.name as owner_name,
  t.created_at, t.starts_at, t.ends_at, h.started_at, case when not h.live then h.last_left_at end as ended_at,
  coalesce(h.duration_us, 0) / 60000000::double precision as duration_minutes,
  coalesce(h.connections, 0) as peak_connections, coalesce(h.speakers, 0) as peak_speakers,
  case when t.kind = 'WEBINAR' then coalesce(h.listeners, 0) end as peak_listeners,
  coalesce(case when h.days > 1 then x.people else h.unique_participants end, 0)::integer as unique_participants,
  coalesce(h.participation_us, 0) / 60000000::double precision as participation_minutes,
  coalesce(n.recordings, 0)::integer as recordings
from turnout.event t
left join held h on h.company_id = t.company_id and h.event_id = t.event_id
left join recorded n on n.company_id = t.company_id and n.event_id = t.event_id
left join turnout.room r on r.company_id = t.company_id and r.key = t.room_key collate "C"
left join turnout.person p on p.company_id = t.company_id and p.namespace = 'USER' and p.key = t.resolved_owner_key
-- People of an event held on several days are counted over all of them, from its own stays.
left join lateral (
  select count(distinct s.person_id) as people
  from turnout.event e
  join turnout.stay s on s.company_id = e.company_id and s.event_id = e.event_id and s.service is null
  where e.company_id = t.company_id and e.top_id = t.event_id
) x on h.days > 1
where t.breakout_of is null and t.named_at is not null;

create or replace view bi.event_day with (security_barrier) as
select d.day, t.key as event_id, d.kind::text as kind, d.template, d.owner_key as owner_id,
  d.connections as peak_connections, d.speakers as peak_speakers,
  case when d.kind = 'WEBINAR' then d.listeners end as peak_listeners, d.unique_participants,
  (
    d.closed_us + greatest(
      d.open_stays * (extract(epoch from least(statement_timestamp(), h.ends_at) - h.starts_at) * 1000000)::bigint - d.open_offset_us, 0
    )
  ) / 60000000::double precision as participation_minutes,
  (
    d.occupied_us + case
      when d.open_stays > 0
      then greatest((extract(epoch from least(statement_timestamp(), h.ends_at) - d.occupied_until) * 1000000)::bigint, 0)
      else 0
    end
  ) / 60000000::double precision as duration_minutes
from turnout.company c
join turnout.event_day d on d.company_id = c.company_id and d.generation = c.generation
join turnout.company_day h on h.company_id = c.company_id and h.generation = c.generation and h.day = d.day
join turnout.event t on t.company_id = c.company_id and t.event_id = d.event_id;

create or replace view bi.user_stat with (security_barrier) as
with held as (
  select d.owner_key, max(d.speakers) as max_speakers, max(d.listeners) as max_listeners, count(distinct d.event_id) as events_held
  from turnout.company c
  join turnout.event_day d on d.company_id = c.company_id and d.generation = c.generation
  where d.owner_key is not null and d.kind in ('MEETING', 'WEBINAR')
  group by d.owner_key
),
parallel as (
  select d.owner_key, max(d.events) as max_parallel_events
  from turnout.company c
  join turnout.owner_day d on d.company_id = c.company_id and d.generation = c.generation
  group by d.owner_key
),
owned as (
  select t.resolved_owner_key as owner_key, count(*) as events_created,
    count(*) filter (
      where t.starts_at > statement_timestamp() and not t.cancelled
        and not exists (
          select from turnout.event e
          join turnout.stay s on s.company_id = e.company_id and s.event_id = e.event_id and s.service is null
          where e.company_id = t.company_id and e.top_id = t.event_id
        )
    ) as events_planned
  from turnout.event t
  where t.breakout_of is null and t.named_at is not null and t.kind in ('MEETING', 'WEBINAR') and t.resolved_owner_key is not null
  group by t.resolved_owner_key
),
disk as (
  select d.owner_key, sum(d.delta_bytes)::bigint as disk_bytes
  from turnout.company c
  join turnout.storage_day d on d.company_id = c.company_id and d.generation = c.generation
  where d.owner_key <> ''
  group by d.owner_key
),
registered as (
  select p.key as owner_key
  from turnout.registration r
  join turnout.person p on p.company_id = r.company_id and p.person_id = r.person_id
  where r.registered_at <= statement_timestamp() and (r.removed_at is null or r.removed_at > statement_timestamp())
)
select u.owner_key as user_id, p.name, g.owner_key is not null as registered,
  coalesce(h.max_speakers, 0) as max_speakers, coalesce(h.max_listeners, 0) as max_listeners,
  coalesce(l.max_parallel_events, 0) as max_parallel_events,
  coalesce(o.events_created, 0)::integer as events_created, coalesce(h.events_held, 0)::integer as events_held,
  coalesce(o.events_planned, 0)::integer as events_planned, coalesce(d.disk_bytes, 0) as disk_bytes
from (
  select owner_key from registered
  union select owner_key from held
  union select owner_key from owned
  union select owner_key from disk where disk_bytes > 0
) u
left join registered g on g.owner_key = u.owner_key
left join held h on h.owner_key = u.owner_key
left join parallel l on l.owner_key = u.owner_key
left join owned o on o.owner_key = u.owner_key
left join disk d on d.owner_key = u.owner_key
left join turnout.person p on p.namespace = 'USER' and p.key = u.owner_key;

create or replace view bi.disk_usage with (security_barrier) as
select nullif(s.owner_key, '') as user_id, p.name, sum(s.delta_bytes)::bigint as used_bytes,
  sum(s.uploaded_bytes)::bigint as uploaded_bytes, sum(s.delta_files)::bigint as files
from turnout.company c
join turnout.storage_day s on s.company_id = c.company_id and s.generation = c.generation
left join turnout.person p on p.company_id = c.company_id and p.namespace = 'USER' and p.key = s.owner_key
group by s.owner_key, p.name
having sum(s.delta_bytes) > 0 or sum(s.uploaded_bytes) > 0 or sum(s.delta_files) > 0;

create or replace view bi.client_stat with (security_barrier) as
select d.day, d.device::text as device, d.client, nullif(d.os, '') as os,
  sum(d.sign_ins)::bigint as sign_ins, count(distinct d.person_id) as users
from turnout.company c
join turnout.sign_in_day d on d.company_id = c.company_id and d.generation = c.generation
group by d.day, d.device, d.client, d.os;

create or replace view bi.company_limit with (security_barrier) as
select l.metric::text as metric, l.section::text as section, l.value, l.valid_from, l.valid_to
from turnout.company_limit l;

create or replace view bi.pending_day with (security_barrier) as
select d.day, min(d.since) as since
from turnout.company c
cross join lateral (
  select k.day, k.made_at as since
  from turnout.mark k
  where k.company_id = c.company_id and k.generation = c.generation
  union all
  select h.day, h.valid_until
  from turnout.company_day h
  where h.company_id = c.company_id and h.generation = c.generation and h.valid_until <= statement_timestamp()
  union all
  select l.day, l.starts_at
  from turnout.rollup_generation g
  join turnout.local_day l on l.time_zone = c.time_zone and l.day > g.rolled_through and l.starts_at <= statement_timestamp()
  where g.company_id = c.company_id and g.generation = c.generation
    and not exists (
      select from turnout.company_day h
      where h.company_id = c.company_id and h.generation = c.generation and h.day = l.day and h.computed_at >= l.starts_at
    )
) d
group by d.day;

create or replace view bi.freshness with (security_barrier) as
select c.slug as company, c.time_zone, statement_timestamp() as as_of, t.today,
  p.pending_days::integer as pending_days, p.pending_since, p.first_pending_day, p.last_pending_day
from turnout.company c
left join lateral (
  select l.day as today
  from turnout.local_day l
  where l.time_zone = c.time_zone and l.starts_at <= statement_timestamp() and l.ends_at > statement_timestamp()
    and l.day between (statement_timestamp() at time zone 'UTC')::date - 2 and (statement_timestamp() at time zone 'UTC')::date + 2
) t on true
cross join (
  select count(*) as pending_days, min(d.since) as pending_since, min(d.day) as first_pending_day, max(d.day) as last_pending_day
  from bi.pending_day d
) p;
