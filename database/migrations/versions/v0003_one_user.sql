-- What a key or token of one user asks by: whose events and files there are, and which tokens a key has made.

alter table api_key
  add check (user_key <> ''),
  add check (user_key is null or scopes <@ '{read:stats,read:people}');
alter table embed_token add check (user_key <> '');
comment on column embed_token.user_key is 'The one user whose own things it sees; null means all that its key may see.';

-- Its tokens go with a key, and those that have expired go when it makes another.
create index embed_token_key on embed_token (company_id, key_id, expires_at);

-- Events and files are few beside stays, and this locks them for a moment.
-- squawk-ignore require-concurrent-index-creation
create index event_owner on event (company_id, resolved_owner_key) where resolved_owner_key is not null;
-- squawk-ignore require-concurrent-index-creation
create index stored_owner on stored (company_id, owner_key) where owner_key is not null;
