-- Events with their figures. Peaks, people and minutes are of the period, all else of the whole event. Whole days come from
-- the rollups; at most two cut days at the edges of a period are measured.

-- name: event_stats
with measured as materialized (
  select * from measure(
    %(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[], %(segment)s::jsonb
  )
  where %(cut_days)s::date[] <> '{}'
),
one as materialized (
  select e.event_id
  from event e
  where e.company_id = %(company)s and e.key = %(only)s and e.breakout_of is null and e.named_at is not null
),
part as (
  select d.event_id, d.connections, d.speakers, d.listeners, d.unique_participants,
    d.closed_us, d.open_stays, d.open_offset_us, h.starts_at, h.ends_at
  from event_day d
  join company_day h on h.company_id = %(company)s and h.generation = %(generation)s and h.day = d.day
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
    and (%(only)s::text is null or d.event_id = (select event_id from one))
  union all
  select m.event_id, m.connections, m.speakers, m.listeners, m.unique_participants,
    m.closed_us, m.open_stays, m.open_offset_us, m.starts_at, m.ends_at
  from measured m
  where m.grain = 'EVENT'
),
held as (
  select p.event_id, count(*) as days, max(p.connections) as connections, max(p.speakers) as speakers, max(p.listeners) as listeners,
    max(p.unique_participants) as unique_participants,
    sum(p.closed_us + greatest(p.open_stays * microseconds(least(%(as_of)s, p.ends_at) - p.starts_at) - p.open_offset_us, 0))::bigint
      as participation_us
  from part p
  group by p.event_id
),
listed as materialized (
  select h.event_id from held h
  union
  select o.event_id from one o
  union
  select t.event_id
  from event t
  where %(only)s::text is null and t.company_id = %(company)s and t.breakout_of is null and t.named_at is not null
    and t.created_at >= %(period_start)s and t.created_at < %(period_end)s
    and (%(segment)s::jsonb is null or event_in_segment(%(company)s, %(segment)s::jsonb, t.event_id, t.room_key))
  union
  select t.event_id
  from event t
  where %(only)s::text is null and t.company_id = %(company)s and t.breakout_of is null and t.named_at is not null
    and t.starts_at >= %(period_start)s and t.starts_at < %(period_end)s
    and (%(segment)s::jsonb is null or event_in_segment(%(company)s, %(segment)s::jsonb, t.event_id, t.room_key))
),
-- All days of these events, those outside the period included, of all who stayed, of whatever segment: looked up event by event while they are not too many, since
-- a join may read all days of all events; of very many it is the join that is faster.
lasting as (
  select d.*
  from listed l
  cross join lateral (
    select d.event_id, d.day, d.first_joined_at, d.last_left_at, d.live, d.occupied_us, d.occupied_until, d.open_stays
    from event_day d
    where d.company_id = %(company)s and d.generation = %(company_generation)s and d.event_id = l.event_id
    offset 0
  ) d
  where (select count(*) from listed) <= 20000
  union all
  select d.event_id, d.day, d.first_joined_at, d.last_left_at, d.live, d.occupied_us, d.occupied_until, d.open_stays
  from listed l
  join event_day d on d.company_id = %(company)s and d.generation = %(company_generation)s and d.event_id = l.event_id
  where (select count(*) from listed) > 20000
),
whole as (
  select d.event_id, min(d.first_joined_at) as started_at, bool_or(d.live) as live,
    case when not bool_or(d.live) then max(d.last_left_at) end as ended_at,
    sum(
      d.occupied_us
      + case when d.open_stays > 0 then greatest(microseconds(least(%(as_of)s, c.ends_at) - d.occupied_until), 0) else 0 end
    )::bigint as duration_us
  from lasting d
  join company_day c on c.company_id = %(company)s and c.generation = %(company_generation)s and c.day = d.day
  group by d.event_id
),
recorded as (
  select e.top_id as event_id, count(*) as recordings
  from listed l
  join event e on e.company_id = %(company)s and e.top_id = l.event_id
  join stored s on s.company_id = %(company)s and s.event_id = e.event_id and s.kind = 'RECORDING'
  group by e.top_id
),
-- For how long recordings ran in the period, as of now at most.
recorded_time as (
  select e.top_id as event_id,
    sum(
      greatest(microseconds(least(x.ends_at, %(period_end)s) - greatest(r.started_at, %(period_start)s)), 0)
      + case when r.started_at >= %(period_start)s and r.started_at < %(period_end)s and r.started_at <= %(as_of)s then r.unplaced_us else 0 end
    )::bigint as recorded_us
  from listed l
  join event e on e.company_id = %(company)s and e.top_id = l.event_id
  join recording_run r on r.company_id = %(company)s and r.event_id = e.event_id
  join event t on t.company_id = %(company)s and t.event_id = e.top_id
  join company k on k.company_id = %(company)s
  cross join lateral (
    select least(
      case
        when r.stopped_at is not null then r.stopped_at
        when %(as_of)s >= t.tree_active_at + k.stale_after then greatest(r.started_at, t.tree_active_at)
        else 'infinity'
      end,
      greatest(r.started_at, %(as_of)s)
    ) as ends_at
  ) x
  group by e.top_id
),
-- Materialized, so that a filter does not go looking through all events there are.
described as materialized (
  select t.event_id, t.key, t.kind, t.template, t.title, t.room_key, coalesce(r.name, t.room_key) as room,
    t.resolved_owner_key as owner_key, p.name as owner_name, t.created_at, t.starts_at, t.ends_at,
    w.started_at, w.ended_at, coalesce(w.duration_us, 0) as duration_us,
    case
      when w.live then 'LIVE'
      when w.event_id is not null then 'HELD'
      when t.cancelled then 'CANCELLED'
      when t.starts_at > %(as_of)s then 'PLANNED'
      else 'NOT_HELD'
    end as status,
    coalesce(h.days, 0) as days, coalesce(h.connections, 0) as connections, coalesce(h.speakers, 0) as speakers,
    case when t.kind = 'WEBINAR' then coalesce(h.listeners, 0) end as listeners,
    coalesce(h.unique_participants, 0) as unique_participants, coalesce(h.participation_us, 0) as participation_us,
    coalesce(n.recordings, 0) as recordings, coalesce(m.recorded_us, 0) as recorded_us
  from listed l
  join event t on t.company_id = %(company)s and t.event_id = l.event_id
  left join room r on r.company_id = %(company)s and r.key = t.room_key collate "C"
  left join person p on p.company_id = %(company)s and p.namespace = 'USER' and p.key = t.resolved_owner_key
  left join held h on h.event_id = l.event_id
  left join whole w on w.event_id = l.event_id
  left join recorded n on n.event_id = l.event_id
  left join recorded_time m on m.event_id = l.event_id
),
chosen as (
  select d.*
  from described d
  where (%(kinds)s::text[] is null or d.kind::text = any (%(kinds)s))
    and (%(templates)s::text[] is null or d.template = any (%(templates)s))
    and (%(statuses)s::text[] is null or d.status = any (%(statuses)s))
    and (%(owner)s::text is null or d.owner_key = %(owner)s)
    and (%(room)s::text is null or d.room_key = %(room)s)
    and (%(room_prefix)s::text is null or starts_with(d.room, %(room_prefix)s))
    and (%(search)s::text is null or strpos(lower(coalesce(d.title, d.key) collate pg_c_utf8), lower(%(search)s collate pg_c_utf8)) > 0)
),
-- People of an event held on several days are counted over all of them, from its own stays.
peopled as (
  select c.*, case when c.days > 1 then x.people else c.unique_participants end as people
  from chosen c
  left join lateral (
    select count(distinct s.person_id) as people
    from event t
    join event e on e.company_id = %(company)s and e.top_id = t.event_id
    join stay s on s.company_id = %(company)s and s.event_id = e.event_id and s.service is null
    join company k on k.company_id = %(company)s
    where c.days > 1 and t.company_id = %(company)s and t.event_id = c.event_id
      and (
        %(segment)s::jsonb is null
        or stay_in_segment(%(segment)s::jsonb, segment_person(%(company)s, %(segment)s::jsonb), s.external_id, s.metadata)
      )
      and s.joined_at < %(period_end)s
      and (
        s.joined_at >= %(period_start)s
        or %(period_start)s < case
          when s.left_at is not null then s.left_at
          when %(as_of)s >= t.tree_active_at + k.stale_after then greatest(s.joined_at, t.tree_active_at)
          else greatest(s.joined_at, %(as_of)s)
        end
      )
  ) x on c.days > 1
),
found as (
  select c.*,
    case %(order_by)s
      when 'KIND' then array_position(enum_range(null::event_kind), c.kind)
      when 'STATUS' then array_position(array['PLANNED', 'LIVE', 'HELD', 'NOT_HELD', 'CANCELLED'], c.status)
      when 'CREATED_AT' then microseconds(c.created_at - timestamptz 'epoch')
      when 'STARTS_AT' then microseconds(c.starts_at - timestamptz 'epoch')
      when 'ENDS_AT' then microseconds(c.ends_at - timestamptz 'epoch')
      when 'STARTED_AT' then microseconds(c.started_at - timestamptz 'epoch')
      when 'ENDED_AT' then microseconds(c.ended_at - timestamptz 'epoch')
      when 'DURATION_MINUTES' then c.duration_us
      when 'PEAK_CONNECTIONS' then c.connections
      when 'PEAK_SPEAKERS' then c.speakers
      when 'PEAK_LISTENERS' then c.listeners
      when 'UNIQUE_PARTICIPANTS' then c.people
      when 'PARTICIPATION_MINUTES' then c.participation_us
      when 'RECORDINGS' then c.recordings
      when 'RECORDED_MINUTES' then c.recorded_us
    end as sort_number,
    case %(order_by)s
      when 'EVENT_ID' then lower(c.key collate pg_c_utf8)
      when 'TEMPLATE' then lower(left(c.template, 300) collate pg_c_utf8)
      when 'TITLE' then lower(left(c.title, 300) collate pg_c_utf8)
      when 'ROOM_ID' then lower(c.room_key collate pg_c_utf8)
      when 'ROOM' then lower(left(c.room, 300) collate pg_c_utf8)
      when 'OWNER_ID' then lower(c.owner_key collate pg_c_utf8)
      when 'OWNER_NAME' then lower(left(c.owner_name, 300) collate pg_c_utf8)
    end as sort_text
  from peopled c
),
line as (
  select f.sort_number, f.sort_text, f.key as id,
    f.kind::text as kind, f.template, f.status, f.title, f.room_key, f.room, f.owner_key, f.owner_name,
    f.created_at, f.starts_at, f.ends_at, f.started_at, f.ended_at, f.duration_us,
    f.connections, f.speakers, f.listeners, f.people, f.participation_us, f.recordings, f.recorded_us
  from found f
)
