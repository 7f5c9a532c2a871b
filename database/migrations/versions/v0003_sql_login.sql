-- Logins of companies for their BI tools.

create table sql_login (
  company_id integer not null references company,
  role_name text not null unique,
  label text,
  issued_by text,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (company_id, role_name)
);
comment on table sql_login is 'The Postgres roles of a company: a session_user that is listed here sees the views in bi of that company alone.';
comment on column sql_login.role_name is 'Opaque, since every login can list the roles of a server. Unique over all companies: support alone makes them.';
comment on column sql_login.last_used_at is 'When somebody was last seen to be connected, to the minute: Postgres itself does not remember.';
