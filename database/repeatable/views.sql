-- What may be seen of materialized views, which no row security reaches: a closed list of views that belong to the owner, each
-- with its own predicate, and each leaving out what is no longer current.

-- The months of the company that asks, as they are now; none for one user of it, since they are made of everybody's days.
create or replace view current_month with (security_barrier) as
select m.*
from company_month m
join month_version v on v.company_id = m.company_id and v.generation = m.generation and v.month = m.month and v.version = m.version
where m.company_id = (select current_company()) and (select current_user_key()) is null;

-- Every company as support sees it: from the materialized rows that are current, of the others from their days.
create or replace view operator_overview with (security_barrier) as
with state as materialized (
  select c.company_id, c.generation, (now() at time zone c.time_zone)::date as today, coalesce(sum(v.version), 0)::bigint as version
  from company c
  left join month_version v on v.company_id = c.company_id and v.generation = c.generation
  group by c.company_id
),
current as (
  select o.*
  from company_overview o
  join state s
    on s.company_id = o.company_id and s.generation = o.generation and s.today = o.today and s.version = o.version
)
select o.* from current o
union all
select d.*
from state s
cross join lateral (select d.* from overview_of_days d where d.company_id = s.company_id offset 0) d
where not exists (select from current o where o.company_id = s.company_id);

-- Whether a month that is over, somewhere at least, has changed since its materialized row: months that still run are not served
-- by theirs, and making the rows of all companies anew for each of their days would cost what all of them have.
create or replace view late_months with (security_barrier) as
select exists (
  select from month_version v
  where v.month < date_trunc('month', now() at time zone 'UTC' + interval '14 hours')
    and not exists (
      select from company_month m
      where m.company_id = v.company_id and m.generation = v.generation and m.month = v.month and m.section = 'TOTAL'
        and m.version = v.version
    )
) as are_late;
