-- What was done to a company and in its name, as the company itself reads it.

-- name: entries
with line as (
  select a.audit_id as sort_number, null::text as sort_text, a.audit_id::text as id,
    a.at, a.actor::text as actor, a.name, a.credential_id::text as credential_id, a.action, a.target, a.details,
    -- From where support works is no business of companies.
    case when a.actor in ('COMPANY', 'KEY') then host(a.address) end as address,
    case when a.actor in ('COMPANY', 'KEY') then a.user_agent end as user_agent,
    a.request_id, encode(a.hash, 'hex') as hash
  from audit a
  where a.company_id = %(company)s
    and (%(actions)s::text[] is null or a.action = any (%(actions)s::text[]))
    and (%(from)s::timestamptz is null or a.at >= %(from)s)
    and (%(to)s::timestamptz is null or a.at < %(to)s)
)
