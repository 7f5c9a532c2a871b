-- What is asked for: one set of rows a company and day, recomputed when the day is marked.

create table mark (
  company_id integer not null references company,
  mark_id bigint generated always as identity,
  day date not null,
  made_at timestamptz not null,
  primary key (company_id, mark_id)
);
comment on table mark is 'A day whose facts have changed since its rollup. Append-only: a refresh deletes the very rows it has read, so that no change made meanwhile is lost.';
create index mark_day on mark (company_id, day);

create table company_rollup (
  company_id integer primary key references company,
  rolled_through date not null
);
comment on column company_rollup.rolled_through is 'Up to this day a missing company_day means that nothing happened. Later days are computed when they come, since an open stay enters them without any activity.';

create table company_day (
  company_id integer not null references company,
  day date not null,
  revision bigint not null,
  computed_at timestamptz not null,
  valid_until timestamptz not null,
  events_created integer not null,
  events_not_held integer not null,
  personal_calls integer not null,
  group_calls integer not null,
  primary key (company_id, day)
);
comment on column company_day.revision is 'Bumped by the first write of a refresh, so that two refreshes of one day always collide.';
comment on column company_day.valid_until is 'From this instant on the day must be computed again though nothing has arrived: a stay grows stale, a planned event is due.';

create table section_day (
  company_id integer not null references company,
  day date not null,
  section section not null,
  connections integer not null,
  connections_at timestamptz,
  speakers integer not null,
  speakers_at timestamptz,
  listeners integer not null,
  listeners_at timestamptz,
  events integer not null,
  events_at timestamptz,
  events_held integer not null,
  unique_participants integer not null,
  closed_us bigint not null,
  open_stays integer not null,
  open_offset_us bigint not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (company_id, day, section)
);
comment on column section_day.closed_us is 'Microseconds of the stays that are over. What open stays are worth at an instant t is open_stays × (least(t, ends_at) − starts_at) − open_offset_us.';
comment on column section_day.open_offset_us is 'Sum over the open stays of the microseconds from starts_at to their beginning.';

create table event_day (
  company_id integer not null references company,
  day date not null,
  event_id bigint not null,
  kind event_kind not null,
  template text,
  group_call boolean not null,
  primary key (company_id, day, event_id)
);
comment on column event_day.group_call is 'Of a call: by its template, else whether three connections ever overlapped in the whole event.';

create table person_day (
  company_id integer not null references company,
  day date not null,
  person_id bigint not null,
  in_meeting boolean not null,
  in_webinar boolean not null,
  in_call boolean not null,
  primary key (company_id, day, person_id)
);
