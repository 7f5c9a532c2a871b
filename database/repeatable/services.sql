-- The stays of recorders and streamers in some buckets, cut and opened as pieces() does it for people; only where there is a room.
create or replace function service_pieces(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[]
) returns table (
  day date, lo timestamptz, hi timestamptz, room_key text, service service, joined_at timestamptz,
  starts_at timestamptz, ends_at timestamptz, stale_at timestamptz, open boolean, inside boolean
)
language sql stable
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with found as materialized (
  select b.day, b.lo, b.hi, s.*
  from unnest(days, froms, tos) as b (day, lo, hi)
  cross join (
    values (0, interval '1 hour'), (1, interval '4 hours'), (2, interval '24 hours'), (3, interval '720 hours')
  ) as c (length_class, longest)
  cross join lateral (
    select s.event_id, s.service, s.joined_at, s.left_at
    from stay s
    where s.company_id = of_company and s.length_class = c.length_class and s.service is not null
      and s.joined_at >= b.lo - c.longest and s.joined_at < b.hi and (s.left_at > b.lo or s.joined_at >= b.lo)
    offset 0
  ) s
  union all
  select b.day, b.lo, b.hi, s.*
  from unnest(days, froms, tos) as b (day, lo, hi)
  cross join lateral (
    select s.event_id, s.service, s.joined_at, s.left_at
    from stay s
    where s.company_id = of_company and s.length_class in (4, 9) and s.service is not null
      and s.joined_at < b.hi and (s.left_at > b.lo or s.left_at is null or s.joined_at >= b.lo)
    offset 0
  ) s
),
lasting as (
  select f.*, t.room_key,
    case
      when f.left_at is not null then f.left_at
      when as_of >= t.tree_active_at + c.stale_after then greatest(f.joined_at, t.tree_active_at)
      else greatest(f.joined_at, as_of)
    end as ends_at,
    case when f.left_at is null and as_of < t.tree_active_at + c.stale_after then t.tree_active_at + c.stale_after end as stale_at
  from found f
  join company c on c.company_id = of_company
  cross join lateral (
    select t.room_key, t.tree_active_at
    from event e
    join event t on t.company_id = of_company and t.event_id = e.top_id
    where e.company_id = of_company and e.event_id = f.event_id
    offset 0
  ) t
  where f.service in ('RECORDER', 'STREAMER') and t.room_key is not null
)
select l.day, l.lo, l.hi, l.room_key, l.service, l.joined_at, greatest(l.joined_at, l.lo), least(l.ends_at, l.hi), l.stale_at,
  l.stale_at is not null and l.joined_at < as_of and l.lo <= as_of and as_of < l.hi,
  l.joined_at >= l.lo or l.ends_at > l.lo
from lasting l
where l.joined_at >= l.lo or l.ends_at > l.lo or l.stale_at is not null;
end;

-- The same by room: how long recorders and streamers ran, and when that changes though nothing arrives. Of a room in which none
-- is yet, `counted` is false.
create or replace function served_rooms(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[]
) returns table (
  day date, lo timestamptz, hi timestamptz, room_key text,
  recorder_us bigint, open_recorders integer, recorder_offset_us bigint,
  streamer_us bigint, open_streamers integer, streamer_offset_us bigint, counted boolean, changes_at timestamptz
)
language sql stable
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
select s.day, s.lo, s.hi, s.room_key,
  coalesce(sum(s.closed_us) filter (where s.service = 'RECORDER'), 0)::bigint,
  (count(*) filter (where s.service = 'RECORDER' and s.open and s.inside))::integer,
  coalesce(sum(s.offset_us) filter (where s.service = 'RECORDER'), 0)::bigint,
  coalesce(sum(s.closed_us) filter (where s.service = 'STREAMER'), 0)::bigint,
  (count(*) filter (where s.service = 'STREAMER' and s.open and s.inside))::integer,
  coalesce(sum(s.offset_us) filter (where s.service = 'STREAMER'), 0)::bigint,
  bool_or(s.inside),
  min(least(
    s.stale_at,
    case when not s.inside then s.lo + interval '1 microsecond' end,
    case when s.inside and s.joined_at >= as_of then s.joined_at + interval '1 microsecond' end
  ))
from (
  select p.*, case when p.inside and not p.open then microseconds(p.ends_at - p.starts_at) end as closed_us,
    case when p.inside and p.open then microseconds(p.starts_at - p.lo) end as offset_us
  from service_pieces(of_company, as_of, days, froms, tos) p
) s
group by s.day, s.lo, s.hi, s.room_key;
end;
