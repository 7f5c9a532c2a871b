-- Accounts of support staff, and what they have signed in to.

-- name: add
insert into staff (staff_id, name, hash, created_at)
values (%(staff_id)s, %(name)s, %(hash)s, %(now)s)
on conflict (name) do nothing
returning staff_id

-- name: list
select staff_id, name, created_at, suspended_at, last_used_at from staff order by lower(name collate pg_c_utf8), name

-- name: renew
update staff set hash = %(hash)s where name = %(name)s returning staff_id

-- name: suspend
update staff set suspended_at = coalesce(suspended_at, %(now)s) where name = %(name)s returning staff_id

-- name: restore
update staff set suspended_at = null where name = %(name)s returning staff_id

-- name: end_sessions
delete from staff_session where staff_id = %(staff_id)s

-- name: close_accesses
with closed as (
  update support_access set closed_at = %(now)s
  where staff_id = %(staff_id)s and closed_at is null and expires_at > %(now)s
  returning company_id, access_id
)
-- Whoever writes to the audits of several companies does so in this order, and waits for nobody who waits for them.
select company_id, access_id from closed order by company_id, access_id

-- name: find_hash
select staff_id, hash from staff where name = %(name)s and suspended_at is null

-- name: open_session
-- Nothing is opened when the account has been suspended, or has another password, in the meantime: no row comes back.
with signed_in as (
  update staff set last_used_at = %(now)s
  where staff_id = %(staff_id)s and hash = %(hash)s and suspended_at is null
  returning staff_id, name
),
ended as (
  delete from staff_session where expires_at <= %(now)s
),
opened as (
  insert into staff_session (session_id, staff_id, digest, created_at, expires_at, address, user_agent)
  select %(session_id)s, s.staff_id, %(digest)s, %(now)s, %(expires_at)s, %(address)s, %(user_agent)s
  from signed_in s
)
select staff_id, name from signed_in

-- name: find_session
select m.staff_id, m.name, s.session_id, coalesce(s.seen_at, s.created_at)
from staff_session s
join staff m on m.staff_id = s.staff_id and m.suspended_at is null
where s.digest = %(digest)s and s.expires_at > %(now)s and coalesce(s.seen_at, s.created_at) > %(idle_since)s

-- name: touch_session
update staff_session set seen_at = %(now)s where session_id = %(session_id)s

-- name: close_session
delete from staff_session where digest = %(digest)s returning session_id
