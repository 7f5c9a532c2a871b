-- What waits for an end that has never come: stays, runs of recordings and features, whose event has been silent too long.

-- Writes down where all of it has ended in some events at the top, as of an instant; the caller has locked these. No number
-- changes: readers take these as ended there already, and ingest must know it before new activity moves an event.
create or replace function settle_stale(of_company integer, as_of timestamptz, tops bigint[]) returns void
language sql
begin atomic
with silent as materialized (
  select e.event_id, t.tree_active_at
  from event t
  join company c on c.company_id = of_company
  join event e on e.company_id = of_company and e.top_id = t.event_id
  where t.company_id = of_company and t.event_id = any (tops) and t.tree_active_at + c.stale_after <= as_of
),
stays as (
  update stay s
  set left_at = greatest(s.joined_at, e.tree_active_at), ended_by = 'STALE'
  from silent e
  where s.company_id = of_company and s.event_id = e.event_id and s.left_at is null
),
runs as (
  update recording_run r
  set stopped_at = greatest(r.started_at, e.tree_active_at), ended_by = 'STALE'
  from silent e
  where r.company_id = of_company and r.event_id = e.event_id and r.stopped_at is null
)
update feature_span f
set stopped_at = greatest(f.started_at, e.tree_active_at), ended_by = 'STALE'
from silent e
where f.company_id = of_company and f.event_id = e.event_id and f.stopped_at is null;
end;
