-- The outbox, worked off by the refresher's role: one company at a time, as behind the wall.

-- name: companies
select company_id from companies_to_tell(%(as_of)s, %(most)s) as c (company_id)

-- name: enter
select set_config('app.company', %(company)s::text, true)

-- name: look_again
-- Minutes that have grown while nothing arrived: today is computed again, which holds it against the rules.
with due as (
  update alert_rule r set look_again_at = null
  where r.company_id = %(company)s and r.look_again_at <= %(as_of)s
  returning r.rule_id
)
insert into mark (company_id, generation, day, made_at)
select %(company)s, c.generation, (%(as_of)s::timestamptz at time zone c.time_zone)::date, %(as_of)s
from company c
where c.company_id = %(company)s and exists (select from due)

-- name: begin_hour
-- How many have begun in this hour; whoever else takes up deliveries of the company waits until these are counted.
insert into alert_turn as t (company_id, hour, begun, served_at)
values (%(company)s, date_trunc('hour', %(as_of)s::timestamptz, 'UTC'), 0, %(as_of)s)
on conflict (company_id) do update
set served_at = excluded.served_at, hour = excluded.hour, begun = case when t.hour = excluded.hour then t.begun else 0 end
returning begun

-- name: count
update alert_turn set begun = begun + %(begun)s where company_id = %(company)s

-- name: put_off
update alert_delivery d
set due_at = date_trunc('hour', %(as_of)s::timestamptz, 'UTC') + interval '1 hour'
where d.company_id = %(company)s and d.state = 'PENDING' and d.attempts = 0 and d.due_at <= %(as_of)s

-- name: claim
-- Whoever claims a delivery moves it on for as long as an attempt can take: nobody else tries it meanwhile, and somebody does
-- later if this process is killed.
with again as (
  select d.delivery_id
  from alert_delivery d
  where d.company_id = %(company)s and d.state = 'PENDING' and d.attempts > 0 and d.due_at <= %(as_of)s
  order by d.due_at, d.delivery_id
  limit %(most)s
  for update skip locked
),
begun as (
  select d.delivery_id
  from alert_delivery d
  where d.company_id = %(company)s and d.state = 'PENDING' and d.attempts = 0 and d.due_at <= %(as_of)s
  order by d.due_at, d.created_at, d.delivery_id
  limit least(%(most)s, %(room)s)
  for update skip locked
),
due as (
  select a.delivery_id from again a
  union all
  select b.delivery_id from begun b
),
claimed as (
  update alert_delivery d
  set attempts = d.attempts + 1, due_at = %(as_of)s::timestamptz + %(lease)s
  from due x
  where d.company_id = %(company)s and d.delivery_id = x.delivery_id
  returning d.delivery_id, d.target_id, d.alert_id, d.created_at, d.attempts
)
select d.delivery_id, d.attempts, t.channel::text, t.address, t.secret, d.created_at, c.slug, c.name, c.time_zone, r.rule_id,
  coalesce(a.name, r.name), coalesce(a.metric, r.metric)::text, coalesce(a.section, r.section)::text, coalesce(a.share, r.share),
  coalesce(a.period, r.period)::text, r.language::text, a.alert_id, a.first_day, a.last_day, a.day, a.at, a.value, a.limit_value
from claimed d
join company c on c.company_id = %(company)s
join alert_target t on t.company_id = %(company)s and t.target_id = d.target_id
join alert_rule r on r.company_id = %(company)s and r.rule_id = t.rule_id
left join alert a on a.company_id = %(company)s and a.alert_id = d.alert_id

-- name: settle
-- Only by the latest attempt: one that took longer than it may has lost its say.
update alert_delivery d
set state = %(state)s::delivery_state, failure = %(failure)s::delivery_failure, status = %(status)s, due_at = coalesce(%(due_at)s, d.due_at),
  settled_at = %(settled_at)s
where d.company_id = %(company)s and d.delivery_id = %(delivery)s and d.attempts = %(attempts)s and d.state = 'PENDING'
