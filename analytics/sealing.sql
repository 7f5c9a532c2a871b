-- name: secret
select secret from company_secret where company_id = %(company)s
