-- name: earliest_activity
select min(named_at) from event where company_id = %(company)s
