-- Files and recordings, by whose they are. What is in use at an instant is the sum of all that was taken into use and given
-- up before it; '' is nobody.

-- name: disk_usage
with changed as (
  select s.owner_key, 0::bigint as uploaded_bytes, s.delta_bytes, s.delta_files
  from storage_day s
  where s.company_id = %(company)s and s.generation = %(generation)s and s.day <= %(through_day)s
  union all
  select y.owner_key, 0, y.delta_bytes, y.delta_files
  from tally(%(company)s, %(as_of)s, %(end_days)s::date[], %(end_starts)s::timestamptz[], %(end_ends)s::timestamptz[]) y
  where %(end_days)s::date[] <> '{}' and y.grain = 'OWNER'
  union all
  select s.owner_key, s.uploaded_bytes, 0, 0
  from storage_day s
  where s.company_id = %(company)s and s.generation = %(generation)s and s.day between %(first_day)s and %(last_day)s
    and s.day <> all (%(cut_days)s::date[])
  union all
  select y.owner_key, y.uploaded_bytes, 0, 0
  from tally(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) y
  where %(cut_days)s::date[] <> '{}' and y.grain = 'OWNER'
),
listed as (
  select nullif(c.owner_key, '') as user_key, p.name, sum(c.delta_bytes)::bigint as used_bytes,
    sum(c.uploaded_bytes)::bigint as uploaded_bytes, sum(c.delta_files)::bigint as files
  from changed c
  left join person p on p.company_id = %(company)s and p.namespace = 'USER' and p.key = c.owner_key
  group by c.owner_key, p.name
  having sum(c.delta_bytes) > 0 or sum(c.uploaded_bytes) > 0 or sum(c.delta_files) > 0
),
found as (
  select l.*,
    case %(order_by)s when 'USED_BYTES' then l.used_bytes when 'UPLOADED_BYTES' then l.uploaded_bytes when 'FILES' then l.files end
      as sort_number,
    case %(order_by)s when 'NAME' then lower(left(l.name, 300) collate pg_c_utf8) when 'USER_ID' then lower(l.user_key collate pg_c_utf8) end as sort_text
  from listed l
  where %(search)s::text is null or strpos(lower(coalesce(l.name, l.user_key) collate pg_c_utf8), lower(%(search)s collate pg_c_utf8)) > 0
),
line as (
  select f.sort_number, f.sort_text, f.user_key as id,
    f.name, f.used_bytes, f.uploaded_bytes, f.files
  from found f
)

-- name: storage_used
-- The company's bytes in use at a period's end or now, and the limit of that day.
select coalesce(sum(c.delta_bytes), 0)::bigint, limit_on(%(company)s, 'STORAGE_BYTES', 'TOTAL', %(limit_day)s)
from (
  select d.stored_delta_bytes as delta_bytes
  from company_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day <= %(through_day)s
  union all
  select y.delta_bytes
  from tally(%(company)s, %(as_of)s, %(end_days)s::date[], %(end_starts)s::timestamptz[], %(end_ends)s::timestamptz[]) y
  where %(end_days)s::date[] <> '{}' and y.grain = 'DAY'
) c
