-- What is told to those who watch a company, in the transaction that stores it.

-- name: announce
-- Each sixty-fourth arrival takes away those that nobody waits for any more, so that most batches need not look.
with added as (
  insert into arrival (company_id, made_at, what, connection_id, at)
  select %(company)s, %(as_of)s, a.what::arrival_kind, a.connection_id, a.at
  from unnest(%(whats)s::text[], %(connections)s::bigint[], %(ats)s::timestamptz[]) with ordinality as a (what, connection_id, at, place)
  order by a.place
  returning arrival_id
)
delete from arrival
where (company_id, made_at, arrival_id) in (
  select o.company_id, o.made_at, o.arrival_id
  from arrival o
  where o.company_id = %(company)s and o.made_at < %(as_of)s::timestamptz - %(kept)s::interval
    and exists (select from added where added.arrival_id %% 64 = 0)
  order by o.made_at, o.arrival_id
  limit 1000
  for update skip locked
)

-- name: announce_ended
-- Who was still in an event, or in a breakout of it, when it ended: nobody else tells that they left.
insert into arrival (company_id, made_at, what, connection_id, at)
select distinct %(company)s, %(as_of)s::timestamptz, 'LEFT'::arrival_kind, s.connection_id, s.left_at
from unnest(%(events)s::bigint[], %(ats)s::timestamptz[]) as x (event_id, at)
join event n on n.company_id = %(company)s and n.event_id = x.event_id
join event e on e.company_id = %(company)s and e.top_id = n.top_id
join stay s on s.company_id = %(company)s and s.event_id = e.event_id and s.left_at = x.at and s.ended_by = 'EVENT_ENDED'
