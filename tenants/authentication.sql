-- From a credential to its company: calls of the closed list of functions that may look beyond one.

-- name: find_passwords
select company_id, password_id, hash, chosen from find_passwords(%(slug)s, %(now)s)

-- name: find_session
select company_id, slug, name, time_zone, billing_anchor_day, generation, credential_id, label, must_change
from find_session(%(digest)s, %(kind)s::session_kind, %(now)s, %(idle_since)s)

-- name: look_at_session
select company_id, slug, name, time_zone, billing_anchor_day, generation, credential_id, label, must_change
from look_at_session(%(digest)s, %(kind)s::session_kind, %(now)s, %(idle_since)s)

-- name: find_key
select company_id, slug, name, time_zone, billing_anchor_day, generation, credential_id, scopes, label, user_key
from find_key(%(digest)s, %(now)s, %(address)s::inet)

-- name: open_embed_token
select expires_at, others
from open_embed_token(
  %(company_id)s, %(key_id)s, %(token_id)s, %(digest)s, %(user_key)s, %(views)s::text[], %(now)s, %(expires_at)s
)

-- name: find_embed_token
select company_id, slug, name, time_zone, billing_anchor_day, generation, credential_id, scopes, label, user_key, views
from find_embed_token(%(digest)s, %(now)s)
