-- How many events each user has created in a year is counted in the index alone. The events of one company lie among those of
-- all others, a page of the table for nearly each: read there, a company of a thousand pays for all of them.
-- event_id is for the rule of one user's own events.

-- squawk-ignore require-concurrent-index-deletion
drop index event_created;
-- Events are few beside stays; the upgrade holds up their ingest for seconds.
-- squawk-ignore require-concurrent-index-creation
create index event_created on event (company_id, created_at) include (event_id, resolved_owner_key, kind, breakout_of, named_at);
