-- What is planned, as of now and by whose it is.

-- name: planned_events
with listed as (
  select t.resolved_owner_key as user_key, p.name, count(*) as planned, min(t.starts_at) as next_starts_at
  from event t
  left join person p on p.company_id = %(company)s and p.namespace = 'USER' and p.key = t.resolved_owner_key
  where t.company_id = %(company)s and t.starts_at > %(as_of)s and not t.cancelled
    and t.breakout_of is null and t.named_at is not null
    and not exists (
      select from event e
      join stay s on s.company_id = %(company)s and s.event_id = e.event_id and s.service is null
      where e.company_id = %(company)s and e.top_id = t.event_id
    )
  group by t.resolved_owner_key, p.name
),
found as (
  select l.*,
    case %(order_by)s
      when 'PLANNED' then l.planned
      when 'NEXT_STARTS_AT' then microseconds(l.next_starts_at - timestamptz 'epoch')
    end as sort_number,
    case %(order_by)s when 'NAME' then lower(left(l.name, 300) collate pg_c_utf8) when 'USER_ID' then lower(l.user_key collate pg_c_utf8) end as sort_text
  from listed l
  where %(search)s::text is null or strpos(lower(coalesce(l.name, l.user_key) collate pg_c_utf8), lower(%(search)s collate pg_c_utf8)) > 0
),
line as (
  select f.sort_number, f.sort_text, f.user_key as id,
    f.name, f.planned, f.next_starts_at
  from found f
)
