-- When support may read people and titles of a company.

-- name: open
-- Nothing is opened for a member of support whose session has ended in the meantime: no row comes back. Account and session are
-- locked, in the order of whoever suspends them or gives them another password, who hence sees every access that was quicker.
with standing as (
  select s.staff_id
  from staff s
  join staff_session n on n.staff_id = s.staff_id
  where n.session_id = %(session_id)s::uuid and s.suspended_at is null
  for share of s for key share of n
)
insert into support_access (company_id, access_id, staff_id, staff_name, reason, digest, opened_at, expires_at)
select %(company)s, %(access_id)s, (select t.staff_id from standing t), %(staff_name)s, %(reason)s, %(digest)s, %(now)s, %(expires_at)s
where %(session_id)s::uuid is null or exists (select from standing)
returning access_id

-- name: close
update support_access
set closed_at = %(now)s
where company_id = %(company)s and access_id = %(access_id)s and closed_at is null and expires_at > %(now)s
returning access_id

-- name: list
select access_id, staff_name, reason, opened_at, expires_at, closed_at
from support_access
where company_id = %(company)s
order by opened_at desc, access_id

-- name: find
select company_id, slug, name, time_zone, billing_anchor_day, generation, access_id, staff_name
from find_support_access(%(digest)s, %(now)s)
