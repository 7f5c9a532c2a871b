-- Segments, as the company that has them declares them.

-- name: lock_segments
select pg_advisory_xact_lock(hashtext('turnout.segments'), %(company)s)

-- name: look_around
-- How many there are, and whether one of them is called so, or is the same.
select count(*), count(*) filter (where s.name = %(name)s), count(*) filter (where s.definition = %(definition)s::jsonb)
from segment s
where s.company_id = %(company)s and s.removed_at is null

-- name: declare
insert into segment (company_id, segment_id, name, definition, declared_at)
values (%(company)s, %(segment)s, %(name)s, %(definition)s::jsonb, %(now)s)

-- name: remove
update segment set removed_at = %(now)s
where company_id = %(company)s and segment_id = %(segment)s and removed_at is null
returning segment_id
