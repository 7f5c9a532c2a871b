-- Users with what they own. Whole days come from the rollups; at most two cut days at the edges of a period are measured.
-- Of a segment without rollups all of its days are; accounts and files are of none.

-- name: user_stats
with measured as materialized (
  select * from measure(
    %(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[], %(segment)s::jsonb
  )
  where %(cut_days)s::date[] <> '{}'
),
-- Meetings and webinars held, by owner.
held as (
  select h.owner_key, max(h.speakers) as max_speakers, max(h.listeners) as max_listeners, count(distinct h.event_id) as events_held
  from (
    select d.owner_key, d.event_id, d.speakers, d.listeners
    from event_day d
    where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
      and d.day <> all (%(cut_days)s::date[]) and d.owner_key is not null and d.kind in ('MEETING', 'WEBINAR')
      and (%(only)s::text is null or d.owner_key = %(only)s)
    union all
    select m.owner_key, m.event_id, m.speakers, m.listeners
    from measured m
    where m.grain = 'EVENT' and m.owner_key is not null and m.kind in ('MEETING', 'WEBINAR')
  ) h
  group by h.owner_key
),
parallel as (
  select p.owner_key, max(p.events) as max_parallel_events
  from (
    select d.owner_key, d.events
    from owner_day d
    where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
      and d.day <> all (%(cut_days)s::date[])
    union all
    select m.owner_key, m.events from measured m where m.grain = 'OWNER'
  ) p
  group by p.owner_key
),
created as (
  select t.resolved_owner_key as owner_key, count(*) as events_created
  from event t
  where t.company_id = %(company)s and t.created_at >= %(period_start)s and t.created_at < %(period_end)s
    and t.breakout_of is null and t.named_at is not null and t.kind in ('MEETING', 'WEBINAR') and t.resolved_owner_key is not null
    and (%(only)s::text is null or t.resolved_owner_key = %(only)s)
    and (%(segment)s::jsonb is null or event_in_segment(%(company)s, %(segment)s::jsonb, t.event_id, t.room_key))
  group by t.resolved_owner_key
),
planned as (
  select t.resolved_owner_key as owner_key, count(*) as events_planned
  from event t
  where t.company_id = %(company)s and t.starts_at > %(as_of)s and not t.cancelled
    and t.breakout_of is null and t.named_at is not null and t.kind in ('MEETING', 'WEBINAR') and t.resolved_owner_key is not null
    and (%(only)s::text is null or t.resolved_owner_key = %(only)s)
    and (%(segment)s::jsonb is null or event_in_segment(%(company)s, %(segment)s::jsonb, t.event_id, t.room_key))
    and not exists (
      select from event e
      join stay s on s.company_id = %(company)s and s.event_id = e.event_id and s.service is null
      where e.company_id = %(company)s and e.top_id = t.event_id
    )
  group by t.resolved_owner_key
),
disk as (
  select d.owner_key, sum(d.delta_bytes)::bigint as disk_bytes
  from (
    select s.owner_key, s.delta_bytes
    from storage_day s
    where s.company_id = %(company)s and s.generation = %(generation)s and s.day <= %(through_day)s and s.owner_key <> ''
      and (%(only)s::text is null or s.owner_key = %(only)s)
    union all
    select y.owner_key, y.delta_bytes
    from tally(%(company)s, %(as_of)s, %(end_days)s::date[], %(end_starts)s::timestamptz[], %(end_ends)s::timestamptz[]) y
    where %(end_days)s::date[] <> '{}' and y.grain = 'OWNER' and y.owner_key <> ''
  ) d
  where %(segment)s::jsonb is null
  group by d.owner_key
),
registered as (
  select p.key as owner_key
  from registration r
  join person p on p.company_id = %(company)s and p.person_id = r.person_id
  where %(segment)s::jsonb is null and r.company_id = %(company)s and r.registered_at <= least(%(last_instant)s, %(as_of)s)
    and (r.removed_at is null or r.removed_at > least(%(last_instant)s, %(as_of)s))
),
listed as (
  select u.owner_key as user_key, p.name,
    coalesce(h.max_speakers, 0) as max_speakers, coalesce(h.max_listeners, 0) as max_listeners,
    coalesce(l.max_parallel_events, 0) as max_parallel_events, coalesce(c.events_created, 0) as events_created,
    coalesce(h.events_held, 0) as events_held, coalesce(n.events_planned, 0) as events_planned, coalesce(d.disk_bytes, 0) as disk_bytes
  from (
    select owner_key from registered
    union select owner_key from held
    union select owner_key from created
    union select owner_key from planned
    union select owner_key from disk where disk_bytes > 0
  ) u
  left join held h on h.owner_key = u.owner_key
  left join parallel l on l.owner_key = u.owner_key
  left join created c on c.owner_key = u.owner_key
  left join planned n on n.owner_key = u.owner_key
  left join disk d on d.owner_key = u.owner_key
  left join person p on p.company_id = %(company)s and p.namespace = 'USER' and p.key = u.owner_key
),
found as (
  select l.*,
    case %(order_by)s
      when 'MAX_SPEAKERS' then l.max_speakers
      when 'MAX_LISTENERS' then l.max_listeners
      when 'MAX_PARALLEL_EVENTS' then l.max_parallel_events
      when 'EVENTS_CREATED' then l.events_created
      when 'EVENTS_HELD' then l.events_held
      when 'EVENTS_PLANNED' then l.events_planned
      when 'DISK_BYTES' then l.disk_bytes
    end as sort_number,
    case %(order_by)s when 'NAME' then lower(left(l.name, 300) collate pg_c_utf8) when 'USER_ID' then lower(l.user_key collate pg_c_utf8) end as sort_text
  from listed l
  where (%(only)s::text is null or l.user_key = %(only)s)
    and (%(search)s::text is null or strpos(lower(coalesce(l.name, l.user_key) collate pg_c_utf8), lower(%(search)s collate pg_c_utf8)) > 0)
),
line as (
  select f.sort_number, f.sort_text, f.user_key as id,
    f.name,
    f.max_speakers, f.max_listeners, f.max_parallel_events, f.events_created, f.events_held, f.events_planned, f.disk_bytes
  from found f
)
