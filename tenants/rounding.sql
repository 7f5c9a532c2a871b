-- How minutes are billed, by the first day of the billing periods that a rule is for.

-- name: agree_on_rounding
insert into billing_rule (company_id, valid_from, rounding)
values (%(company_id)s, %(valid_from)s, %(rounding)s::minute_rounding)
on conflict (company_id, valid_from) do update
set rounding = excluded.rounding

-- name: rules
select r.rounding::text, r.valid_from
from billing_rule r
where r.company_id = %(company_id)s
order by r.valid_from
