-- Removing a company with all that is its own. Which tables that are says the catalogue, so that none is forgotten.

-- name: spare_foreign_keys
-- Only a superuser may. Checking them costs, for each row that goes, a look at all the rows that have gone before it where
-- no index leads from one to the other; the locks below keep new ones out, and in the end everything is counted.
select set_config('session_replication_role', 'replica', true) from pg_roles where rolname = current_user and rolsuper

-- name: act_as_owner
-- The one role whose policies let it write every table of companies.
select set_config('role', 'turnout_owner', true), set_config('search_path', 'turnout', true)

-- name: find_company
select company_id from company where slug = %(slug)s

-- name: wait_for_refresh
-- The lock of a refresh: one that is under way is finished first, and none begins before the company is gone.
select pg_advisory_xact_lock(hashtext('turnout.refresh'), %(company)s)

-- name: lock_company
-- Every ingest holds the row for share until its commit, and finds none when it has waited for this.
select company_id from company where company_id = %(company)s for update

-- name: lock_passwords
-- Signing in holds its password's row for share, and opens nothing when that is gone.
select count(*) from (select from company_password where company_id = %(company)s for update) locked

-- name: lock_generations
-- Whoever begins a generation of rollups or marks its days holds its row.
select count(*) from (select from rollup_generation where company_id = %(company)s order by generation for update) locked

-- name: lock_events
-- As an ingest does, in its order: whoever closes stale stays holds none of them when the stays are deleted.
select count(*) from (select from event where company_id = %(company)s order by key for update) locked

-- name: roles_of_company
select role_name from sql_login where company_id = %(company)s order by role_name

-- name: act_as_oneself
select set_config('role', 'none', true)

-- name: active_keys
select count(*) from api_key where company_id = %(company)s and revoked_at is null and expires_at > %(as_of)s

-- name: tables_of_companies
-- Whatever refers to a table comes before it. The depth ends the walk should references ever form a circle.
with recursive of_companies as (
  select c.oid, c.relname
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
  where c.relnamespace = 'turnout'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
),
placed (oid, depth) as (
  select o.oid, 0 from of_companies o
  union
  select f.conrelid, p.depth + 1
  from placed p
  join pg_constraint f on f.confrelid = p.oid and f.contype = 'f' and f.conrelid <> f.confrelid
  where p.depth < 30
)
select o.relname
from of_companies o
join placed p on p.oid = o.oid
group by o.relname
order by max(p.depth) desc, o.relname

-- name: views_of_companies
-- Materialized views keep what they have read until they are refreshed. One without data has nothing.
select c.relname
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
where c.relnamespace = 'turnout'::regnamespace and c.relkind = 'm' and c.relispopulated
order by c.relname
