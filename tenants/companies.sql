-- What a new company needs beside its own row.

-- name: begin_rollup
insert into company_rollup (company_id, rolled_through) values (%(company_id)s, %(today)s)
