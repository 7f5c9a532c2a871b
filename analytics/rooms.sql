-- Rooms in which something happened. Whole days come from the rollups; at most two cut days at the edges of a period are measured.

-- name: room_stats
-- Materialized, so that only what happened in these rooms is read further.
with asked as materialized (
  select r.room_id, r.key, r.name, r.owner_key
  from room r
  where r.company_id = %(company)s
    and (%(name)s::text is null or coalesce(r.name, r.key) = %(name)s)
    and (%(prefix)s::text is null or starts_with(coalesce(r.name, r.key), %(prefix)s))
    and (%(search)s::text is null or strpos(lower(coalesce(r.name, r.key) collate pg_c_utf8), lower(%(search)s collate pg_c_utf8)) > 0)
),
part as materialized (
  select p.*
  from (
    select d.room_id, d.event_ids, d.person_ids, d.first_at, d.last_at, d.closed_us, d.open_stays, d.open_offset_us,
      d.recorder_us, d.open_recorders, d.recorder_offset_us, d.streamer_us, d.open_streamers, d.streamer_offset_us,
      h.starts_at, h.ends_at
    from room_day d
    join company_day h on h.company_id = %(company)s and h.generation = %(generation)s and h.day = d.day
    where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
      and d.day <> all (%(cut_days)s::date[])
    union all
    select b.room_id, b.event_ids, b.person_ids, b.first_at, b.last_at, b.closed_us, b.open_stays, b.open_offset_us,
      b.recorder_us, b.open_recorders, b.recorder_offset_us, b.streamer_us, b.open_streamers, b.streamer_offset_us,
      b.starts_at, b.ends_at
    from breakdown(%(company)s, %(as_of)s, %(time_zone)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) b
    where %(cut_days)s::date[] <> '{}' and b.grain = 'ROOM'
  ) p
  where p.room_id in (select a.room_id from asked a)
),
used as (
  select p.room_id,
    sum(p.closed_us + greatest(p.open_stays * x.lasted - p.open_offset_us, 0))::bigint as participation_us,
    sum(p.recorder_us + greatest(p.open_recorders * x.lasted - p.recorder_offset_us, 0))::bigint as recorder_us,
    sum(p.streamer_us + greatest(p.open_streamers * x.lasted - p.streamer_offset_us, 0))::bigint as streamer_us,
    min(p.first_at) as first_at,
    max(case when p.open_stays > 0 then greatest(p.last_at, least(%(as_of)s, p.ends_at)) else p.last_at end) as last_at
  from part p
  cross join lateral (select microseconds(least(%(as_of)s, p.ends_at) - p.starts_at) as lasted) x
  group by p.room_id
),
held as (
  select h.room_id, count(*) as sessions
  from (select distinct p.room_id, e.event_id from part p cross join lateral unnest(p.event_ids) as e (event_id)) h
  group by h.room_id
),
people as (
  select v.room_id, count(*) as people
  from (select distinct p.room_id, e.person_id from part p cross join lateral unnest(p.person_ids) as e (person_id)) v
  group by v.room_id
),
found as (
  select a.key, a.name, a.owner_key, coalesce(h.sessions, 0) as sessions, u.participation_us, u.recorder_us, u.streamer_us,
    coalesce(v.people, 0) as people, u.first_at, u.last_at
  from used u
  join asked a on a.room_id = u.room_id
  left join held h on h.room_id = u.room_id
  left join people v on v.room_id = u.room_id
),
line as (
  select
    case %(order_by)s
      when 'SESSIONS' then f.sessions
      when 'PARTICIPATION_MINUTES' then f.participation_us
      when 'RECORDER_MINUTES' then f.recorder_us
      when 'STREAMER_MINUTES' then f.streamer_us
      when 'UNIQUE_PARTICIPANTS' then f.people
      when 'FIRST_SESSION_AT' then microseconds(f.first_at - timestamptz 'epoch')
      when 'LAST_SESSION_AT' then microseconds(f.last_at - timestamptz 'epoch')
    end as sort_number,
    case %(order_by)s
      when 'ROOM_ID' then lower(f.key collate pg_c_utf8)
      when 'NAME' then lower(left(f.name, 300) collate pg_c_utf8)
      when 'OWNER_ID' then lower(f.owner_key collate pg_c_utf8)
    end as sort_text,
    f.key as id, f.name, f.owner_key, f.sessions, f.participation_us, f.recorder_us, f.streamer_us, f.people, f.first_at, f.last_at
  from found f
)
