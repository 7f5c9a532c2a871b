-- More views for BI, by the rules of bi.sql: what is broken down by device, track, room and hour, how limits are used, and what was
-- closed. A figure without a row is 0.

create or replace view bi.device_day with (security_barrier) as
select d.day, d.device::text as device,
  (
    d.closed_us + greatest(
      d.open_stays * (extract(epoch from least(statement_timestamp(), h.ends_at) - h.starts_at) * 1000000)::bigint - d.open_offset_us, 0
    )
  ) / 60000000::double precision as participation_minutes
from turnout.company c
join turnout.device_day d on d.company_id = c.company_id and d.generation = c.generation
join turnout.company_day h on h.company_id = c.company_id and h.generation = c.generation and h.day = d.day
where h.starts_at <= statement_timestamp();

comment on view bi.device_day is 'One row a day and device of those who were in events: the minutes of bi.daily_peak in TOTAL, by device.';
comment on column bi.device_day.day is 'The company''s local day.';
comment on column bi.device_day.device is 'DESKTOP, MOBILE, TABLET, TV, PHONE, ROOM_SYSTEM or UNKNOWN.';
comment on column bi.device_day.participation_minutes is 'Minutes that people spent in events on this day with such a device, stay by stay, not rounded.';

create or replace view bi.media_day with (security_barrier) as
select d.day, d.direction::text as direction, d.track::text as track, d.lasted_us / 60000000::double precision as minutes
from turnout.company c
join turnout.media_day d on d.company_id = c.company_id and d.generation = c.generation
join turnout.company_day h on h.company_id = c.company_id and h.generation = c.generation and h.day = d.day
where h.starts_at <= statement_timestamp();

comment on view bi.media_day is 'One row a day, direction and track of media that were measured.';
comment on column bi.media_day.day is 'The company''s local day.';
comment on column bi.media_day.direction is 'SENT or RECEIVED, as seen by people.';
comment on column bi.media_day.track is 'AUDIO_VIDEO, VIDEO, AUDIO or SCREEN.';
comment on column bi.media_day.minutes is 'Minutes of it that were measured on this day, over all connections.';

create or replace view bi.room_day with (security_barrier) as
select d.day, r.key as room_id, r.name, r.owner_key as owner_id, cardinality(d.event_ids) as sessions,
  (d.closed_us + greatest(d.open_stays * x.lasted_us - d.open_offset_us, 0)) / 60000000::double precision as participation_minutes,
  (d.recorder_us + greatest(d.open_recorders * x.lasted_us - d.recorder_offset_us, 0)) / 60000000::double precision as recorder_minutes,
  (d.streamer_us + greatest(d.open_streamers * x.lasted_us - d.streamer_offset_us, 0)) / 60000000::double precision as streamer_minutes,
  cardinality(d.person_ids) as unique_participants, d.first_at as first_session_at,
  case when d.open_stays > 0 then greatest(d.last_at, least(statement_timestamp(), h.ends_at)) else d.last_at end as last_session_at
from turnout.company c
join turnout.room_day d on d.company_id = c.company_id and d.generation = c.generation
join turnout.company_day h on h.company_id = c.company_id and h.generation = c.generation and h.day = d.day
join turnout.room r on r.company_id = c.company_id and r.room_id = d.room_id
cross join lateral (
  select (extract(epoch from least(statement_timestamp(), h.ends_at) - h.starts_at) * 1000000)::bigint as lasted_us
) x
where h.starts_at <= statement_timestamp();

comment on view bi.room_day is 'One row a day and room in which somebody was, or a recorder or streamer.';
comment on column bi.room_day.day is 'The company''s local day.';
comment on column bi.room_day.room_id is 'The platform''s id of the room.';
comment on column bi.room_day.name is 'The room''s name, as said last; null without one.';
comment on column bi.room_day.owner_id is 'The platform''s id of the room''s owner; null without one.';
comment on column bi.room_day.sessions is 'Events in it in which somebody was on this day. One over midnight is in both days: not to be added up.';
comment on column bi.room_day.participation_minutes is 'Minutes that people spent in it on this day, stay by stay, not rounded.';
comment on column bi.room_day.recorder_minutes is 'Minutes that recorders were in it on this day.';
comment on column bi.room_day.streamer_minutes is 'Minutes that streamers were in it on this day.';
comment on column bi.room_day.unique_participants is 'Distinct people in it on this day. Not to be added up.';
comment on column bi.room_day.first_session_at is 'When somebody first was in it on this day; null when only services were.';
comment on column bi.room_day.last_session_at is 'Until when somebody was in it on this day, or now; null when only services were.';

create or replace view bi.hour_peak with (security_barrier) as
select d.day, d.hour::integer as hour, d.section::text as section, d.connections, d.speakers,
  case when d.section in ('TOTAL', 'WEBINAR') then d.listeners end as listeners, d.events,
  (
    d.spent_us
    + coalesce(
      d.open_stays * greatest((extract(epoch from least(statement_timestamp(), d.open_until) - d.open_since) * 1000000)::bigint, 0), 0
    )
  ) / 60000000::double precision as participation_minutes
from turnout.company c
join turnout.hour_day d on d.company_id = c.company_id and d.generation = c.generation
join turnout.company_day h on h.company_id = c.company_id and h.generation = c.generation and h.day = d.day
where h.starts_at <= statement_timestamp();

comment on view bi.hour_peak is 'One row a day, hour and section with somebody in it: peaks and minutes. Hours without a row were empty.';
comment on column bi.hour_peak.day is 'The company''s local day.';
comment on column bi.hour_peak.hour is 'What the clock shows when the hour begins, 0 to 23. An hour that a day has twice is one row.';
comment on column bi.hour_peak.section is 'TOTAL, MEETING, WEBINAR or CALL.';
comment on column bi.hour_peak.connections is 'Connections: the largest number reached at any instant of the hour.';
comment on column bi.hour_peak.speakers is 'Speakers: the largest number reached at any instant of the hour.';
comment on column bi.hour_peak.listeners is 'Listeners of webinars: the largest number reached at any instant of the hour. Null in MEETING and CALL.';
comment on column bi.hour_peak.events is 'Events with somebody in them: the largest number reached at any instant of the hour.';
comment on column bi.hour_peak.participation_minutes is 'Minutes that people spent in events in the hour, stay by stay, not rounded.';

create or replace view bi.limit_use_day with (security_barrier) as
-- The limit of the day: of overlapping ones the latest start rules.
with contracted as (
  select distinct on (c.company_id, d.day, l.metric, l.section) c.company_id, c.generation, d.day, d.starts_at, d.ends_at,
    l.metric, l.section, l.value
  from turnout.company c
  join turnout.local_day d
    on d.time_zone = c.time_zone and d.starts_at <= statement_timestamp()
    and d.day >= (select min(h.day) from turnout.company_day h where h.company_id = c.company_id and h.generation = c.generation)
  join turnout.company_limit l
    on l.company_id = c.company_id and l.metric in ('CONNECTIONS', 'SPEAKERS', 'LISTENERS', 'EVENTS')
    and (l.valid_from is null or l.valid_from <= d.day) and (l.valid_to is null or l.valid_to >= d.day)
  order by c.company_id, d.day, l.metric, l.section, l.valid_from desc nulls last, l.limit_id desc
)
select t.day, t.metric::text as metric, t.section::text as section, t.value::bigint as contracted,
  (extract(epoch from least(statement_timestamp(), t.ends_at) - t.starts_at) * 1000000)::bigint / 60000000::double precision as minutes,
  coalesce(u.above_80_us, 0) / 60000000::double precision as minutes_above_80,
  coalesce(u.above_90_us, 0) / 60000000::double precision as minutes_above_90,
  coalesce(u.above_100_us, 0) / 60000000::double precision as minutes_above_100
from contracted t
left join lateral (
  select
    sum(s.us) filter (where s.level * 100 > t.value * 80)::bigint as above_80_us,
    sum(s.us) filter (where s.level * 100 > t.value * 90)::bigint as above_90_us,
    sum(s.us) filter (where s.level > t.value)::bigint as above_100_us
  from turnout.level_day r
  cross join lateral (
    select x.level,
      x.us + case
        when x.level = r.open_level
        then greatest((extract(epoch from least(statement_timestamp(), t.ends_at) - r.open_since) * 1000000)::bigint, 0)
        else 0
      end as us
    from unnest(r.levels, r.spent_us) as x (level, us)
  ) s
  where r.company_id = t.company_id and r.generation = t.generation and r.day = t.day and r.metric = t.metric and r.section = t.section
) u on true;

comment on view bi.limit_use_day is 'One row a day and limit on a number of connections, speakers, listeners or events: the time near it and above it.';
comment on column bi.limit_use_day.day is 'The company''s local day.';
comment on column bi.limit_use_day.metric is 'CONNECTIONS, SPEAKERS, LISTENERS or EVENTS.';
comment on column bi.limit_use_day.section is 'TOTAL, MEETING, WEBINAR or CALL.';
comment on column bi.limit_use_day.contracted is 'The limit contracted for the day.';
comment on column bi.limit_use_day.minutes is 'Minutes of the day that have passed by now.';
comment on column bi.limit_use_day.minutes_above_80 is 'Those of them with more than 80 per cent of the limit.';
comment on column bi.limit_use_day.minutes_above_90 is 'Those of them with more than 90 per cent of the limit.';
comment on column bi.limit_use_day.minutes_above_100 is 'Those of them with more than the limit.';

create or replace view bi.closed_period with (security_barrier) as
select b.first_day, b.last_day, b.revision,
  b.revision = max(b.revision) over (partition by b.company_id, b.first_day) as is_latest, b.closed_at,
  array_to_string(b.reasons::text[], ', ') as reasons, b.rounding::text as minute_rounding, b.time_zone,
  f.metric::text as metric, f.section::text as section,
  f.amount / case when f.metric::text like '%\_MINUTES' then 60000000 else 1 end::double precision as used, f.at,
  f.limit_value as contracted, f.worst_share, f.worst_share_at
from turnout.billing_close b
join turnout.billing_figure f on f.company_id = b.company_id and f.first_day = b.first_day and f.revision = b.revision;

comment on view bi.closed_period is 'One row a closed billing period, revision, metric and section: what was billed. Nothing of a revision ever changes; a period that is not closed yet is missing.';
comment on column bi.closed_period.first_day is 'The first day of the billing period.';
comment on column bi.closed_period.last_day is 'Its last day, included.';
comment on column bi.closed_period.revision is 'Counted from 1: what came later, was corrected or agreed on anew made another one.';
comment on column bi.closed_period.is_latest is 'Whether it is the latest revision of the period.';
comment on column bi.closed_period.closed_at is 'When this revision was made.';
comment on column bi.closed_period.reasons is 'Why there is this revision, with commas: CLOSED, LATE_DATA, CORRECTION, DEFINITION, CONTRACT.';
comment on column bi.closed_period.minute_rounding is 'EXACT, or PER_STAY: how BILLED_MINUTES were rounded.';
comment on column bi.closed_period.time_zone is 'The IANA time zone in which its days began and ended.';
comment on column bi.closed_period.metric is 'What is used, such as CONNECTIONS or BILLED_MINUTES.';
comment on column bi.closed_period.section is 'TOTAL, MEETING, WEBINAR or CALL.';
comment on column bi.closed_period.used is 'The figure: the peak, the minutes, the bytes or the number, as the metric says.';
comment on column bi.closed_period.at is 'The instant of the peak; null for what is no peak, and for 0.';
comment on column bi.closed_period.contracted is 'The limit that was held against it; null without one.';
comment on column bi.closed_period.worst_share is 'The largest share of its limit that a day of the period reached: 1 is full; null without a limit.';
comment on column bi.closed_period.worst_share_at is 'The instant of that share; null where there is none.';
