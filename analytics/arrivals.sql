-- Who came when, against the plan.

-- name: host_arrivals
-- When the owner of each of these events first joined it or a breakout of it, after its planned start.
select t.key, microseconds(min(s.joined_at) - t.starts_at)
from event t
join person p on p.company_id = %(company)s and p.namespace = 'USER' and p.key = t.resolved_owner_key
join event e on e.company_id = %(company)s and e.top_id = t.event_id
join stay s on s.company_id = %(company)s and s.event_id = e.event_id and s.user_id = p.person_id and s.service is null
where t.company_id = %(company)s and t.key = any (%(events)s::text[]) and t.breakout_of is null and t.starts_at is not null
group by t.key, t.starts_at

-- name: by_host
-- The owners of the planned events in which somebody was during the period, and when they came to each: once an event, however
-- many days it lasts. Events of nobody have no host.
with held as (
  select d.event_id
  from event_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union
  select m.event_id
  from measure(
    %(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[], %(segment)s::jsonb
  ) m
  where %(cut_days)s::date[] <> '{}' and m.grain = 'EVENT'
),
hosted as (
  select t.resolved_owner_key as user_key, p.name, a.arrival_us
  from held h
  join event t on t.company_id = %(company)s and t.event_id = h.event_id
  left join person p on p.company_id = %(company)s and p.namespace = 'USER' and p.key = t.resolved_owner_key
  cross join lateral (
    select microseconds(min(s.joined_at) - t.starts_at) as arrival_us
    from event e
    join stay s on s.company_id = %(company)s and s.event_id = e.event_id and s.user_id = p.person_id and s.service is null
    where e.company_id = %(company)s and e.top_id = t.event_id
    offset 0
  ) a
  where t.starts_at is not null and t.resolved_owner_key is not null
),
listed as (
  select h.user_key, h.name, count(*) as events, count(h.arrival_us) as attended, round(avg(h.arrival_us))::bigint as mean_us,
    percentile_cont(0.5) within group (order by h.arrival_us) as median_us, count(*) filter (where h.arrival_us > 0) as late
  from hosted h
  group by h.user_key, h.name
),
found as (
  select l.*,
    case %(order_by)s
      when 'EVENTS' then l.events
      when 'ATTENDED' then l.attended
      when 'MEAN_ARRIVAL_SECONDS' then l.mean_us
      when 'MEDIAN_ARRIVAL_SECONDS' then (2 * l.median_us)::bigint  -- halves of microseconds are told apart
      when 'LATE_SHARE' then l.late * 1000000000 / nullif(l.attended, 0)
    end as sort_number,
    case %(order_by)s when 'NAME' then lower(left(l.name, 300) collate pg_c_utf8) when 'USER_ID' then lower(l.user_key collate pg_c_utf8) end as sort_text
  from listed l
  where %(search)s::text is null or strpos(lower(coalesce(l.name, l.user_key) collate pg_c_utf8), lower(%(search)s collate pg_c_utf8)) > 0
),
line as (
  select f.sort_number, f.sort_text, f.user_key as id, f.name, f.events, f.attended, f.mean_us, f.median_us, f.late
  from found f
)
