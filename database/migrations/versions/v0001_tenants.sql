-- Who: companies, what they bought, and what they sign in with.

create type limit_metric as enum (
  'SPEAKERS', 'LISTENERS', 'CONNECTIONS', 'EVENTS', 'PARTICIPATION_MINUTES',
  'RECORDED_MINUTES', 'STORED_RECORDING_MINUTES', 'STORAGE_BYTES', 'USERS'
);
create type section as enum ('TOTAL', 'MEETING', 'WEBINAR', 'CALL');

create table company (
  company_id integer generated always as identity primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (name <> ''),
  time_zone text not null,
  billing_anchor_day smallint not null default 1 check (billing_anchor_day between 1 and 31),
  stale_after interval not null default '24 hours' check (stale_after > interval '0'),
  created_at timestamptz not null
);
comment on column company.slug is 'Unique over all companies: the name a company signs in with. Only support may add one, so it tells a company nothing.';
comment on column company.stale_after is 'How long a stay without a leave waits for another activity of its event before it ends at the latest one.';

create table company_limit (
  company_id integer not null references company,
  limit_id bigint generated always as identity,
  metric limit_metric not null,
  section section not null,
  value double precision not null check (value >= 0),
  valid_from date,
  valid_to date,
  primary key (company_id, limit_id),
  check (valid_from <= valid_to)
);
comment on table company_limit is 'Contracted limits. Both dates are included and company-local; of overlapping limits the latest start rules.';

create table company_password (
  company_id integer not null references company,
  password_id uuid not null,
  hash text not null,
  label text,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (company_id, password_id)
);
comment on column company_password.hash is 'Argon2id; the password itself is shown once and kept nowhere.';

create table company_session (
  company_id integer not null,
  session_id uuid not null,
  password_id uuid not null,
  digest bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (company_id, session_id),
  foreign key (company_id, password_id) references company_password on delete cascade
);
comment on column company_session.digest is 'SHA-256 of the token. Unique over all companies: 256 random bits tell nobody anything.';

create table api_key (
  company_id integer not null references company,
  key_id uuid not null,
  digest bytea not null unique,
  prefix text not null,
  scopes text[] not null,
  label text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (company_id, key_id)
);
comment on column api_key.digest is 'SHA-256 of the key. Unique over all companies: 190 random bits tell nobody anything.';
comment on column api_key.prefix is 'The first characters, to recognise a key in a list.';

create table local_day (
  time_zone text not null,
  day date not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  primary key (time_zone, day)
);
comment on table local_day is 'When each local day of a zone begins and ends, by the IANA database as Python reads it: Postgres'' own AT TIME ZONE is an hour wrong where midnight happens twice.';
