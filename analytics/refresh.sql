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
-- The zone, and whether support has agreed on another staleAfter that nobody has taken up yet.
select g.time_zone, c.next_stale_after is not null
from rollup_generation g
join company c on c.company_id = %(company)s
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

-- name: clear_events
delete from event_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_owners
delete from owner_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

-- name: clear_persons
delete from person_day where company_id = %(company)s and generation = %(generation)s and day = any (%(days)s::date[])

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

-- name: compute_levels
insert into level_day (company_id, generation, day, metric, section, levels, spent_us, open_level, open_since)
select %(company)s, %(generation)s, l.day, l.metric, l.section, l.levels, l.spent_us, l.open_level, l.open_since
from level_times(%(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) l

-- name: compute_stays
with measured as materialized (
  select * from measure(%(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
),
sections as (
  insert into section_day (
    company_id, generation, day, section, connections, connections_at, speakers, speakers_at, listeners, listeners_at, events, events_at,
    events_held, unique_participants, closed_us, open_stays, open_offset_us, starts_at, ends_at
  )
  select %(company)s, %(generation)s, m.day, m.section, m.connections, m.connections_at, m.speakers, m.speakers_at, m.listeners, m.listeners_at,
    m.events, m.events_at, m.events_held, m.unique_participants, m.closed_us, m.open_stays, m.open_offset_us, m.starts_at, m.ends_at
  from measured m
  where m.grain = 'SECTION'
),
events as (
  insert into event_day (
    company_id, generation, day, event_id, kind, template, owner_key, group_call, connections, speakers, listeners, unique_participants,
    closed_us, open_stays, open_offset_us, occupied_us, occupied_until, live, first_joined_at, last_left_at
  )
  select %(company)s, %(generation)s, m.day, m.event_id, m.kind, m.template, m.owner_key, m.group_call, m.connections, m.speakers, m.listeners,
    m.unique_participants, m.closed_us, m.open_stays, m.open_offset_us, m.occupied_us, m.occupied_until, m.live, m.first_joined_at, m.last_left_at
  from measured m
  where m.grain = 'EVENT'
),
owners as (
  insert into owner_day (company_id, generation, day, owner_key, events)
  select %(company)s, %(generation)s, m.day, m.owner_key, m.events
  from measured m
  where m.grain = 'OWNER'
),
persons as (
  insert into person_day (company_id, generation, day, person_id, in_meeting, in_webinar, in_call)
  select %(company)s, %(generation)s, m.day, m.person_id, m.in_meeting, m.in_webinar, m.in_call
  from measured m
  where m.grain = 'PERSON'
)
update company_day d
set valid_until = m.valid_until, events_created = m.events_created, events_not_held = m.events_not_held,
  personal_calls = m.personal_calls, group_calls = m.group_calls
from measured m
where m.grain = 'DAY' and d.company_id = %(company)s and d.generation = %(generation)s and d.day = m.day

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

-- name: compute_breakdown
with broken_down as materialized (
  select b.*
  from rollup_generation g
  cross join lateral breakdown(%(company)s, %(as_of)s, g.time_zone, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) b
  where g.company_id = %(company)s and g.generation = %(generation)s
),
peaks as (
  insert into peak_day (company_id, generation, day, metric, section, value, reached_at)
  select %(company)s, %(generation)s, b.day, b.metric, b.section, b.value, b.reached_at
  from broken_down b
  where b.grain = 'PEAK'
),
devices as (
  insert into device_day (company_id, generation, day, device, closed_us, open_stays, open_offset_us)
  select %(company)s, %(generation)s, b.day, b.device, b.closed_us, b.open_stays, b.open_offset_us
  from broken_down b
  where b.grain = 'DEVICE'
),
rooms as (
  insert into room_day (
    company_id, generation, day, room_id, event_ids, person_ids, closed_us, open_stays, open_offset_us, first_at, last_at,
    recorder_us, open_recorders, recorder_offset_us, streamer_us, open_streamers, streamer_offset_us
  )
  select %(company)s, %(generation)s, b.day, b.room_id, b.event_ids, b.person_ids, b.closed_us, b.open_stays, b.open_offset_us,
    b.first_at, b.last_at, b.recorder_us, b.open_recorders, b.recorder_offset_us, b.streamer_us, b.open_streamers, b.streamer_offset_us
  from broken_down b
  where b.grain = 'ROOM'
),
hours as (
  insert into hour_day (
    company_id, generation, day, section, hour, connections, speakers, listeners, events, spent_us, open_stays, open_since, open_until
  )
  select %(company)s, %(generation)s, b.day, b.section, b.hour, b.connections, b.speakers, b.listeners, b.events,
    b.closed_us, b.open_stays, b.open_since, b.open_until
  from broken_down b
  where b.grain = 'HOUR'
)
update company_day d
set valid_until = b.valid_until
from broken_down b
where b.grain = 'DAY' and d.company_id = %(company)s and d.generation = %(generation)s and d.day = b.day and b.valid_until < d.valid_until

-- name: compute_posts
insert into post_day (company_id, generation, day, section, place, posts)
select %(company)s, %(generation)s, p.day, p.section, p.place, p.posts
from posts(%(company)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) p

-- name: compute_features
with gauged as materialized (
  select * from gauge(%(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
),
figures as (
  insert into feature_day (company_id, generation, day, figure, closed_us, open_events, open_offset_us, peak, peak_at, starts_at, ends_at)
  select %(company)s, %(generation)s, g.day, g.figure, g.closed_us, g.open_events, g.open_offset_us, g.peak, g.peak_at, g.starts_at, g.ends_at
  from gauged g
  where g.grain = 'FIGURE'
),
media as (
  insert into media_day (company_id, generation, day, direction, track, lasted_us)
  select %(company)s, %(generation)s, g.day, g.direction, g.track, g.lasted_us
  from gauged g
  where g.grain = 'MEDIA'
),
stays as (
  insert into quality_day (company_id, generation, day, stays_begun, stays_carried, first_sampled, first_troubled)
  select %(company)s, %(generation)s, g.day, g.stays_begun, g.stays_carried, g.first_sampled, g.first_troubled
  from gauged g
  where g.grain = 'STAYS'
),
sampled as (
  insert into sampled_stay_day (company_id, generation, day, connection_id, ordinal, sampled_at, troubled_at)
  select %(company)s, %(generation)s, g.day, g.connection_id, g.ordinal, g.sampled_at, g.troubled_at
  from gauged g
  where g.grain = 'STAY'
)
update company_day d
set valid_until = g.valid_until
from gauged g
where g.grain = 'DAY' and d.company_id = %(company)s and d.generation = %(generation)s and d.day = g.day and g.valid_until < d.valid_until
-- name: compute_billing
with billed as materialized (
  select * from bill(%(company)s, %(as_of)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
),
carried as (
  insert into carried_stay_day (company_id, generation, day, connection_id, kind, joined_at, left_at)
  select %(company)s, %(generation)s, b.day, b.connection_id, b.kind, b.joined_at, b.left_at
  from billed b
  where b.grain = 'CARRIED'
)
insert into billing_day (
  company_id, generation, day, section, closed_minutes, open_stays, open_offset_minutes, open_phases, starts_at, ends_at
)
select %(company)s, %(generation)s, b.day, b.section, b.closed_minutes, b.open_stays, b.open_offset_minutes, b.open_phases, b.starts_at, b.ends_at
from billed b
where b.grain = 'SECTION'

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
select company_id, generation, answers from generations_to_refresh()

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
