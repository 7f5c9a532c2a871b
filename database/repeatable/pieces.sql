-- The stays of people in some buckets of one company's time, each cut to its bucket and under the event at the top, as of an
-- instant: what every figure about stays is made of. A bucket is [froms, tos).
--
-- `inside` is false for an open stay that will be in its bucket a moment later, and is not yet: whoever computes how long
-- figures hold must know of it, and nobody may count it. `left_at` is where the stay ends or as_of, `stale_at` when an open
-- one ends by itself, `open` whether it grows on in this very bucket. Of a segment there are its stays alone; null is all.
create or replace function pieces(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[], of_segment jsonb default null
) returns table (
  day date, lo timestamptz, hi timestamptz,
  event_id bigint, kind event_kind, template text, owner_key text, room_key text,
  connection_id bigint, person_id bigint, device device,
  joined_at timestamptz, role stay_role, changed_at timestamptz[], changed_to stay_role[],
  starts_at timestamptz, ends_at timestamptz, left_at timestamptz, stale_at timestamptz, open boolean, inside boolean,
  in_breakout boolean
)
language sql stable
-- As for measure(): a setting of its own keeps Postgres from planning it anew inside every statement that calls it.
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with patience as materialized (
  select c.stale_after from company c where c.company_id = of_company
),
found as materialized (
  select days[f.nth] as day, f.* from found_stays(of_company, froms, tos, of_segment) f
),
-- Each event once, with the event at the top.
top as materialized (
  select f.event_id as of_event, t.*
  from (select distinct event_id from found) f
  cross join lateral (
    select t.event_id, t.kind, t.template, t.resolved_owner_key as owner_key, t.room_key, t.tree_active_at
    from event e
    join event t on t.company_id = of_company and t.event_id = e.top_id
    where e.company_id = of_company and e.event_id = f.event_id
      and (of_segment is null or room_in_segment(of_company, of_segment, t.room_key))
    offset 0
  ) t
),
-- When each of them ends: an open stay lasts until as_of, unless its event has been silent too long.
lasting as materialized (
  select
    f.day, f.lo, f.hi, t.event_id, t.kind, t.template, t.owner_key, t.room_key, f.connection_id, f.person_id, f.device,
    f.joined_at, f.role, f.changed_at, f.changed_to, x.ends_at, x.stale_at, t.event_id <> f.event_id as in_breakout
  from found f
  join top t on t.of_event = f.event_id
  cross join patience p
  cross join lateral (
    select
      case
        when f.left_at is not null then f.left_at
        when as_of >= t.tree_active_at + p.stale_after then greatest(f.joined_at, t.tree_active_at)
        else greatest(f.joined_at, as_of)
      end as ends_at,
      case
        when f.left_at is null and as_of < t.tree_active_at + p.stale_after then t.tree_active_at + p.stale_after
      end as stale_at
  ) x
)
select
  l.day, l.lo, l.hi, l.event_id, l.kind, l.template, l.owner_key, l.room_key, l.connection_id, l.person_id, l.device,
  l.joined_at, l.role, l.changed_at, l.changed_to,
  greatest(l.joined_at, l.lo), least(l.ends_at, l.hi), l.ends_at, l.stale_at,
  l.stale_at is not null and l.joined_at < as_of and l.lo <= as_of and as_of < l.hi,
  l.joined_at >= l.lo or l.ends_at > l.lo,
  l.in_breakout
from lasting l
where l.joined_at >= l.lo or l.ends_at > l.lo or l.stale_at is not null;
end;
