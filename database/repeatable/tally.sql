-- The reference of every number that is no stay: what was counted in some buckets of one company's time, as of an instant.
-- Buckets as in measure(). Rows of three grains come out, told apart by `grain`; each fills its own columns:
--   DAY     what a bucket has once, and how long all of it stays true
--   OWNER   files and recordings of one owner, '' for those of nobody
--   CLIENT  sign-ins of one user by one device, client and system
--
-- What exists at an instant (users registered, bytes in use) comes as the difference a bucket makes: summed over all buckets
-- up to one it is what exists at its end. Clocks run ahead: what begins or ends after as_of makes none yet.
create or replace function tally(
  of_company integer, as_of timestamptz, days date[], froms timestamptz[], tos timestamptz[]
) returns table (
  grain text, day date,
  messages integer, new_users integer, registered_delta integer, sign_ins integer,
  uploaded_bytes bigint, delta_bytes bigint, delta_files integer,
  owner_key text, device device, client text, os text, person_id bigint, valid_until timestamptz
)
language sql stable
-- A setting of its own keeps the function from being planned anew inside every statement that calls it, which takes several
-- times as long as running it: this way Postgres keeps its plan. And compiling it never pays.
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
with bucket as materialized (
  select b.day, b.lo, b.hi from unnest(days, froms, tos) as b (day, lo, hi)
),
-- `offset 0` keeps each a look-up by the bucket's instants; joined, the planner may read all that the company ever had.
registered as (
  select b.day, r.at, r.by
  from bucket b
  cross join lateral (
    select r.registered_at as at, 1 as by
    from registration r
    where r.company_id = of_company and r.registered_at >= b.lo and r.registered_at < b.hi
    union all
    select r.removed_at, -1
    from registration r
    where r.company_id = of_company and r.removed_at >= b.lo and r.removed_at < b.hi
    offset 0
  ) r
),
signed as materialized (
  select b.day, s.device, s.client, coalesce(s.os, '') as os, s.person_id, count(*)::integer as sign_ins
  from bucket b
  cross join lateral (
    select s.device, s.client, s.os, s.person_id
    from sign_in s
    where s.company_id = of_company and s.at >= b.lo and s.at < b.hi
    offset 0
  ) s
  group by b.day, s.device, s.client, coalesce(s.os, ''), s.person_id
),
version as (
  select b.day, v.stored_id, v.bytes, v.at, v.by
  from bucket b
  cross join lateral (
    select v.stored_id, v.bytes, v.since as at, 1 as by
    from stored_version v
    where v.company_id = of_company and v.since >= b.lo and v.since < b.hi
    union all
    select v.stored_id, v.bytes, v.until, -1
    from stored_version v
    where v.company_id = of_company and v.until >= b.lo and v.until < b.hi
    offset 0
  ) v
),
-- A recording that names no owner belongs to whose event it was made in: the one at the top.
owned as materialized (
  select v.day, v.at, v.by, v.bytes, s.kind, coalesce(s.owner_key, t.resolved_owner_key, '') as owner_key
  from version v
  join stored s on s.company_id = of_company and s.stored_id = v.stored_id
  left join event e on e.company_id = of_company and e.event_id = s.event_id
  left join event t on t.company_id = of_company and t.event_id = e.top_id
),
storage as materialized (
  select o.day, o.owner_key,
    coalesce(sum(o.bytes) filter (where o.kind = 'FILE' and o.by = 1), 0)::bigint as uploaded_bytes,
    coalesce(sum(o.bytes * o.by) filter (where o.at <= as_of), 0)::bigint as delta_bytes,
    coalesce(sum(o.by) filter (where o.at <= as_of), 0)::integer as delta_files
  from owned o
  group by o.day, o.owner_key
),
expiry as (
  select r.day, r.at from registered r where r.at > as_of
  union all
  select o.day, o.at from owned o where o.at > as_of
)
select
  'DAY', b.day,
  (
    select count(*)::integer from message m
    where m.company_id = of_company and m.at >= b.lo and m.at < b.hi and m.place = 'MESSENGER'
  ),
  (select count(*)::integer from registered r where r.day = b.day and r.by = 1),
  (select coalesce(sum(r.by), 0)::integer from registered r where r.day = b.day and r.at <= as_of),
  (select coalesce(sum(s.sign_ins), 0)::integer from signed s where s.day = b.day),
  (select coalesce(sum(s.uploaded_bytes), 0)::bigint from storage s where s.day = b.day),
  (select coalesce(sum(s.delta_bytes), 0)::bigint from storage s where s.day = b.day),
  (select coalesce(sum(s.delta_files), 0)::integer from storage s where s.day = b.day),
  null::text, null::device, null::text, null::text, null::bigint,
  coalesce((select min(x.at) from expiry x where x.day = b.day), 'infinity')
from bucket b
union all
select 'OWNER', s.day, null, null, null, null, s.uploaded_bytes, s.delta_bytes, s.delta_files, s.owner_key, null, null, null, null, null
from storage s
union all
select 'CLIENT', s.day, null, null, null, s.sign_ins, null, null, null, null, s.device, s.client, s.os, s.person_id, null
from signed s;
end;
