-- What a company has used in a period against what it has contracted: every figure, whether limited or not.
--
-- Three ways in which a figure comes from days: a PEAK is the highest of them, a SUM runs up over them, a LEVEL exists at a day's
-- end and is the sum of all that has changed it since the beginning. `amount` is a number, bytes, or microseconds of what limits
-- have in minutes. Limits of a SUM hold for billing periods alone.
create or replace function contract_usage(
  of_company integer, of_generation integer, as_of timestamptz, from_day date, to_day date, asked_days date[],
  is_billing boolean, today date, limit_day date, through_day date,
  cut_days date[], cut_starts timestamptz[], cut_ends timestamptz[],
  end_days date[], end_starts timestamptz[], end_ends timestamptz[]
) returns table (
  metric usage_metric, section section, amount bigint, at timestamptz, limit_value double precision,
  worst_share double precision, worst_share_day date, worst_share_at timestamptz, contracted boolean, rounding minute_rounding
)
language sql stable
-- As for measure(): a setting of its own keeps Postgres from planning it anew inside every statement that calls it.
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with figure (metric, section, way, unit, limitable) as materialized (
  select f.metric::usage_metric, s.section, f.way, f.unit, f.limitable
  from (
    values
      ('CONNECTIONS', 'PEAK', 1, true, '{TOTAL,MEETING,WEBINAR,CALL}'::section[]),
      ('SPEAKERS', 'PEAK', 1, true, '{TOTAL,MEETING,WEBINAR,CALL}'),
      ('LISTENERS', 'PEAK', 1, true, '{TOTAL,WEBINAR}'),
      ('EVENTS', 'PEAK', 1, true, '{TOTAL,MEETING,WEBINAR,CALL}'),
      ('PARTICIPATION_MINUTES', 'SUM', 60000000, true, '{TOTAL,MEETING,WEBINAR,CALL}'),
      ('BILLED_MINUTES', 'SUM', 60000000, false, '{TOTAL,MEETING,WEBINAR,CALL}'),
      ('RECORDED_MINUTES', 'SUM', 60000000, true, '{TOTAL}'),
      ('STORED_RECORDING_MINUTES', 'LEVEL', 60000000, true, '{TOTAL}'),
      ('STORED_RECORDING_BYTES', 'LEVEL', 1, false, '{TOTAL}'),
      ('CAPTIONS_ENABLED_MINUTES', 'SUM', 60000000, false, '{TOTAL}'),
      ('STORAGE_BYTES', 'LEVEL', 1, true, '{TOTAL}'),
      ('USERS', 'LEVEL', 1, true, '{TOTAL}')
  ) as f (metric, way, unit, limitable, sections)
  cross join lateral unnest(f.sections) as s (section)
  where f.metric <> 'BILLED_MINUTES' or is_billing
),
stayed as materialized (
  select r.section, r.day, r.connections, r.connections_at, r.speakers, r.speakers_at, r.listeners, r.listeners_at, r.events, r.events_at,
    r.closed_us + greatest(r.open_stays * microseconds(least(as_of, r.ends_at) - r.starts_at) - r.open_offset_us, 0) as participation_us
  from section_day r
  where r.company_id = of_company and r.generation = of_generation and r.day between from_day and to_day and r.day <> all (cut_days)
  union all
  select m.section, m.day, m.connections, m.connections_at, m.speakers, m.speakers_at, m.listeners, m.listeners_at, m.events, m.events_at,
    m.closed_us + greatest(m.open_stays * microseconds(least(as_of, m.ends_at) - m.starts_at) - m.open_offset_us, 0)
  from measure(of_company, as_of, cut_days, cut_starts, cut_ends) m
  where m.grain = 'SECTION'
),
-- Stays that began before the period: what of them is inside begins with it. Each day has grown by what its own minutes since the
-- period's start have, and not by what those since the stay began have.
carried as (
  select x.section, b.day,
    (
      whole_minutes(microseconds(e.ends_at - p.starts_at)) - whole_minutes(microseconds(b.starts_at - p.starts_at))
      - whole_minutes(microseconds(e.ends_at - c.joined_at)) + whole_minutes(microseconds(b.starts_at - c.joined_at))
    ) as minutes
  from carried_stay_day c
  cross join lateral (values ('TOTAL'::section), (c.kind::text::section)) as x (section)
  join billing_day p
    on p.company_id = of_company and p.generation = of_generation and p.day = from_day and p.section = 'TOTAL'
  join billing_day b
    on b.company_id = of_company and b.generation = of_generation and b.day between from_day and to_day and b.section = 'TOTAL'
    and b.starts_at < coalesce(c.left_at, as_of)
  cross join lateral (select least(coalesce(c.left_at, as_of), b.ends_at) as ends_at) e
  where is_billing and c.company_id = of_company and c.generation = of_generation and c.day = from_day
),
billed as (
  select b.section, b.day,
    b.closed_minutes
    + grown_minutes(microseconds(greatest(least(as_of, b.ends_at), b.starts_at) - b.starts_at), b.open_stays, b.open_offset_minutes, b.open_phases) as minutes
  from billing_day b
  where is_billing and b.company_id = of_company and b.generation = of_generation and b.day between from_day and to_day
  union all
  select c.section, c.day, c.minutes from carried c
),
value (metric, section, day, amount, at) as (
  select x.metric::usage_metric, s.section, s.day, x.amount, x.at
  from stayed s
  cross join lateral (
    values
      ('CONNECTIONS', s.connections::bigint, s.connections_at),
      ('SPEAKERS', s.speakers, s.speakers_at),
      ('LISTENERS', s.listeners, s.listeners_at),
      ('EVENTS', s.events, s.events_at),
      ('PARTICIPATION_MINUTES', s.participation_us, null)
  ) as x (metric, amount, at)
  union all
  select 'BILLED_MINUTES', s.section, s.day, s.participation_us, null
  from stayed s
  where is_billing and rounding_on(of_company, from_day) = 'EXACT'
  union all
  select 'BILLED_MINUTES', b.section, b.day, b.minutes * 60000000, null
  from billed b
  where rounding_on(of_company, from_day) = 'PER_STAY'
  union all
  select x.metric::usage_metric, 'TOTAL', greatest(e.day, from_day), x.amount, null
  from (
    select d.day, d.stored_delta_bytes as bytes, d.registered_delta as users
    from company_day d
    where d.company_id = of_company and d.generation = of_generation and d.day <= through_day
    union all
    select y.day, y.delta_bytes, y.registered_delta
    from tally(of_company, as_of, end_days, end_starts, end_ends) y
    where y.grain = 'DAY'
  ) e
  cross join lateral (values ('STORAGE_BYTES', e.bytes), ('USERS', e.users::bigint)) as x (metric, amount)
  where x.amount <> 0
  union all
  select 'RECORDED_MINUTES', 'TOTAL', r.day, r.recorded_us + r.running * microseconds(least(as_of, r.ends_at) - r.starts_at), null
  from (
    select d.day, d.recorded_us, d.running, d.starts_at, d.ends_at
    from recording_day d
    where d.company_id = of_company and d.generation = of_generation and d.day between from_day and to_day and d.day <> all (cut_days)
    union all
    select c.day, c.recorded_us, c.running, c.starts_at, c.ends_at from recordings(of_company, as_of, cut_days, cut_starts, cut_ends) c
  ) r
  union all
  select x.metric::usage_metric, 'TOTAL', greatest(r.day, from_day), x.amount, null
  from (
    select d.day, d.stored_delta_us, d.stored_running, d.stored_delta_bytes, d.starts_at, d.ends_at
    from recording_day d
    where d.company_id = of_company and d.generation = of_generation and d.day <= through_day
    union all
    select e.day, e.stored_delta_us, e.stored_running, e.stored_delta_bytes, e.starts_at, e.ends_at
    from recordings(of_company, as_of, end_days, end_starts, end_ends) e
  ) r
  cross join lateral (
    values
      ('STORED_RECORDING_MINUTES', r.stored_delta_us + r.stored_running * microseconds(least(as_of, r.ends_at) - r.starts_at)),
      ('STORED_RECORDING_BYTES', r.stored_delta_bytes)
  ) as x (metric, amount)
  union all
  select 'CAPTIONS_ENABLED_MINUTES', 'TOTAL', f.day,
    f.closed_us + greatest(f.open_events * microseconds(least(as_of, f.ends_at) - f.starts_at) - f.open_offset_us, 0), null
  from (
    select d.day, d.closed_us, d.open_events, d.open_offset_us, d.starts_at, d.ends_at
    from feature_day d
    where d.company_id = of_company and d.generation = of_generation and d.day between from_day and to_day and d.day <> all (cut_days)
      and d.figure = 'CAPTIONS_ENABLED'
    union all
    select g.day, g.closed_us, g.open_events, g.open_offset_us, g.starts_at, g.ends_at
    from gauge(of_company, as_of, cut_days, cut_starts, cut_ends) g
    where g.grain = 'FIGURE' and g.figure = 'CAPTIONS_ENABLED'
  ) f
),
-- The limit of each day up to today: of overlapping ones the latest start rules.
limited as materialized (
  select distinct on (f.metric, f.section, a.day) f.metric, f.section, a.day, l.value, f.unit
  from figure f
  join company_limit l on l.company_id = of_company and l.metric::text = f.metric::text and l.section = f.section
  join unnest(asked_days) as a (day)
    on a.day <= today and (l.valid_from is null or l.valid_from <= a.day) and (l.valid_to is null or l.valid_to >= a.day)
  where f.limitable and (f.way <> 'SUM' or is_billing)
  order by f.metric, f.section, a.day, l.valid_from desc nulls last, l.limit_id desc
),
-- A day's limit comes with its amounts: joined to them later, each would be compared with every limit there is.
by_day as (
  select v.metric, v.section, v.day, sum(v.amount)::bigint as amount, max(v.at) as at, max(v.most) as most
  from (
    select v.metric, v.section, v.day, v.amount, v.at, null::double precision as most from value v
    union all
    select l.metric, l.section, l.day, 0, null, l.value * l.unit from limited l
  ) v
  group by v.metric, v.section, v.day
),
reached as materialized (
  select f.metric, f.section, f.way, d.day, d.at, d.most,
    case when f.way = 'PEAK' then d.amount else sum(d.amount) over (partition by d.metric, d.section order by d.day)::bigint end as amount
  from by_day d
  join figure f on f.metric = d.metric and f.section = d.section
),
used as (
  select r.metric, r.section,
    (array_agg(r.amount order by case when r.way = 'PEAK' then r.amount end desc nulls last, case when r.way <> 'PEAK' then r.day end desc))[1] as amount,
    (array_agg(r.at order by r.amount desc, r.day))[1] as at,
    (array_agg(r.day order by r.amount desc, r.day))[1] as day
  from reached r
  group by r.metric, r.section
),
worst as (
  select distinct on (r.metric, r.section) r.metric, r.section, r.amount / r.most as share, r.day, r.at
  from reached r
  where r.most > 0
  order by r.metric, r.section, r.amount / r.most desc, r.day
)
select
  f.metric, f.section, coalesce(u.amount, 0), case when f.way = 'PEAK' and u.amount > 0 then u.at end,
  case
    when not f.limitable or (f.way = 'SUM' and not is_billing) then null
    else limit_on(
      of_company, f.metric::text::limit_metric, f.section, case when f.way = 'PEAK' and u.amount > 0 then u.day else limit_day end
    )
  end,
  w.share, w.day, w.at,
  exists (select from limited l where l.metric = f.metric and l.section = f.section),
  rounding_on(of_company, from_day)
from figure f
left join used u on u.metric = f.metric and u.section = f.section
left join worst w on w.metric = f.metric and w.section = f.section
order by f.metric, f.section;
end;
