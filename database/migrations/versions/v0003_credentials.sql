-- What companies and their programs sign in with.

-- Its result gains columns; it is made anew with the other repeatable files, in the same upgrade.
-- squawk-ignore ban-drop-function
-- squawk-ignore-file ban-drop-function
drop function if exists find_key(bytea, timestamptz);

create type session_kind as enum ('BEARER', 'COOKIE');

alter table company add column suspended_at timestamptz;
comment on column company.suspended_at is 'While it is set nobody signs in, no key or SQL login works, and nothing is taken in. Nothing is lost.';

alter table company_password
  add column issued_by text,
  add column expires_at timestamptz,
  add column must_change boolean not null default false,
  add column chosen boolean not null default false,
  add column last_used_at timestamptz;
comment on column company_password.must_change is 'An activation secret: a session begun with it may do nothing but choose a password.';
comment on column company_password.chosen is 'The company has chosen it itself: nobody else has ever seen it.';

alter table company_session
  add column kind session_kind not null default 'BEARER',
  add column seen_at timestamptz,
  add column address inet,
  add column user_agent text;
comment on column company_session.seen_at is 'The latest request, to the minute; null means none since it began. A cookie session idle for too long has ended.';
-- Its sessions go with a password.
-- squawk-ignore require-concurrent-index-creation
create index company_session_password on company_session (company_id, password_id);

create table activation_link (
  company_id integer not null references company,
  link_id uuid not null,
  digest bytea not null unique,
  label text,
  issued_by text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  primary key (company_id, link_id)
);
comment on table activation_link is 'A link on which a company chooses its password, once: support never sees it.';
comment on column activation_link.digest is 'SHA-256 of the secret in the link. Unique over all companies: 256 random bits tell nobody anything.';

-- How often signing in has failed of late. No company stands here: names that no company has are counted like all others.
create table sign_in_throttle (
  account bytea not null,
  address cidr not null,
  failures integer not null,
  failed_at timestamptz not null,
  succeeded_at timestamptz,
  noted_at timestamptz,
  primary key (account, address)
);
comment on table sign_in_throttle is 'Failures of one address with one name. An attempt counts as one until it has succeeded.';
comment on column sign_in_throttle.account is 'SHA-256 of the name that was entered, which may have been a password by mistake.';
comment on column sign_in_throttle.address is 'One IPv4 address, or the 64 bits that lead to a network of IPv6.';
comment on column sign_in_throttle.succeeded_at is 'The latest success: such an address is never refused with the right password.';
create index on sign_in_throttle (failed_at) where succeeded_at is null;
create index on sign_in_throttle (succeeded_at) where succeeded_at is not null;

create table sign_in_bucket (
  bucket text primary key,
  full_until timestamptz not null,
  noted_at timestamptz
);
comment on table sign_in_bucket is 'Failures of one address over all names, and of one name over all addresses that never succeeded.';
comment on column sign_in_bucket.full_until is 'Each failure moves it on by the time in which the bucket forgets one.';
create index on sign_in_bucket (full_until);

-- They get other parameters.
drop function if exists find_passwords(text);
drop function if exists open_session(integer, uuid, uuid, bytea, timestamptz, timestamptz);
drop function if exists find_session(bytea, timestamptz);
drop function if exists close_session(bytea);

alter table api_key
  add column user_key text,
  add column addresses cidr [] not null default '{}',
  add column issued_by text,
  add column last_used_at timestamptz;
comment on column api_key.user_key is 'The id of the one user whose own events, files and statistics the key sees; null means the whole company.';
comment on column api_key.addresses is 'Where it may be used from; empty means from anywhere.';

create table embed_token (
  company_id integer not null,
  token_id uuid not null,
  key_id uuid not null,
  digest bytea not null unique,
  user_key text check (user_key <> ''),
  views text [],
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (company_id, token_id),
  foreign key (company_id, key_id) references api_key on delete cascade
);
comment on table embed_token is 'Short-lived tokens that a key makes for a page: of one user, or of a set of views.';
comment on column embed_token.views is 'The root fields that it may ask; null means all that its key may.';
comment on column embed_token.user_key is 'The one user whose own things it sees; null means all that its key may see.';

-- Its tokens go with a key, and those that have expired go when it makes another.
create index embed_token_key on embed_token (company_id, key_id, expires_at);
