-- What is to be expected of the coming days: what is planned, as far as its owners' events were attended before, and what there
-- was beside what had been planned on the same weekdays before.

-- name: not_planned
-- Which of these ids are no events that are going to start.
select k.key
from unnest(%(move_keys)s::text[]) as k (key)
where not exists (
  select from event t
  where t.company_id = %(company)s and t.key = k.key and t.starts_at > %(as_of)s and not t.cancelled
    and t.breakout_of is null and t.named_at is not null
)
order by 1

-- name: expected
-- Each coming day, and the same weekday of the eight weeks before, each with what was known of it then: as long before it as
-- the coming day lies ahead.
with asked as materialized (
  select n.n as ahead, k.k as back, l.day, l.starts_at, l.ends_at, %(as_of)s::timestamptz - k.k * interval '168 hours' as known_at
  from generate_series(1, %(days_ahead)s) as n (n)
  cross join lateral (
    select 0 as k
    union all
    select generate_series(n.n / 7 + 1, n.n / 7 + %(weeks)s)
  ) k
  cross join lateral (
    -- Offset 0 keeps this a look-up: flattened into a join it would read the whole calendar of the zone.
    select c.day, c.starts_at, c.ends_at
    from local_day c
    where c.time_zone = %(time_zone)s and c.day = %(today)s::date + n.n - 7 * k.k
    offset 0
  ) l
  where k.k = 0 or l.day >= %(begun)s::date
),
-- How planned events were attended: nobody at those that were not held.
past as (
  select t.kind, t.resolved_owner_key as owner_key, coalesce(h.attendance, 0) as attendance, h.lasted_us
  from event t
  left join lateral (
    select
      max(
        case %(metric)s
          when 'CONNECTIONS' then e.connections when 'SPEAKERS' then e.speakers when 'LISTENERS' then e.listeners
          else least(e.connections, 1)
        end
      ) as attendance,
      sum(e.occupied_us)::double precision as lasted_us
    from event_day e
    where e.company_id = %(company)s and e.generation = %(generation)s and e.event_id = t.event_id
    offset 0
  ) h on true
  where t.company_id = %(company)s and t.starts_at >= %(past_from)s and t.starts_at < %(past_to)s
    and not t.cancelled and t.breakout_of is null and t.named_at is not null
),
habit as materialized (
  select grouping(p.owner_key, p.kind) as breadth, p.owner_key, p.kind, count(*)::integer as events,
    percentile_cont(array[0.1, 0.5, 0.9]) within group (order by p.attendance) as attendance,
    coalesce(percentile_cont(0.5) within group (order by p.lasted_us) filter (where p.lasted_us > 0), 3.6e9) as lasted_us
  from past p
  group by grouping sets ((p.owner_key, p.kind), (p.kind), ())
),
added as (
  select -n.n as event_id, n.kind::event_kind as kind, n.starts_at, n.ends_at, n.attendance::double precision as attendance
  from unnest(
    %(add_kinds)s::text[], %(add_starts)s::timestamptz[], %(add_ends)s::timestamptz[], %(add_attendances)s::integer[]
  ) with ordinality as n (kind, starts_at, ends_at, attendance, n)
),
moved as (
  select t.event_id, t.kind, t.resolved_owner_key as owner_key, m.starts_at, m.starts_at + (t.ends_at - t.starts_at) as ends_at
  from unnest(%(move_keys)s::text[], %(move_starts)s::timestamptz[]) as m (key, starts_at)
  join event t on t.company_id = %(company)s and t.key = m.key collate "C"
),
known as (
  select a.ahead, a.back, t.event_id, t.kind, t.owner_key, t.starts_at, t.ends_at, null::double precision as attendance
  from asked a
  cross join lateral (
    select t.event_id, t.kind, t.resolved_owner_key as owner_key, t.starts_at, t.ends_at
    from event t
    where t.company_id = %(company)s and t.starts_at >= a.starts_at and t.starts_at < a.ends_at and t.created_at <= a.known_at
      and not t.cancelled and t.breakout_of is null and t.named_at is not null
    offset 0
  ) t
  where a.back > 0 or t.event_id not in (select m.event_id from moved m)
  union all
  select a.ahead, 0, m.event_id, m.kind, m.owner_key, m.starts_at, m.ends_at, null
  from moved m
  join asked a on a.back = 0 and m.starts_at >= a.starts_at and m.starts_at < a.ends_at
  union all
  select a.ahead, 0, n.event_id, n.kind, null, n.starts_at, n.ends_at, n.attendance
  from added n
  join asked a on a.back = 0 and n.starts_at >= a.starts_at and n.starts_at < a.ends_at
),
-- By the owner's events of the kind; where there are fewer than three, by everybody's of the kind, and by all there are.
weighed as materialized (
  select k.ahead, k.back, k.starts_at,
    case when k.ends_at > k.starts_at then k.ends_at else k.starts_at + coalesce(h.lasted_us, 3.6e9) * interval '1 microsecond' end as until,
    coalesce(k.attendance, h.attendance[2], 0) as middle,
    case when k.attendance is null then coalesce(h.attendance[2] - h.attendance[1], 0) else 0 end as below,
    case when k.attendance is null then coalesce(h.attendance[3] - h.attendance[2], 0) else 0 end as above,
    case when k.attendance is null then coalesce(h.events, 0) else 0 end as basis
  from known k
  -- An id is never empty: this is the owner, or nobody.
  left join habit own
    on own.breadth = 0 and own.events >= %(fewest)s and own.kind = k.kind and coalesce(own.owner_key, '') = coalesce(k.owner_key, '')
  left join habit alike on alike.breadth = 2 and alike.events >= %(fewest)s and alike.kind = k.kind
  left join habit every on every.breadth = 3
  cross join lateral (
    select coalesce(own.attendance, alike.attendance, every.attendance) as attendance,
      coalesce(own.lasted_us, alike.lasted_us, every.lasted_us) as lasted_us, coalesce(own.events, alike.events, every.events) as events
  ) h
  where %(section)s = 'TOTAL' or k.kind::text = %(section)s
),
-- How many there are to be at once, and how far off that is: deviations of independent events add up in squares.
level as (
  select w.ahead, w.back, x.at,
    round(sum(x.by * w.middle::numeric) over o, 6) as planned,
    sum(x.by * (w.below ^ 2)::numeric) over o as below, sum(x.by * (w.above ^ 2)::numeric) over o as above,
    sum(x.by) over o as events, sum(x.by * w.basis) over o as basis
  from weighed w
  cross join lateral (values (w.starts_at, 1), (w.until, -1)) as x (at, by)
  window o as (partition by w.ahead, w.back order by x.at)
),
busiest as materialized (
  select distinct on (l.ahead, l.back) l.*
  from level l
  order by l.ahead, l.back, l.planned desc, l.events desc, l.at
),
-- What there was in a past day beside what had been planned: less than nothing where fewer came at once than that.
other as (
  select a.ahead, count(*)::integer as weeks,
    percentile_cont(array[0.1, 0.5, 0.9]) within group (
      order by coalesce(
        case %(metric)s
          when 'CONNECTIONS' then r.connections when 'SPEAKERS' then r.speakers when 'LISTENERS' then r.listeners else r.events
        end,
        0
      ) - coalesce(b.planned, 0)::double precision
    ) as rest
  from asked a
  left join busiest b on b.ahead = a.ahead and b.back = a.back
  left join section_day r
    on r.company_id = %(company)s and r.generation = %(generation)s and r.day = a.day and r.section = %(section)s::section
  where a.back > 0
  group by a.ahead
),
told as (
  select a.ahead, a.day, b.at, coalesce(b.events, 0)::integer as events, coalesce(b.basis, 0)::integer as basis, coalesce(o.weeks, 0) as weeks,
    coalesce(b.planned, 0)::double precision
      + case when a.day between coalesce(%(speakers_from)s::date, a.day) and coalesce(%(speakers_to)s::date, a.day) then %(add_speakers)s else 0 end
      as planned,
    coalesce(o.rest[2], 0) as other,
    sqrt(greatest(coalesce(b.below, 0), 0)::double precision + coalesce(o.rest[2] - o.rest[1], 0) ^ 2) as below,
    sqrt(greatest(coalesce(b.above, 0), 0)::double precision + coalesce(o.rest[3] - o.rest[2], 0) ^ 2) as above
  from asked a
  left join busiest b on b.ahead = a.ahead and b.back = 0
  left join other o on o.ahead = a.ahead
  where a.back = 0
)
select t.day, greatest(t.planned + t.other, 0), greatest(t.planned + t.other - t.below, 0), greatest(t.planned + t.other + t.above, 0),
  t.at, t.planned, t.other, t.events, t.basis, t.weeks,
  limit_on(%(company)s, %(metric)s::limit_metric, %(section)s::section, t.day)::integer
from told t
order by t.day
