-- Billing periods that were closed, and what was agreed about them.

create type minute_rounding as enum ('EXACT', 'PER_STAY');
create type usage_metric as enum (
  'CONNECTIONS', 'SPEAKERS', 'LISTENERS', 'EVENTS', 'PARTICIPATION_MINUTES', 'BILLED_MINUTES', 'RECORDED_MINUTES',
  'STORED_RECORDING_MINUTES', 'STORED_RECORDING_BYTES', 'CAPTIONS_ENABLED_MINUTES', 'STORAGE_BYTES', 'USERS'
);
create type closing_reason as enum ('CLOSED', 'LATE_DATA', 'CORRECTION', 'DEFINITION', 'CONTRACT');

create table billing_rule (
  company_id integer not null references company,
  valid_from date not null,
  rounding minute_rounding not null,
  primary key (company_id, valid_from)
);
comment on table billing_rule is 'How minutes are billed in the periods that begin on this day or later; exactly in those that begin before the first.';

create table billing_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  section section not null,
  closed_minutes bigint not null,
  open_stays integer not null,
  open_offset_minutes bigint not null,
  open_phases integer[] not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (company_id, generation, day, section),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on table billing_day is 'Minutes of stays, each rounded up on its own: by how many the minutes since it began have grown in the day. Days add up to a period, for every stay that begins in it.';
comment on column billing_day.closed_minutes is 'Of the stays that grow no more in the day.';
comment on column billing_day.open_offset_minutes is 'Sum over the open stays of the whole minutes from starts_at to their beginning.';
comment on column billing_day.open_phases is 'Of each open stay the microseconds by which it began after a whole minute since starts_at: when it reaches its next minute.';

create table carried_stay_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  connection_id bigint not null,
  kind event_kind not null,
  joined_at timestamptz not null,
  left_at timestamptz,
  primary key (company_id, generation, day, connection_id, joined_at),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on table carried_stay_day is 'The few stays that last over the midnight before a day: a period that begins with it bills their part inside, which begins there.';
comment on column carried_stay_day.left_at is 'Null while it is open.';

create table billing_close (
  company_id integer not null references company,
  first_day date not null,
  revision integer not null,
  last_day date not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  time_zone text not null,
  rounding minute_rounding not null,
  definition integer not null,
  reasons closing_reason[] not null,
  closed_at timestamptz not null,
  primary key (company_id, first_day, revision)
);
comment on table billing_close is 'Billing periods that were closed, each revision in a row of its own. Only ever added to.';
comment on column billing_close.definition is 'The version of the definitions that its figures were computed by.';
comment on column billing_close.reasons is 'Why there is this revision: CLOSED for the first one.';

create table billing_figure (
  company_id integer not null,
  first_day date not null,
  revision integer not null,
  metric usage_metric not null,
  section section not null,
  amount bigint not null,
  at timestamptz,
  limit_value double precision,
  worst_share double precision,
  worst_share_at timestamptz,
  primary key (company_id, first_day, revision, metric, section),
  foreign key (company_id, first_day, revision) references billing_close
);
comment on table billing_figure is 'The figures of a closed period''s revision. Only ever added to.';
comment on column billing_figure.amount is 'A number, bytes, or microseconds of what is told in minutes.';

create table closing_mark (
  company_id integer not null references company,
  mark_id bigint generated always as identity,
  day date not null,
  reason closing_reason not null,
  made_at timestamptz not null,
  primary key (company_id, mark_id)
);
comment on table closing_mark is 'A day that was computed anew after a billing period with it, or one later, had been closed. Append-only, as mark is: whoever looks at the closed periods again deletes the rows it has read.';

-- Said once for the transaction by whoever takes something back, so that every mark of it knows.
-- squawk-ignore adding-field-with-default
alter table mark add column corrected boolean not null default coalesce(current_setting('app.correcting', true) = 'on', false);
comment on column mark.corrected is 'Made by a batch that corrected or took back what had been counted.';

create function demand_closing_company_gone() returns trigger
language plpgsql set search_path = turnout, pg_temp
as $$
begin
  if exists (select from company c where c.company_id = old.company_id) then
    raise insufficient_privilege using message = format('%s is only ever added to: it goes with the whole company alone', tg_table_name);
  end if;
  return null;
end
$$;
create trigger no_change before update or truncate on billing_close for each statement execute function refuse_to_change_audit();
create trigger no_change before update or truncate on billing_figure for each statement execute function refuse_to_change_audit();
create constraint trigger no_removal after delete on billing_close
deferrable initially deferred for each row execute function demand_closing_company_gone();
create constraint trigger no_removal after delete on billing_figure
deferrable initially deferred for each row execute function demand_closing_company_gone();
-- As those of audit: removing a company puts other triggers aside.
alter table billing_close enable always trigger no_change;
alter table billing_close enable always trigger no_removal;
alter table billing_figure enable always trigger no_change;
alter table billing_figure enable always trigger no_removal;

-- What is there has no minutes by stay yet: every day with a stay is to be computed.
insert into mark (company_id, generation, day, made_at)
select distinct s.company_id, s.generation, s.day, now() from section_day s;
