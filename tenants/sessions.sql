-- Sessions and passwords of the company that is set: calls of the closed list of functions that may write them.

-- name: open_session
select label, expires_at
from open_session(
  %(company_id)s, %(password_id)s, %(session_id)s, %(digest)s, %(kind)s::session_kind, %(now)s, %(expires_at)s,
  %(address)s::inet, %(user_agent)s
)

-- name: list_sessions
select session_id, kind, label, created_at, seen_at, expires_at, address, user_agent
from list_sessions(%(now)s, %(idle_since)s)
limit %(most)s

-- name: end_session
select session_id from end_session(%(session_id)s)

-- name: end_other_sessions
select session_id from end_other_sessions(%(session_id)s)

-- name: find_password_of_session
select company_id, password_id, hash, chosen from find_password_of_session(%(session_id)s)

-- name: change_password
select session_id from change_password(%(session_id)s, %(old)s, %(new)s, %(hash)s, %(now)s)

-- name: rehash_password
select password_id from rehash_password(%(company_id)s, %(password_id)s, %(old_hash)s, %(new_hash)s)

-- name: find_link
select company_id, slug, name from find_link(%(digest)s, %(now)s)

-- name: use_link
select link_id, label from use_link(%(digest)s, %(password_id)s, %(hash)s, %(now)s)

-- name: knows_sign_in
select known from knows_sign_in(%(account)s, %(address)s::cidr)

-- name: admit_sign_in
select wait, known from admit_sign_in(%(account)s, %(address)s::cidr, %(now)s)

-- name: note_throttled_sign_ins
select of_company, of_staff, address, failures from note_throttled_sign_ins()

-- name: settle_sign_in
select settled from settle_sign_in(%(account)s, %(address)s::cidr, %(known)s, %(now)s)
