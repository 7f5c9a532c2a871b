-- What rules are held against: one row a day with what a limited metric had come to, and the limit of that day.

-- The first day of the billing period that a day lies in: the latest anchor not after it, in short months their last day.
create or replace function billing_first_day(of_day date, anchor integer) returns date
language sql immutable strict parallel safe
return (
  select max(m.first + least(anchor, extract(day from m.first + interval '1 month - 1 day')::integer) - 1)
  from (
    values (date_trunc('month', of_day)::date), ((date_trunc('month', of_day) - interval '1 month')::date)
  ) as m (first)
  where m.first + least(anchor, extract(day from m.first + interval '1 month - 1 day')::integer) - 1 <= of_day
);

-- The last day of the billing period that begins on a day: no period is longer than 31 days, none shorter than 28.
create or replace function billing_last_day(first_day date, anchor integer) returns date
language sql immutable strict parallel safe
return billing_first_day(first_day + 32, anchor) - 1;

-- A peak is the day's own. Minutes are those of the billing period up to the day's end, or now. Users, storage and what is stored
-- of recordings are what there is at the day's end, or now: the differences of all days up to it. All of it is from the rollups.
create or replace function alert_levels(
  of_company integer, of_generation integer, as_of timestamptz, of_metric limit_metric, of_section section, first_day date, last_day date
) returns table (day date, at timestamptz, value double precision, limit_value double precision)
language sql stable parallel safe set jit = off set plan_cache_mode = force_generic_plan
begin atomic
  with anchor as (
    select c.billing_anchor_day::integer as day from company c where c.company_id = of_company
  ),
  peak as (
    select s.day,
      case of_metric
        when 'CONNECTIONS' then s.connections_at
        when 'SPEAKERS' then s.speakers_at
        when 'LISTENERS' then s.listeners_at
        else s.events_at
      end as at,
      case of_metric
        when 'CONNECTIONS' then s.connections
        when 'SPEAKERS' then s.speakers
        when 'LISTENERS' then s.listeners
        else s.events
      end::double precision as value
    from section_day s
    where of_metric in ('CONNECTIONS', 'SPEAKERS', 'LISTENERS', 'EVENTS')
      and s.company_id = of_company and s.generation = of_generation and s.section = of_section and s.day between first_day and last_day
  ),
  minute as (
    select d.day, billing_first_day(d.day, a.day) as period,
      coalesce(
        s.closed_us + greatest(s.open_stays * microseconds(least(as_of, s.ends_at) - s.starts_at) - s.open_offset_us, 0),
        r.recorded_us + r.running * greatest(microseconds(least(as_of, r.ends_at) - r.starts_at), 0),
        0
      ) as us
    from anchor a
    cross join lateral generate_series(billing_first_day(first_day, a.day), last_day, interval '1 day') as g (at)
    cross join lateral (select g.at::date as day) d
    left join section_day s
      on of_metric = 'PARTICIPATION_MINUTES'
      and s.company_id = of_company and s.generation = of_generation and s.section = of_section and s.day = d.day
    left join recording_day r
      on of_metric = 'RECORDED_MINUTES' and r.company_id = of_company and r.generation = of_generation and r.day = d.day
    where of_metric in ('PARTICIPATION_MINUTES', 'RECORDED_MINUTES')
  ),
  difference as (
    select d.day, case of_metric when 'USERS' then d.registered_delta else d.stored_delta_bytes end::bigint as by
    from company_day d
    where of_metric in ('USERS', 'STORAGE_BYTES')
      and d.company_id = of_company and d.generation = of_generation and d.day <= last_day
    union all
    select r.day, r.stored_delta_us + r.stored_running * greatest(microseconds(least(as_of, r.ends_at) - r.starts_at), 0)
    from recording_day r
    where of_metric = 'STORED_RECORDING_MINUTES'
      and r.company_id = of_company and r.generation = of_generation and r.day <= last_day
  ),
  level as (
    select d.day, sum(coalesce(x.by, 0)) over (order by d.day) + (select coalesce(sum(b.by), 0) from difference b where b.day < first_day) as value
    from generate_series(first_day, last_day, interval '1 day') as g (at)
    cross join lateral (select g.at::date as day) d
    left join difference x on x.day = d.day
    where of_metric in ('USERS', 'STORAGE_BYTES', 'STORED_RECORDING_MINUTES')
  ),
  reached as (
    select p.day, p.at, p.value from peak p
    union all
    select m.day, null, (sum(m.us) over (partition by m.period order by m.day))::double precision / 60000000 from minute m
    union all
    select l.day, null, l.value::double precision / case of_metric when 'STORED_RECORDING_MINUTES' then 60000000 else 1 end from level l
  )
  select r.day, r.at, r.value, limit_on(of_company, of_metric, of_section, r.day)
  from reached r
  where r.day >= first_day;
end;

-- Which companies have something to tell, or minutes to look at again: ids alone, for the worker, which has no company set until
-- it takes one, first those whose turn is longest ago. Nothing goes out for a company that has been suspended.
create or replace function companies_to_tell(as_of timestamptz, most integer) returns setof integer
language sql stable security definer set search_path = turnout, pg_temp
begin atomic
  select x.company_id
  from (
    select d.company_id, d.due_at from alert_delivery d where d.state = 'PENDING' and d.due_at <= as_of
    union all
    select r.company_id, r.look_again_at from alert_rule r where r.look_again_at <= as_of
  ) x
  join company c on c.company_id = x.company_id and c.suspended_at is null
  left join alert_turn t on t.company_id = x.company_id
  group by x.company_id, t.served_at
  order by t.served_at nulls first, min(x.due_at), x.company_id
  limit most;
end;
