-- Rules on limits, as the company that has them writes them.

-- name: lock_rules
select pg_advisory_xact_lock(hashtext('turnout.alerts'), %(company)s)

-- name: count_rules
select count(*) from alert_rule where company_id = %(company)s

-- name: add_rule
insert into alert_rule (company_id, rule_id, name, metric, section, share, period, language, created_at, changed_at)
values (
  %(company)s, %(rule)s, %(name)s, %(metric)s::limit_metric, %(section)s::section, %(share)s, %(period)s::alert_period,
  %(language)s::text_language, %(now)s, %(now)s
)

-- name: change_rule
update alert_rule r
set name = %(name)s, metric = %(metric)s::limit_metric, section = %(section)s::section, share = %(share)s,
  period = %(period)s::alert_period, language = %(language)s::text_language, changed_at = %(now)s, look_again_at = null,
  revision = r.revision + case
    when (r.metric, r.section, r.share, r.period)
      = (%(metric)s::limit_metric, %(section)s::section, %(share)s::double precision, %(period)s::alert_period) then 0
    else 1
  end
where r.company_id = %(company)s and r.rule_id = %(rule)s
returning r.rule_id

-- name: delete_rule
delete from alert_rule where company_id = %(company)s and rule_id = %(rule)s returning rule_id

-- name: remove_other_targets
delete from alert_target t
where t.company_id = %(company)s and t.rule_id = %(rule)s
  and (t.channel, t.address) not in (
    select x.channel::alert_channel, x.address from unnest(%(channels)s::text[], %(addresses)s::text[]) as x (channel, address)
  )

-- name: add_targets
insert into alert_target (company_id, target_id, rule_id, channel, address, secret)
select %(company)s, gen_random_uuid(), %(rule)s, x.channel::alert_channel, x.address, x.secret
from unnest(%(channels)s::text[], %(addresses)s::text[], %(secrets)s::bytea[]) as x (channel, address, secret)
on conflict (company_id, rule_id, channel, address) do nothing
returning channel::text, address

-- name: mark_today
insert into mark (company_id, generation, day, made_at) values (%(company)s, %(generation)s, %(today)s, %(now)s)

-- name: begin_test
-- Whether the rule may be tested now, from which instant on it has been; no row without such a rule.
with rule as (
  select r.rule_id, r.tested_at is null or r.tested_at <= %(before)s as rested
  from alert_rule r
  where r.company_id = %(company)s and r.rule_id = %(rule)s
  for no key update
),
begun as (
  update alert_rule r set tested_at = %(now)s from rule x
  where r.company_id = %(company)s and r.rule_id = x.rule_id and x.rested
)
select rested from rule

-- name: count_deliveries
-- Those of this hour that have begun, and all that are still to begin.
select coalesce((select t.begun from alert_turn t where t.company_id = %(company)s and t.hour = date_trunc('hour', %(now)s, 'UTC')), 0)
  + (select count(*) from alert_delivery d where d.company_id = %(company)s and d.state = 'PENDING' and d.attempts = 0)

-- name: forget_tests
-- The latest test of a target is all that anybody asks for.
delete from alert_delivery d
using alert_target t
where t.company_id = %(company)s and t.rule_id = %(rule)s
  and d.company_id = %(company)s and d.target_id = t.target_id and d.alert_id is null

-- name: add_tests
insert into alert_delivery (company_id, delivery_id, target_id, created_at, due_at)
select %(company)s, gen_random_uuid(), t.target_id, %(now)s, %(now)s
from alert_target t
where t.company_id = %(company)s and t.rule_id = %(rule)s
