-- Rules held against the days of a refresh, in its transaction: what they have to say is committed with the figures that say it.

-- name: has_rules
select exists (select from alert_rule where company_id = %(company)s)

-- name: try_again
insert into mark (company_id, generation, day, made_at) values (%(company)s, %(generation)s, %(today)s, %(as_of)s)

-- name: fire_alerts
-- Only days that contain now or ended less than a day ago, so that history told late fires nothing old; only those that answer;
-- and only where nothing is out of date: of a peak its own day, of what is summed every day before it too.
with rule as materialized (
  select r.*, c.billing_anchor_day::integer as anchor
  from alert_rule r
  join company c on c.company_id = %(company)s and c.generation = %(generation)s
  where r.company_id = %(company)s
),
span as (
  select min(l.day) as first_day, max(l.day) as last_day
  from (
    -- Offset 0 keeps this a look-up: flattened into a join it would read the whole calendar of the zone.
    select l.day, l.starts_at, l.ends_at
    from local_day l
    where l.time_zone = %(time_zone)s and l.day between %(today)s::date - 2 and %(today)s
    offset 0
  ) l
  where l.ends_at > %(as_of)s::timestamptz - interval '24 hours' and l.starts_at <= %(as_of)s
),
outdated as materialized (
  select k.day
  from mark k
  where k.company_id = %(company)s and k.generation = %(generation)s and exists (select from rule)
  union
  select d.day
  from company_day d
  where d.company_id = %(company)s and d.generation = %(generation)s and d.valid_until <= %(as_of)s and exists (select from rule)
),
level as materialized (
  select k.metric, k.section, v.*
  from (select distinct r.metric, r.section from rule r) k
  cross join span s
  cross join lateral alert_levels(%(company)s, %(generation)s, %(as_of)s, k.metric, k.section, s.first_day, s.last_day) v
  where v.limit_value > 0
    and not exists (
      select from outdated o
      where o.day = v.day or (o.day < v.day and k.metric not in ('CONNECTIONS', 'SPEAKERS', 'LISTENERS', 'EVENTS'))
    )
),
hit as (
  select distinct on (r.rule_id, p.first_day)
    r.rule_id, r.revision, r.name, r.metric, r.section, r.share, r.period, p.first_day,
    case r.period when 'DAY' then p.first_day else billing_last_day(p.first_day, r.anchor) end as last_day,
    v.day, v.at, v.value, v.limit_value
  from rule r
  join level v on v.metric = r.metric and v.section = r.section
  cross join lateral (
    select case r.period when 'DAY' then v.day else billing_first_day(v.day, r.anchor) end as first_day
  ) p
  where v.value / v.limit_value >= r.share
  order by r.rule_id, p.first_day, v.day
),
fired as (
  insert into alert (
    company_id, alert_id, rule_id, revision, name, metric, section, share, period, first_day, last_day, day, at, value, limit_value, fired_at
  )
  select %(company)s, gen_random_uuid(), h.rule_id, h.revision, h.name, h.metric, h.section, h.share, h.period, h.first_day, h.last_day,
    h.day, h.at, h.value, h.limit_value, %(as_of)s
  from hit h
  on conflict (company_id, rule_id, revision, first_day) do nothing
  returning alert_id, rule_id
)
insert into alert_delivery (company_id, delivery_id, target_id, alert_id, created_at, due_at)
select %(company)s, gen_random_uuid(), t.target_id, f.alert_id, %(as_of)s, %(as_of)s
from fired f
join alert_target t on t.company_id = %(company)s and t.rule_id = f.rule_id
where (select count(*) from alert_delivery d where d.company_id = %(company)s and d.state = 'PENDING') < %(most_waiting)s

-- name: look_again
-- Minutes grow while nothing arrives. When those who are in events now, or what is being recorded, will have reached what a rule
-- waits for, or the day is over before that, is when today is computed again.
update alert_rule r
set look_again_at = x.at
from (
  select w.rule_id,
    case
      when g.growing > 0 and w.limit_value > 0 and w.value / w.limit_value < w.share then
        least(
          %(as_of)s::timestamptz + least((w.share * w.limit_value - w.value) / g.growing, 100000) * interval '1 minute'
            + interval '1 millisecond',
          g.ends_at
        )
    end as at
  from (
    select k.rule_id, k.metric, k.section, k.share, v.value, v.limit_value
    from alert_rule k
    join company c on c.company_id = %(company)s and c.generation = %(generation)s
    cross join lateral alert_levels(
      %(company)s, %(generation)s, %(as_of)s, k.metric, k.section, %(today)s::date, %(today)s::date
    ) v
    where k.company_id = %(company)s and k.metric in ('PARTICIPATION_MINUTES', 'RECORDED_MINUTES', 'STORED_RECORDING_MINUTES')
  ) w
  left join lateral (
    select s.open_stays as growing, s.ends_at
    from section_day s
    where w.metric = 'PARTICIPATION_MINUTES'
      and s.company_id = %(company)s and s.generation = %(generation)s and s.section = w.section and s.day = %(today)s::date
    union all
    select case w.metric when 'RECORDED_MINUTES' then d.running else d.stored_running end, d.ends_at
    from recording_day d
    where w.metric <> 'PARTICIPATION_MINUTES'
      and d.company_id = %(company)s and d.generation = %(generation)s and d.day = %(today)s::date
  ) g on true
) x
where r.company_id = %(company)s and r.rule_id = x.rule_id and r.look_again_at is distinct from x.at
