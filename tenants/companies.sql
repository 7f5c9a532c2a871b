-- What a new company needs beside its own row.

-- name: begin_generation
insert into rollup_generation (company_id, generation, time_zone, rolled_through, begun_at, seeded_at)
values (%(company_id)s, 1, %(time_zone)s, %(today)s, %(now)s, %(now)s)

-- name: drop_unfinished
-- Rollups that were begun for a change that nobody wants any more; with them go those of segments beside them.
delete from rollup_generation g
using company c
where g.company_id = %(company_id)s and c.company_id = %(company_id)s and g.generation <> c.generation and g.retired_at is null
  and g.segment_id is null

-- name: begin_another
-- Beside those that answer. Whoever builds it finds out first how far back it has to reach.
insert into rollup_generation (company_id, generation, time_zone, rolled_through, begun_at)
select %(company_id)s, max(g.generation) + 1, %(time_zone)s, %(today)s, %(now)s
from rollup_generation g
where g.company_id = %(company_id)s
returning generation

-- name: enter
-- Support may see no company's secret: it writes this one as that company.
select set_config('app.company', %(company_id)s::text, true)

-- name: keep_secret
insert into company_secret (company_id, secret) values (%(company_id)s, %(secret)s)

-- name: next_zone
-- The zone whose rollups are being built; none while nobody has asked for another.
select g.time_zone
from rollup_generation g
join company c on c.company_id = g.company_id
where c.slug = %(slug)s and g.generation > c.generation and g.retired_at is null and g.segment_id is null
order by g.generation desc
limit 1
