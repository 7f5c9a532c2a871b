-- The audit as support reads it, and whether it still is what was written.

-- name: of_company
select a.audit_id, a.at, a.actor::text, a.name, a.credential_id, a.action, a.target, a.details, host(a.address),
  a.user_agent, a.request_id, encode(a.hash, 'hex')
from audit a
where a.company_id = %(company)s and (%(action)s::text is null or a.action = %(action)s)
order by a.audit_id desc
limit %(rows)s

-- name: of_staff
select a.audit_id, a.at, a.actor::text, a.name, a.credential_id, a.action, a.target, a.details, host(a.address),
  a.user_agent, a.request_id, encode(a.hash, 'hex')
from staff_audit a
where %(action)s::text is null or a.action = %(action)s
order by a.audit_id desc
limit %(rows)s

-- name: chain_of_company
select count(*), min(place) filter (where audit_id <> place or hash <> digest), (array_agg(hash order by place desc))[1]
from (
  select a.audit_id, a.hash, audit_digest(lag(a.hash) over number, a) as digest, row_number() over number as place
  from audit a
  where a.company_id = %(company)s
  window number as (order by a.audit_id)
) entry

-- name: chain_of_staff
select count(*), min(place) filter (where audit_id <> place or hash <> digest), (array_agg(hash order by place desc))[1]
from (
  select a.audit_id, a.hash, audit_digest(lag(a.hash) over number, a) as digest, row_number() over number as place
  from staff_audit a
  window number as (order by a.audit_id)
) entry

-- name: companies
select company_id, slug from company order by slug
