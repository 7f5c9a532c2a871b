-- Support staff: no company is theirs.

create table staff (
  staff_id uuid primary key,
  name text not null unique,
  hash text not null,
  created_at timestamptz not null,
  suspended_at timestamptz,
  last_used_at timestamptz
);
comment on table staff is 'Accounts of support staff, each of one person.';
comment on column staff.hash is 'Argon2id; the password itself is shown once and kept nowhere.';

create table staff_session (
  session_id uuid primary key,
  staff_id uuid not null references staff on delete cascade,
  digest bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  seen_at timestamptz,
  address inet,
  user_agent text
);

create table support_access (
  company_id integer not null references company,
  access_id uuid not null,
  staff_id uuid not null,
  staff_name text not null,
  reason text not null,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  closed_at timestamptz,
  primary key (company_id, access_id)
);
comment on table support_access is 'When support may read people and titles of a company, and why: the company sees it.';
