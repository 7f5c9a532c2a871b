-- Messages: that something was written, where and when.

-- name: add_messages
insert into message (company_id, digest, at, place, event_id, sender_key)
select %(company)s, m.digest, m.at, m.place::message_place, m.event_id, m.sender_key
from unnest(%(digests)s::bytea[], %(ats)s::timestamptz[], %(places)s::text[], %(events)s::bigint[], %(senders)s::text[])
  as m (digest, at, place, event_id, sender_key)

-- name: retract_messages
delete from message where company_id = %(company)s and digest = any (%(digests)s::bytea[]) returning at
