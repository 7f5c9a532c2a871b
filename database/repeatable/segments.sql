-- Segments: a part of a company's stays, such as those of one of its own customers. A segment is a jsonb with one or several of
--   roomPrefix   the event at the top is in a room whose name, or id for want of one, begins so
--   externalId   who stays has this external id
--   metadata     {key, value}: what was said on joining has this text under this key
-- which must all hold; null is no segment, and everything is in it. Whoever reads many rows asks for null first.

-- Whose stays a segment is about, when it names an external id.
create or replace function segment_person(of_company integer, of_segment jsonb) returns bigint
language sql stable parallel safe
return (
  select p.person_id
  from person p
  where p.company_id = of_company and p.namespace = 'EXTERNAL' and p.key = of_segment ->> 'externalId'
);

-- Whether a stay is of a segment, as far as what was said on joining goes. No subquery is in it, so that it costs no call.
create or replace function stay_in_segment(of_segment jsonb, of_person bigint, external_id bigint, metadata jsonb)
returns boolean
language sql immutable parallel safe
return (not of_segment ? 'externalId' or external_id = of_person)
  and (not of_segment ? 'metadata' or metadata ->> (of_segment #>> '{metadata,key}') = of_segment #>> '{metadata,value}');

-- Whether an event at the top is in a room of a segment.
create or replace function room_in_segment(of_company integer, of_segment jsonb, room_key text) returns boolean
language sql stable parallel safe
return not of_segment ? 'roomPrefix' or coalesce(
  starts_with(
    coalesce((select r.name from room r where r.company_id = of_company and r.key = room_key collate "C"), room_key),
    of_segment ->> 'roomPrefix'
  ),
  false
);

-- Whether an event at the top is of a segment: in a room of it and, where it names people, with a stay of theirs at any time.
create or replace function event_in_segment(of_company integer, of_segment jsonb, of_event bigint, room_key text) returns boolean
language sql stable parallel safe
return room_in_segment(of_company, of_segment, room_key) and (
  not of_segment ?| array['externalId', 'metadata']
  or exists (
    select from event e
    join stay s on s.company_id = of_company and s.event_id = e.event_id and s.service is null
    where e.company_id = of_company and e.top_id = of_event
      and stay_in_segment(of_segment, segment_person(of_company, of_segment), s.external_id, s.metadata)
  )
);
