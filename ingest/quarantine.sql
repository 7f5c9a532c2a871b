-- What could not be counted: looked at, and taken out again once it can be.

-- name: totals
select code, count(*), sum(times)::bigint
from quarantine
where company_id = %(company)s and (%(code)s::text is null or code = %(code)s)
group by code
order by code

-- name: newest
select code, detail, source, activity_key, first_at, last_at, times, case when %(with_bodies)s then body end, position
from quarantine
where company_id = %(company)s and (%(code)s::text is null or code = %(code)s)
order by last_at desc, first_at desc, position desc, digest
limit %(limit)s

-- name: leaves_without_join
-- A leave closes a stay exactly when the signal before it, role changes left aside, is a join: an end of the event does not
-- stop a real leave from closing. Looks no further back than so many leaves.
with leave as (
  select s.connection_id, s.at, s.source, s.activity_key
  from signal s
  where s.company_id = %(company)s and s.what = 'LEFT' and not s.retracted
    and s.at <= %(as_of)s - (select c.stale_after from company c where c.company_id = %(company)s)
  order by s.at desc, s.source desc, s.activity_key desc
  limit %(looked_at)s
),
alone as materialized (
  select l.*
  from leave l
  where (
    select p.what
    from signal p
    where p.company_id = %(company)s and p.connection_id = l.connection_id
      and (p.at, p.source, p.activity_key) < (l.at, l.source, l.activity_key)
      and p.what <> 'ROLE_CHANGED' and not p.retracted
    order by p.at desc, p.source desc, p.activity_key desc
    limit 1
  ) is distinct from 'JOINED'
)
select e.key, c.key, a.at, a.source, a.activity_key, a.total
from (
  select *, count(*) over () as total from alone order by at desc, source desc, activity_key desc limit %(limit)s
) a
join connection c on c.company_id = %(company)s and c.connection_id = a.connection_id
join event e on e.company_id = %(company)s and e.event_id = c.event_id
order by a.at desc, a.source desc, a.activity_key desc

-- name: kept
-- How many were not kept as they came and can therefore not be taken again.
select count(*)
from quarantine
where company_id = %(company)s and (%(code)s::text is null or code = %(code)s) and code = any (%(not_whole)s::text[])

-- name: next_arrived
-- In the order of arrival, so many at once that memory stays bounded.
select a.digest, a.body, a.first_at, a.position
from (
  select q.*, row_number() over w as number, sum(octet_length(q.body)) over w as size
  from (
    select digest, body, first_at, position
    from quarantine
    where company_id = %(company)s and (first_at, position, digest) > (%(first_at)s, %(position)s, %(digest)s)
      and (%(code)s::text is null or code = %(code)s) and code <> all (%(not_whole)s::text[])
    order by first_at, position, digest
    limit %(at_once)s
  ) q
  window w as (order by q.first_at, q.position, q.digest)
) a
where a.size <= %(bytes_at_once)s or a.number = 1
order by a.number

-- name: release
delete from quarantine
where company_id = %(company)s and digest = any (%(digests)s::bytea[])

-- name: explain
-- Those that cannot be counted still, for the reason that holds now.
update quarantine q
set code = e.code, detail = e.detail
from unnest(%(digests)s::bytea[], %(codes)s::text[], %(details)s::text[]) as e (digest, code, detail)
where q.company_id = %(company)s and q.digest = e.digest and (q.code, q.detail) <> (e.code, e.detail)
