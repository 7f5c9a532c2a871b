-- What some buckets of one company's time have of events without regard to who stayed: how many were created in each, how many
-- were to start in it and were not held, and when the next of these is due. Buckets as in measure(); each has one row.
create or replace function plans(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[], of_segment jsonb default null
) returns table (day date, events_created integer, events_not_held integer, due_at timestamptz)
language sql stable
-- As for measure(): a setting of its own keeps Postgres from planning it anew inside every statement that calls it.
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with bucket as materialized (
  select b.day, b.lo, b.hi from unnest(days, froms, tos) as b (day, lo, hi)
),
planned as materialized (
  select b.day, t.starts_at
  from bucket b
  join event t
    on t.company_id = of_company and t.starts_at >= b.lo and t.starts_at < b.hi
    and t.breakout_of is null and not t.cancelled and t.named_at is not null
  where not exists (
    -- Offset 0 keeps this a look-up: as an anti-join it may read all stays that the company ever had.
    select from event e
    join stay s on s.company_id = of_company and s.event_id = e.event_id and s.service is null
    where e.company_id = of_company and e.top_id = t.event_id
    offset 0
  ) and (of_segment is null or event_in_segment(of_company, of_segment, t.event_id, t.room_key))
)
select b.day,
  (
    select count(*)::integer from event t
    where t.company_id = of_company and t.created_at >= b.lo and t.created_at < b.hi
      and t.breakout_of is null and t.named_at is not null and t.kind in ('MEETING', 'WEBINAR')
      and (of_segment is null or event_in_segment(of_company, of_segment, t.event_id, t.room_key))
  ),
  (select count(*)::integer from planned p where p.day = b.day and p.starts_at <= as_of),
  (select min(p.starts_at) from planned p where p.day = b.day and p.starts_at > as_of)
from bucket b;
end;

-- Whether three connections ever overlapped in calls, on whatever day, and when that may change though nothing arrives. No row
-- for one in which nobody stayed.
create or replace function call_crowds(of_company integer, as_of timestamptz, tops bigint[])
returns table (event_id bigint, overlapped boolean, changes_at timestamptz)
language sql stable
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with call_stay as materialized (
  select t.event_id, s.joined_at, x.ends_at,
    least(x.stale_at, case when s.joined_at >= as_of then s.joined_at + interval '1 microsecond' end) as changes_at
  from unnest(tops) as o (event_id)
  join event t on t.company_id = of_company and t.event_id = o.event_id
  join event e on e.company_id = of_company and e.top_id = o.event_id
  join stay s on s.company_id = of_company and s.event_id = e.event_id
  join company c on c.company_id = of_company
  cross join lateral (
    select
      case
        when s.left_at is not null then s.left_at
        when as_of >= t.tree_active_at + c.stale_after then greatest(s.joined_at, t.tree_active_at)
        else greatest(s.joined_at, as_of)
      end as ends_at,
      case
        when s.left_at is null and as_of < t.tree_active_at + c.stale_after then t.tree_active_at + c.stale_after
      end as stale_at
  ) x
  where s.service is null
),
crowd as (
  select l.event_id, max(l.connections) as connections
  from (
    select s.event_id, sum(sum(x.by)) over (partition by s.event_id order by x.at) as connections
    from call_stay s
    cross join lateral (values (s.joined_at, 1), (s.ends_at, -1)) as x (at, by)
    where s.joined_at < s.ends_at
    group by s.event_id, x.at
  ) l
  group by l.event_id
)
select s.event_id, coalesce(max(c.connections) >= 3, false), min(s.changes_at)
from call_stay s
left join crowd c on c.event_id = s.event_id
group by s.event_id;
end;
