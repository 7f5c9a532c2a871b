-- What the planner may take for granted of a table that has never been analyzed: that a company has many rows in it.
-- Left to guess, it takes company_id for nearly unique, finds every index that begins with it equally good, and looks a row
-- up by all that its company has: each check of a foreign key then costs as much as the company is large, until the first
-- ANALYZE, which a first load of years does not wait for. What has been analyzed is left as it is.
do $$
declare
  name text;
begin
  for name in
    select c.relname
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
    where c.relnamespace = 'turnout'::regnamespace and c.relkind = 'r' and c.reltuples = -1
  loop
    perform pg_restore_attribute_stats(
      'schemaname', 'turnout', 'relname', name, 'attname', 'company_id', 'inherited', false,
      'null_frac', 0::real, 'avg_width', 4, 'n_distinct', 10::real
    );
  end loop;
end
$$;
