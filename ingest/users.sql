-- Users: when they were registered, what they are called, and when they signed in.

-- name: lock_users
select person_id
from person
where company_id = %(company)s and person_id = any (%(users)s::bigint[])
order by person_id
for no key update

-- name: add_user_signals
insert into user_signal (company_id, digest, person_id, at, source, activity_key, what, name, email, department)
select %(company)s, s.digest, s.person_id, s.at, s.source, s.activity_key, s.what::user_signal_type, s.name, s.email, s.department
from unnest(
  %(digests)s::bytea[], %(users)s::bigint[], %(ats)s::timestamptz[], %(sources)s::text[], %(ids)s::text[], %(whats)s::text[],
  %(names)s::text[], %(emails)s::text[], %(departments)s::text[]
) as s (digest, person_id, at, source, activity_key, what, name, email, department)

-- name: retract_user_signals
delete from user_signal where company_id = %(company)s and digest = any (%(digests)s::bytea[]) returning person_id

-- name: describe_users
-- Member by member the last that was said.
with said as (
  select s.person_id,
    (array_agg(s.name order by s.at desc, s.source desc, s.activity_key desc) filter (where s.name is not null))[1] as name,
    (array_agg(s.email order by s.at desc, s.source desc, s.activity_key desc) filter (where s.email is not null))[1] as email,
    (array_agg(s.department order by s.at desc, s.source desc, s.activity_key desc) filter (where s.department is not null))[1] as department
  from user_signal s
  where s.company_id = %(company)s and s.person_id = any (%(users)s::bigint[])
  group by s.person_id
)
update person p
set name = s.name, email = s.email, department = s.department
from unnest(%(users)s::bigint[]) as i (person_id)
left join said s on s.person_id = i.person_id
where p.company_id = %(company)s and p.person_id = i.person_id

-- name: fold_registrations
-- From each registration to the removal that ends it; registered again while registered, or removed while not, says nothing.
-- Answers with every instant at which something changed.
with heard as (
  select s.person_id, s.at, s.what, row_number() over w as position, lag(s.what) over w as before
  from user_signal s
  where s.company_id = %(company)s and s.person_id = any (%(users)s::bigint[])
  window w as (partition by s.person_id order by s.at, s.source, s.activity_key)
),
turn as (
  select h.person_id, h.what, h.at, lead(h.at) over w as removed_at, row_number() over w as position
  from heard h
  where (h.what = 'REGISTERED' and h.before is distinct from 'REGISTERED') or (h.what = 'REMOVED' and h.before = 'REGISTERED')
  window w as (partition by h.person_id order by h.position)
),
folded as materialized (
  select t.person_id, ((t.position + 1) / 2)::integer as ordinal, t.at as registered_at, t.removed_at
  from turn t
  where t.what = 'REGISTERED'
),
written as (
  insert into registration (company_id, person_id, ordinal, registered_at, removed_at)
  select %(company)s, f.person_id, f.ordinal, f.registered_at, f.removed_at
  from folded f
  on conflict (company_id, person_id, ordinal) do update
  set registered_at = excluded.registered_at, removed_at = excluded.removed_at
  where (registration.registered_at, registration.removed_at) is distinct from (excluded.registered_at, excluded.removed_at)
  returning array[old.registered_at, old.removed_at, new.registered_at, new.removed_at] as instants
),
gone as (
  delete from registration r
  where r.company_id = %(company)s and r.person_id = any (%(users)s::bigint[])
    and not exists (select from folded f where f.person_id = r.person_id and f.ordinal = r.ordinal)
  returning array[r.registered_at, r.removed_at] as instants
)
select distinct x.at
from (select instants from written union all select instants from gone) i
cross join lateral unnest(i.instants) as x (at)
where x.at is not null

-- name: add_sign_ins
insert into sign_in (company_id, digest, at, person_id, device, client, os)
select %(company)s, s.digest, s.at, s.person_id, coalesce(s.device, 'UNKNOWN')::device, coalesce(s.client, 'Unknown'), s.os
from unnest(
  %(digests)s::bytea[], %(ats)s::timestamptz[], %(users)s::bigint[], %(devices)s::text[], %(clients)s::text[], %(systems)s::text[]
) as s (digest, at, person_id, device, client, os)

-- name: retract_sign_ins
delete from sign_in where company_id = %(company)s and digest = any (%(digests)s::bytea[]) returning at
