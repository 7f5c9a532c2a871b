-- Rollups anew, for they are computed from facts at any time: in generations, each in a zone of its own. A company's answers
-- come from one; another may be built beside it, and takes its place when it is whole.

-- Their results gain columns; they are made anew with the other repeatable files, in the same upgrade.
-- squawk-ignore ban-drop-function
drop function if exists find_session(bytea, timestamptz), find_key(bytea, timestamptz), companies_to_refresh();
-- squawk-ignore ban-drop-function
drop function if exists measure(integer, timestamptz, date[], timestamptz[], timestamptz[]);

create table rollup_generation (
  company_id integer not null references company,
  generation integer not null,
  time_zone text not null,
  rolled_through date not null,
  begun_at timestamptz not null,
  seeded_at timestamptz,
  retired_at timestamptz,
  primary key (company_id, generation)
);
comment on table rollup_generation is 'The rollups a company has, each in the days of one zone. Activities mark days in all of them; company.generation is the one that answers.';
comment on column rollup_generation.rolled_through is 'Up to this day a missing company_day means that nothing happened. Later days are computed when they come, since an open stay enters them without any activity.';
comment on column rollup_generation.seeded_at is 'When it was decided which days of the company''s past are to be computed; null while nobody has begun.';
comment on column rollup_generation.retired_at is 'When another took its place; kept a while for requests that began before, and then removed.';

insert into rollup_generation (company_id, generation, time_zone, rolled_through, begun_at, seeded_at)
select r.company_id, 1, c.time_zone, r.rolled_through, now(), now()
from company_rollup r
join company c on c.company_id = r.company_id;

alter table company add column generation integer not null default 1;
comment on column company.time_zone is 'The zone of the generation of rollups that answers.';

-- squawk-ignore ban-drop-table
drop table company_rollup, company_day, section_day, event_day, person_day, mark;

create table mark (
  company_id integer not null,
  generation integer not null,
  mark_id bigint generated always as identity,
  day date not null,
  made_at timestamptz not null,
  primary key (company_id, generation, mark_id),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on table mark is 'A day whose facts have changed since its rollup. Append-only: a refresh deletes the very rows it has read, so that no change made meanwhile is lost.';
create index mark_day on mark (company_id, generation, day);

create table company_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  revision bigint not null,
  computed_at timestamptz not null,
  valid_until timestamptz not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  events_created integer not null default 0,
  events_not_held integer not null default 0,
  personal_calls integer not null default 0,
  group_calls integer not null default 0,
  messages integer not null default 0,
  new_users integer not null default 0,
  registered_delta integer not null default 0,
  sign_ins integer not null default 0,
  uploaded_bytes bigint not null default 0,
  stored_delta_bytes bigint not null default 0,
  primary key (company_id, generation, day),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on column company_day.revision is 'Bumped by the first write of a refresh, so that two refreshes of one day always collide.';
comment on column company_day.valid_until is 'From this instant on the day must be computed again though nothing has arrived: a stay grows stale, a planned event is due.';
comment on column company_day.registered_delta is 'Users registered in the day less users removed; summed over all days up to one it is the users registered at its end.';
comment on column company_day.stored_delta_bytes is 'Bytes taken into use in the day less bytes given up; summed over all days up to one it is what is in use at its end.';
create index company_day_valid on company_day (company_id, generation, valid_until);

create table section_day (
  company_id integer not null,
  generation integer not null,
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
  primary key (company_id, generation, day, section),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on column section_day.closed_us is 'Microseconds of the stays that are over. What open stays are worth at an instant t is open_stays × (least(t, ends_at) − starts_at) − open_offset_us.';
comment on column section_day.open_offset_us is 'Sum over the open stays of the microseconds from starts_at to their beginning.';

create table event_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  event_id bigint not null,
  kind event_kind not null,
  template text,
  owner_key text collate "C",
  group_call boolean not null,
  connections integer not null,
  speakers integer not null,
  listeners integer not null,
  unique_participants integer not null,
  closed_us bigint not null,
  open_stays integer not null,
  open_offset_us bigint not null,
  occupied_us bigint not null,
  occupied_until timestamptz,
  live boolean not null,
  first_joined_at timestamptz not null,
  last_left_at timestamptz,
  primary key (company_id, generation, day, event_id),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on column event_day.group_call is 'Of a call: by its template, else whether three connections ever overlapped in the whole event.';
comment on column event_day.occupied_us is 'Microseconds of the day with somebody in the event, as computed; while a stay is open it has grown since by the time after occupied_until.';
comment on column event_day.live is 'Whether a stay of the day has no end yet.';
create index event_day_event on event_day (company_id, generation, event_id, day);

create table owner_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  owner_key text collate "C" not null,
  events integer not null,
  primary key (company_id, generation, day, owner_key),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on column owner_day.events is 'The most of the owner''s meetings and webinars that had somebody in them at one instant of the day.';

create table person_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  person_id bigint not null,
  in_meeting boolean not null,
  in_webinar boolean not null,
  in_call boolean not null,
  primary key (company_id, generation, day, person_id),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);

create table storage_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  owner_key text collate "C" not null,
  uploaded_bytes bigint not null,
  delta_bytes bigint not null,
  delta_files integer not null,
  primary key (company_id, generation, day, owner_key),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on column storage_day.owner_key is 'Empty for what has no owner: an id is never empty.';
comment on column storage_day.delta_bytes is 'As company_day.stored_delta_bytes, of one owner; delta_files likewise for the number of files and recordings.';
create index storage_day_owner on storage_day (company_id, generation, owner_key, day);

create table sign_in_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  device device not null,
  client text collate "C" not null,
  os text collate "C" not null,
  person_id bigint not null,
  sign_ins integer not null,
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
-- No key holds the texts: an entry of an index has an end, and what a client calls itself may be longer.
create index sign_in_day_day on sign_in_day (company_id, generation, day);
comment on column sign_in_day.os is 'Empty when none was said: a text that was is never empty.';

-- Every day of a fact is to be computed.
insert into mark (company_id, generation, day, made_at)
select distinct g.company_id, g.generation, l.day, now()
from rollup_generation g
join stay s on s.company_id = g.company_id
join local_day l
  on l.time_zone = g.time_zone
  and l.starts_at <= greatest(s.joined_at, coalesce(s.left_at, now())) and l.ends_at > s.joined_at
union
select g.company_id, g.generation, l.day, now()
from rollup_generation g
join event e on e.company_id = g.company_id
cross join lateral (values (e.created_at), (e.starts_at)) as x (at)
join local_day l on l.time_zone = g.time_zone and l.starts_at <= x.at and l.ends_at > x.at;
