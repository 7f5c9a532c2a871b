-- name: company_limits
-- What the company has contracted, past and future limits included.
select l.metric::text, l.section::text, l.value, l.valid_from, l.valid_to
from company_limit l
where l.company_id = %(company)s
order by l.metric, l.section, l.valid_from nulls first, l.limit_id
