-- Rules with where they go, what they have said, and what they would have said.

-- name: rules
select r.rule_id, r.name, r.metric::text, r.section::text, r.share, r.period::text, r.language::text, r.created_at, r.changed_at,
  (
    select coalesce(
      jsonb_agg(
        jsonb_build_object('target_id', t.target_id, 'channel', t.channel, 'address', t.address, 'latest', d.latest)
        order by t.channel, t.address
      ),
      '[]'
    )
    from alert_target t
    left join lateral (
      select jsonb_build_object(
          'delivery_id', d.delivery_id, 'target_id', t.target_id, 'channel', t.channel, 'address', t.address, 'is_test', d.alert_id is null,
          'state', d.state, 'attempts', d.attempts, 'failure', d.failure, 'status', d.status, 'created_at', d.created_at,
          'due_at', case when d.state = 'PENDING' then d.due_at end, 'settled_at', d.settled_at
        ) as latest
      from alert_delivery d
      where d.company_id = %(company)s and d.target_id = t.target_id
      order by d.created_at desc, d.delivery_id
      limit 1
    ) d on true
    where t.company_id = %(company)s and t.rule_id = r.rule_id
  )
from alert_rule r
where r.company_id = %(company)s and (%(rule)s::uuid is null or r.rule_id = %(rule)s)
order by r.created_at, r.rule_id

-- name: alerts
with line as (
  select microseconds(a.fired_at - timestamptz 'epoch') as sort_number, null::text as sort_text, a.alert_id::text as id,
    a.rule_id, a.name, a.metric::text as metric, a.section::text as section, a.share, a.period::text as period, a.first_day, a.last_day,
    a.day, a.at, a.value, a.limit_value, a.fired_at,
    (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'delivery_id', d.delivery_id, 'target_id', t.target_id, 'channel', t.channel, 'address', t.address, 'is_test', false,
            'state', d.state, 'attempts', d.attempts, 'failure', d.failure, 'status', d.status, 'created_at', d.created_at,
            'due_at', case when d.state = 'PENDING' then d.due_at end, 'settled_at', d.settled_at
          )
          order by t.channel, t.address
        ),
        '[]'
      )
      from alert_delivery d
      join alert_target t on t.company_id = %(company)s and t.target_id = d.target_id
      where d.company_id = %(company)s and d.alert_id = a.alert_id
    ) as deliveries
  from alert a
  where a.company_id = %(company)s and (%(rule)s::uuid is null or a.rule_id = %(rule)s)
)

-- name: backtest
-- A period is that of the first day on which the share was reached, and has no second one. Where the range begins inside a billing
-- period, what its days before the range have reached counts too.
select f.first_day, case %(period)s when 'DAY' then f.first_day else billing_last_day(f.first_day, f.anchor) end, f.day, f.at, f.value,
  f.limit_value
from (
  select distinct on (p.first_day) p.first_day, c.anchor, v.day, v.at, v.value, v.limit_value
  from (select k.billing_anchor_day::integer as anchor from company k where k.company_id = %(company)s) c
  cross join lateral alert_levels(
    %(company)s, %(generation)s, %(as_of)s, %(metric)s::limit_metric, %(section)s::section,
    case %(period)s when 'DAY' then %(first)s::date else billing_first_day(%(first)s::date, c.anchor) end, %(last)s::date
  ) v
  cross join lateral (
    select case %(period)s when 'DAY' then v.day else billing_first_day(v.day, c.anchor) end as first_day
  ) p
  where v.limit_value > 0 and v.value / v.limit_value >= %(share)s
  order by p.first_day, v.day
) f
where f.day >= %(first)s::date
order by f.day
