-- Segments of a company's stays.

-- name: count_stays
-- How many stays are looked through for a segment, up to one more than may be: those that begin in the period.
select count(*)
from (
  select
  from stay s
  where s.company_id = %(company)s and s.length_class in (0, 1, 2, 3, 4, 9) and s.joined_at >= %(from)s and s.joined_at < %(to)s
  limit %(most)s
) s
