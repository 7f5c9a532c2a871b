-- Sign-ins by device, client and system. Whole days come from the rollups; at most two cut days are tallied.

-- name: clients
-- All days are one without a day, named infinity until the end: null equals nothing, and what is joined by it is compared pair by pair.
with signed as (
  select case when %(per_day)s then d.day else 'infinity' end as day, d.device, d.client, d.os, d.person_id, d.sign_ins
  from sign_in_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union all
  select case when %(per_day)s then y.day else 'infinity' end, y.device, y.client, y.os, y.person_id, y.sign_ins
  from tally(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) y
  where %(cut_days)s::date[] <> '{}' and y.grain = 'CLIENT'
),
ranked as (
  select s.day, s.device, s.client, s.os,
    row_number() over (
      partition by s.day order by sum(s.sign_ins) desc, s.device, s.client collate "C", nullif(s.os, '') collate "C" nulls last
    ) as place
  from signed s
  group by s.day, s.device, s.client, s.os
)
select nullif(s.day, 'infinity'),
  case when r.place <= %(rows)s then r.device else 'UNKNOWN' end::text,
  case when r.place <= %(rows)s then r.client else 'Other' end,
  case when r.place <= %(rows)s then nullif(r.os, '') end,
  sum(s.sign_ins)::bigint, count(distinct s.person_id)
from signed s
join ranked r on r.day = s.day and r.device = s.device and r.client = s.client and r.os = s.os
group by s.day, 2, 3, 4, least(r.place, %(rows)s::bigint + 1)
order by s.day, least(r.place, %(rows)s::bigint + 1)
