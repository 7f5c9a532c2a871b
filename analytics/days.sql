-- What a day has once. Whole days come from the rollups; at most two cut days at the edges of a period are measured.

-- name: day_totals
with measured as materialized (
  select m.*
  from measure(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) m
  where %(cut_days)s::date[] <> '{}' and m.grain = 'DAY'
),
tallied as materialized (
  select y.*
  from tally(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) y
  where %(cut_days)s::date[] <> '{}' and y.grain = 'DAY'
),
counted as (
  select d.day, d.events_created, d.personal_calls, d.group_calls, d.messages, d.new_users, d.uploaded_bytes, d.sign_ins
  from company_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union all
  select m.day, m.events_created, m.personal_calls, m.group_calls, y.messages, y.new_users, y.uploaded_bytes, y.sign_ins
  from measured m
  join tallied y on y.day = m.day
),
-- What existed at the end of each day: the differences of all days up to it.
existing as (
  select e.day, e.asked,
    sum(e.registered_delta) over (order by e.day) as registered_users, sum(e.delta_bytes) over (order by e.day) as storage_bytes
  from (
    select a.day, true as asked, 0 as registered_delta, 0 as delta_bytes
    from unnest(%(days)s::date[]) as a (day)
    union all
    select greatest(d.day, %(first_day)s), false, sum(d.registered_delta), sum(d.stored_delta_bytes)
    from company_day d
    where d.company_id = %(company)s and d.generation = %(generation)s and d.day <= %(through_day)s
    group by 1
    union all
    select y.day, false, y.registered_delta, y.delta_bytes
    from tally(%(company)s, %(as_of)s, %(end_days)s::date[], %(end_starts)s::timestamptz[], %(end_ends)s::timestamptz[]) y
    where %(end_days)s::date[] <> '{}' and y.grain = 'DAY'
  ) e
)
select e.day,
  coalesce(c.events_created, 0), coalesce(c.personal_calls, 0), coalesce(c.group_calls, 0), coalesce(c.messages, 0),
  coalesce(c.new_users, 0), case when e.day <= %(today)s then e.registered_users else 0 end::bigint,
  coalesce(c.uploaded_bytes, 0)::bigint, case when e.day <= %(today)s then e.storage_bytes else 0 end::bigint, coalesce(c.sign_ins, 0)
from existing e
left join counted c on c.day = e.day and e.day <= %(today)s
where e.asked
order by e.day

-- name: segment_days
-- What a day has once of a segment: its events and calls.
with counted as (
  select d.day, d.events_created, d.personal_calls, d.group_calls
  from company_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.day between %(first_day)s and %(last_day)s
    and d.day <> all (%(cut_days)s::date[])
  union all
  select m.day, m.events_created, m.personal_calls, m.group_calls
  from measure(
    %(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[], %(segment)s::jsonb
  ) m
  where %(cut_days)s::date[] <> '{}' and m.grain = 'DAY'
)
select a.day, coalesce(c.events_created, 0), coalesce(c.personal_calls, 0), coalesce(c.group_calls, 0)
from unnest(%(days)s::date[]) as a (day)
left join counted c on c.day = a.day and a.day <= %(today)s
order by a.day
