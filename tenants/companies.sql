-- What a new company needs beside its own row.

-- name: begin_generation
insert into rollup_generation (company_id, generation, time_zone, rolled_through, begun_at)
values (%(company_id)s, 1, %(time_zone)s, %(today)s, %(now)s)

-- name: enter
-- Support may see no company's secret: it writes this one as that company.
select set_config('app.company', %(company_id)s::text, true)

-- name: keep_secret
insert into company_secret (company_id, secret) values (%(company_id)s, %(secret)s)
