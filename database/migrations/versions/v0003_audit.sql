-- Who did what, when, from where, with which credential. Rows are added and never changed: nobody has the right to.

create type audit_actor as enum ('COMPANY', 'KEY', 'SUPPORT', 'COMMAND', 'SYSTEM');

create table audit (
  company_id integer not null references company,
  audit_id bigint generated always as identity,
  at timestamptz not null,
  actor audit_actor not null,
  name text,
  credential_id uuid,
  action text not null,
  target text,
  details jsonb not null default '{}',
  address inet,
  user_agent text,
  request_id text,
  primary key (company_id, audit_id)
);
comment on column audit.name is 'Whose credential it is: the member of support, or the label of a password or key.';
comment on column audit.target is 'What was done something to, such as the id of a key.';

create table staff_audit (
  audit_id bigint generated always as identity primary key,
  at timestamptz not null,
  actor audit_actor not null,
  name text,
  credential_id uuid,
  action text not null,
  target text,
  details jsonb not null default '{}',
  address inet,
  user_agent text,
  request_id text
);
comment on table staff_audit is 'What support has done that concerns no one company.';
