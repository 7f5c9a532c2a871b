-- Recordings. Whole days come from the rollups; at most two cut days at the edges of a period are measured.

-- name: recording_totals
-- What is stored at the period's end is the sum of what all days up to it have changed.
with part as (
  select r.day, r.recordings, r.recordings_at,
    r.recorded_us + r.running * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at) as recorded_us
  from recording_day r
  where r.company_id = %(company)s and r.generation = %(generation)s and r.day between %(first_day)s and %(last_day)s
    and r.day <> all (%(cut_days)s::date[])
  union all
  select r.day, r.recordings, r.recordings_at,
    r.recorded_us + r.running * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at)
  from recordings(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) r
  where %(cut_days)s::date[] <> '{}'
),
difference as (
  select r.stored_delta_us + r.stored_running * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at) as us, r.stored_delta_bytes as bytes
  from recording_day r
  where r.company_id = %(company)s and r.generation = %(generation)s and r.day <= %(through_day)s
  union all
  select r.stored_delta_us + r.stored_running * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at), r.stored_delta_bytes
  from recordings(%(company)s, %(as_of)s, %(end_days)s::date[], %(end_starts)s::timestamptz[], %(end_ends)s::timestamptz[]) r
  where %(end_days)s::date[] <> '{}'
)
select
  coalesce(p.recordings, 0), p.recordings_at, coalesce(p.recorded_us, 0), coalesce(d.us, 0), coalesce(d.bytes, 0)
from (
  -- The first instant of the highest peak is that of the earliest day that reached it.
  select max(p.recordings) as recordings, (array_agg(p.recordings_at order by p.recordings desc, p.day))[1] as recordings_at,
    sum(p.recorded_us)::bigint as recorded_us
  from part p
) p
cross join (select sum(d.us)::bigint as us, sum(d.bytes)::bigint as bytes from difference d) d

-- name: recording_days
with part as (
  select r.day, r.recordings, r.recordings_at,
    r.recorded_us + r.running * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at) as recorded_us
  from recording_day r
  where r.company_id = %(company)s and r.generation = %(generation)s and r.day between %(first_day)s and %(last_day)s
    and r.day <> all (%(cut_days)s::date[])
  union all
  select r.day, r.recordings, r.recordings_at,
    r.recorded_us + r.running * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at)
  from recordings(%(company)s, %(as_of)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[]) r
  where %(cut_days)s::date[] <> '{}'
),
-- What existed at the end of each day: the differences of all days up to it.
existing as (
  select e.day, e.asked, sum(e.us) over (order by e.day) as us, sum(e.bytes) over (order by e.day) as bytes
  from (
    select a.day, true as asked, 0 as us, 0 as bytes
    from unnest(%(days)s::date[]) as a (day)
    union all
    select greatest(r.day, %(first_day)s), false,
      sum(r.stored_delta_us + r.stored_running * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at)), sum(r.stored_delta_bytes)
    from recording_day r
    where r.company_id = %(company)s and r.generation = %(generation)s and r.day <= %(through_day)s
    group by 1
    union all
    select r.day, false, r.stored_delta_us + r.stored_running * microseconds(least(%(as_of)s, r.ends_at) - r.starts_at), r.stored_delta_bytes
    from recordings(%(company)s, %(as_of)s, %(end_days)s::date[], %(end_starts)s::timestamptz[], %(end_ends)s::timestamptz[]) r
    where %(end_days)s::date[] <> '{}'
  ) e
)
select e.day, coalesce(p.recordings, 0), p.recordings_at, coalesce(p.recorded_us, 0)::bigint,
  case when e.day <= %(today)s then e.us else 0 end::bigint, case when e.day <= %(today)s then e.bytes else 0 end::bigint
from existing e
left join part p on p.day = e.day and e.day <= %(today)s
where e.asked
order by e.day
