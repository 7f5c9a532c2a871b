-- Support staff: no company is theirs.

alter table company
  add column next_stale_after interval check (next_stale_after > interval '0');
comment on column company.next_stale_after is 'What stale_after is to become: whoever refreshes changes it together with the stays and marks that depend on it.';

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
-- Their sessions go with a member, and end with a password.
create index staff_session_staff on staff_session (staff_id);

create table support_access (
  company_id integer not null references company,
  access_id uuid not null,
  staff_id uuid,
  staff_name text not null,
  reason text not null,
  digest bytea not null unique,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  closed_at timestamptz,
  primary key (company_id, access_id)
);
comment on table support_access is 'When support may read people and titles of a company, and why: the company sees it.';
comment on column support_access.staff_id is 'Whose it is; null when it was opened on the command line.';
comment on column support_access.digest is 'SHA-256 of the token. Unique over all companies: 256 random bits tell nobody anything.';
