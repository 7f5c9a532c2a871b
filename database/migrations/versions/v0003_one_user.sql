-- What a key or token of one user asks by: whose events and files there are.

-- Keys are few.
-- squawk-ignore constraint-missing-not-valid
alter table api_key add check (user_key <> '');
-- squawk-ignore constraint-missing-not-valid
alter table api_key add check (user_key is null or scopes <@ '{read:stats,read:people}');

-- Events and files are few beside stays, and this locks them for a moment.
-- squawk-ignore require-concurrent-index-creation
create index event_owner on event (company_id, resolved_owner_key) where resolved_owner_key is not null;
-- squawk-ignore require-concurrent-index-creation
create index stored_owner on stored (company_id, owner_key) where owner_key is not null;
