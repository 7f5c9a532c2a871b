-- One refresh: the marked days of one company, computed anew in one transaction of one snapshot.
-- The company's lock is taken before the transaction begins, else the snapshot would be older than the lock.

-- name: lock
select pg_advisory_lock(hashtext('turnout.refresh'), %(company)s)

-- name: unlock
select pg_advisory_unlock(hashtext('turnout.refresh'), %(company)s)

-- name: enter
select set_config('app.company', %(company)s::text, true)

-- name: zone
select time_zone from rollup_generation where company_id = %(company)s and generation = %(generation)s

-- name: rules
-- The zone, whether support has agreed on another staleAfter that nobody has taken up yet, and the segment, if it is of one.
select g.time_zone, c.next_stale_after is not null, s.definition::text
from rollup_generation g
join company c on c.company_id = %(company)s
left join segment s on s.company_id = %(company)s and s.segment_id = g.segment_id
where g.company_id = %(company)s and g.generation = %(generation)s

-- name: due_days
-- Marked, outlived by time, or begun since the last refresh. A day that the calendar does not have has no rollup.
select d.day, l.starts_at, l.ends_at, coalesce(d.marks, '{}')
from (
  select x.day, array_agg(x.mark_id) filter (where x.mark_id is not null) as marks
  from (
    select k.day, k.mark_id
    from mark k
    where k.company_id = %(company)s and k.generation = %(generation)s and k.day between %(first_day)s and %(last_day)s
    union all
    select h.day, null
    from company_day h
    where h.company_id = %(company)s and h.generation = %(generation)s and h.day between %(first_day)s and %(last_day)s
      and h.valid_until <= %(as_of)s
    union all
    select n.day, null
    from rollup_generation r
    cross join lateral (
      select l.day, l.starts_at
      from local_day l
      where l.time_zone = %(time_zone)s and l.day > r.rolled_through and l.day <= %(today)s
      offset 0
    ) n
    where r.company_id = %(company)s and r.generation = %(generation)s
      and not exists (
        select from company_day h
        where h.company_id = %(company)s and h.generation = %(generation)s and h.day = n.day and h.computed_at >= n.starts_at
      )
  ) x
  group by x.day
) d
cross join lateral (
  -- Offset 0 keeps this a look-up: flattened into a join it would hash the whole calendar of the zone.
  select c.starts_at, c.ends_at from local_day c where c.time_zone = %(time_zone)s and c.day = d.day offset 0
) l
order by d.day desc

-- name: days_at_once
-- How many of some days, in their order, have no more stays together than are swept well at once.
select count(*)::integer
from (
  select sum(n.stays) over (order by b.nth) as stays
  from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) with ordinality as b (lo, hi, nth)
  cross join lateral (
    select count(*) as stays
    from stay s
    where s.company_id = %(company)s and s.length_class in (0, 1, 2, 3, 4, 9) and s.joined_at >= b.lo and s.joined_at < b.hi
    offset 0
  ) n
) d
where d.stays <= %(most_stays)s

-- name: begin_days
-- The first write: two refreshes of one day always collide here, and the later one runs again.
insert into company_day (company_id, generation, day, revision, computed_at, valid_until, starts_at, ends_at)
select %(company)s, %(generation)s, d.day, 1, %(as_of)s, '-infinity', d.starts_at, d.ends_at
from unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) as d (day, starts_at, ends_at)
on conflict (company_id, generation, day) do update
set revision = company_day.revision + 1, computed_at = excluded.computed_at, starts_at = excluded.starts_at, ends_at = excluded.ends_at

-- name: bump_months
insert into month_version (company_id, generation, month, version)
select distinct %(company)s, %(generation)s::integer, date_trunc('month', d.day)::date, 1
from unnest(%(days)s::date[]) as d (day)
on conflict (company_id, generation, month) do update
set version = month_version.version + 1

-- name: clear_sections
delete from section_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_owners
delete from owner_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_presence
delete from presence_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_storage
delete from storage_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_sign_ins
delete from sign_in_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_recordings
delete from recording_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_peaks
delete from peak_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_devices
delete from device_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_rooms
delete from room_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_posts
delete from post_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_hours
-- The section comes before the day, for those who ask about one section of many days.
delete from hour_day
where company_id = %(company)s and generation = %(generation)s and section = any (enum_range(null::section)) and day = any (%(days)s::date[])

-- name: clear_features
delete from feature_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_media
delete from media_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_quality
delete from quality_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_sampled_stays
delete from sampled_stay_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])
-- name: clear_billing
delete from billing_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_carried_stays
delete from carried_stay_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_levels
delete from level_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: compute_rest
with tallied as materialized (
  select * from tally(%(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
),
storage as (
  insert into storage_day (company_id, generation, day, owner_key, uploaded_bytes, delta_bytes, delta_files)
  select %(company)s, %(generation)s, t.day, t.owner_key, t.uploaded_bytes, t.delta_bytes, t.delta_files
  from tallied t
  where t.grain = 'OWNER'
),
sign_ins as (
  insert into sign_in_day (company_id, generation, day, device, client, os, person_id, sign_ins)
  select %(company)s, %(generation)s, t.day, t.device, t.client, t.os, t.person_id, t.sign_ins
  from tallied t
  where t.grain = 'CLIENT'
)
update company_day d
set valid_until = least(d.valid_until, t.valid_until), messages = t.messages, new_users = t.new_users,
  registered_delta = t.registered_delta, sign_ins = t.sign_ins, uploaded_bytes = t.uploaded_bytes, stored_delta_bytes = t.delta_bytes
from tallied t
where t.grain = 'DAY' and d.company_id = %(company)s and d.generation = %(generation)s and d.day = t.day

-- name: compute_recordings
with measured as materialized (
  select * from recordings(%(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
),
recorded as (
  insert into recording_day (
    company_id, generation, day, recordings, recordings_at, recorded_us, running, stored_delta_us, stored_running, stored_delta_bytes,
    starts_at, ends_at
  )
  select %(company)s, %(generation)s, m.day, m.recordings, m.recordings_at, m.recorded_us, m.running, m.stored_delta_us, m.stored_running,
    m.stored_delta_bytes, m.starts_at, m.ends_at
  from measured m
  where (m.recorded_us, m.running, m.stored_delta_us, m.stored_running, m.stored_delta_bytes) <> (0, 0, 0, 0, 0)
)
update company_day d
set valid_until = least(d.valid_until, m.valid_until)
from measured m
where d.company_id = %(company)s and d.generation = %(generation)s and d.day = m.day and m.valid_until < d.valid_until

-- name: compute_posts
insert into post_day (company_id, generation, day, section, place, posts)
select %(company)s, %(generation)s, p.day, p.section, p.place, p.posts
from posts(%(company)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) p

-- name: mark_closed
-- Days computed anew that closed billing periods have to do with: those they lie in, and all later ones, for what exists at
-- their end. A day without a mark is computed because time has passed.
insert into closing_mark (company_id, day, reason, made_at)
select distinct %(company)s, d.day, case when k.corrected then 'CORRECTION' else 'LATE_DATA' end::closing_reason, %(as_of)s::timestamptz
from unnest(%(days)s::date[]) as d (day)
join company c on c.company_id = %(company)s and c.generation = %(generation)s
left join mark k
  on k.company_id = %(company)s and k.generation = %(generation)s and k.day = d.day and k.mark_id = any (%(marks)s::bigint[])
where exists (
  select from billing_close b
  where b.company_id = %(company)s and b.last_day >= d.day and b.time_zone = c.time_zone
)

-- name: roll_through
-- Only when every day begun since the last refresh has been computed.
update rollup_generation
set rolled_through = %(today)s
where company_id = %(company)s and generation = %(generation)s and rolled_through < %(today)s

-- name: delete_marks
delete from mark where company_id = %(company)s and generation = %(generation)s and mark_id = any (%(marks)s::bigint[])

-- name: generations_to_refresh
select company_id, generation, duty from generations_to_refresh()

-- name: share_company
-- As an ingest does, first of all: how long stays wait is what it is until the commit.
select 1 from company where company_id = %(company)s for share

-- name: lock_stale
-- The locks of an ingest: every event with something open in it that has grown stale, and the event above it.
select e.event_id
from event e
where e.company_id = %(company)s and e.event_id in (
  select x.event_id
  from (
    select s.event_id from stay s where s.company_id = %(company)s and s.length_class = 9
    union
    select r.event_id from recording_run r where r.company_id = %(company)s and r.length_class = 9
    union
    select f.event_id from feature_span f where f.company_id = %(company)s and f.length_class = 9
  ) o
  join event b on b.company_id = %(company)s and b.event_id = o.event_id
  join event t on t.company_id = %(company)s and t.event_id = b.top_id
  join company c on c.company_id = %(company)s
  cross join lateral (values (b.event_id), (t.event_id)) as x (event_id)
  where t.tree_active_at + c.stale_after <= %(as_of)s
)
order by e.key
for no key update

-- name: settle_stale
select settle_stale(%(company)s, %(as_of)s, %(events)s::bigint[])
