-- Who did what, when, from where, with which credential. Rows are added and never changed, and each is bound to all before it:
-- what somebody above the wall has done to them all the same can be found out.

create type audit_actor as enum ('COMPANY', 'KEY', 'SUPPORT', 'COMMAND', 'SYSTEM');

create table audit (
  company_id integer not null references company,
  audit_id bigint not null,
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
  hash bytea not null,
  primary key (company_id, audit_id)
);
comment on column audit.audit_id is 'Counted for each company from 1, without a gap.';
comment on column audit.name is 'Whose credential it is: the member of support, or the label of a password or key.';
comment on column audit.target is 'What was done something to, such as the id of a key.';
comment on column audit.hash is 'SHA-256 of the hash before it, of the same company, and of all the other columns.';

create table staff_audit (
  audit_id bigint primary key,
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
  hash bytea not null
);
comment on table staff_audit is 'What support has done that concerns no one company.';

-- What a row's hash is. It may never change: every hash there is was made by it. Columns that are null count as if they were
-- not there, so that a column added later changes no hash. Instants are written in UTC, whatever the session's zone.
create function audit_digest(previous bytea, entry anyelement) returns bytea
language sql stable parallel safe set timezone = 'UTC' set search_path = pg_catalog, pg_temp
as $$ select sha256(coalesce(previous, '') || convert_to(jsonb_strip_nulls(to_jsonb(entry) - 'hash')::text, 'UTF8')) $$;

-- Number and hash are given here and nowhere else. Whoever writes at the same time for the same company waits for the commit:
-- a transaction writes to the audit last.
create function chain_audit() returns trigger
language plpgsql set search_path = turnout, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(hashtext('turnout.audit'), new.company_id);
  select a.audit_id + 1, a.hash into new.audit_id, new.hash
  from audit a
  where a.company_id = new.company_id
  order by a.audit_id desc
  limit 1;
  new.audit_id = coalesce(new.audit_id, 1);
  new.hash = audit_digest(new.hash, new);
  return new;
end
$$;

create function chain_staff_audit() returns trigger
language plpgsql set search_path = turnout, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(hashtext('turnout.staff_audit'), 0);
  select a.audit_id + 1, a.hash into new.audit_id, new.hash from staff_audit a order by a.audit_id desc limit 1;
  new.audit_id = coalesce(new.audit_id, 1);
  new.hash = audit_digest(new.hash, new);
  return new;
end
$$;

create function refuse_to_change_audit() returns trigger
language plpgsql
as $$
begin
  raise insufficient_privilege using message = format('%s is only ever added to: no %s', tg_table_name, lower(tg_op));
end
$$;

-- At the end of the transaction: then the whole company is gone, or nothing of its audit may be.
create function demand_company_gone() returns trigger
language plpgsql set search_path = turnout, pg_temp
as $$
begin
  if exists (select from company c where c.company_id = old.company_id) then
    raise insufficient_privilege using message = 'audit is only ever added to: it goes with the whole company alone';
  end if;
  return null;
end
$$;

create trigger chain before insert on audit for each row execute function chain_audit();
create trigger chain before insert on staff_audit for each row execute function chain_staff_audit();
create trigger no_change before update or truncate on audit for each statement execute function refuse_to_change_audit();
create trigger no_change before update or delete or truncate on staff_audit
for each statement execute function refuse_to_change_audit();
create constraint trigger no_removal after delete on audit
deferrable initially deferred for each row execute function demand_company_gone();

-- Removing a company puts triggers aside, which these are not for.
alter table audit enable always trigger no_change;
alter table audit enable always trigger no_removal;
alter table staff_audit enable always trigger no_change;
