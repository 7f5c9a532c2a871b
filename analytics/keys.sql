-- The keys that a company was ever given, as support's role sees them: it alone lists keys.

-- name: keys
with line as (
  select microseconds(k.created_at - timestamptz '2000-01-01 00:00Z') as sort_number, null::text as sort_text, k.key_id::text as id,
    k.prefix, k.label, k.scopes, k.addresses::text[], k.user_key, k.issued_by, k.created_at, k.expires_at, k.last_used_at,
    k.replaced_by, k.revoked_at
  from api_key k
  where k.company_id = %(company)s
    and (%(active_at)s::timestamptz is null or k.revoked_at is null and k.expires_at > %(active_at)s)
)
