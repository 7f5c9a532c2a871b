-- What happened besides events and stays. Each activity is one row by its digest; what is retracted is deleted, since it
-- counts for nothing for good and its identity stays known. Registrations, rooms and stored versions are functions of them.

create type user_signal_type as enum ('REGISTERED', 'REMOVED');
create type message_place as enum ('MESSENGER', 'PUBLIC_CHAT', 'PRIVATE_CHAT', 'QUESTION', 'ANSWER');
create type stored_kind as enum ('FILE', 'RECORDING');
create type stored_signal_type as enum ('UPLOADED', 'STARTED', 'PAUSED', 'RESUMED', 'STOPPED', 'STORED', 'DELETED');

alter table person add column name text, add column email text, add column department text;
comment on column person.name is 'Of a user: the name registered last, kept after removal. A name said on joining is the stay''s.';

create table user_signal (
  company_id integer not null,
  digest bytea not null,
  person_id bigint not null,
  at timestamptz not null,
  source text collate "C" not null,
  activity_key text collate "C" not null,
  what user_signal_type not null,
  name text,
  email text,
  department text,
  primary key (company_id, digest),
  foreign key (company_id, person_id) references person
);
create index user_signal_person on user_signal (company_id, person_id);
create index user_signal_time on user_signal (company_id, at);

create table registration (
  company_id integer not null,
  person_id bigint not null,
  ordinal integer not null,
  registered_at timestamptz not null,
  removed_at timestamptz,
  primary key (company_id, person_id, ordinal),
  foreign key (company_id, person_id) references person,
  check (removed_at >= registered_at)
);
comment on table registration is 'When a user was registered, from each registration to the removal that ended it: folded from user_signal.';
create index registration_begin on registration (company_id, registered_at);
create index registration_end on registration (company_id, removed_at) where removed_at is not null;

create table sign_in (
  company_id integer not null,
  digest bytea not null,
  at timestamptz not null,
  person_id bigint not null,
  device device not null,
  client text not null,
  os text,
  primary key (company_id, digest),
  foreign key (company_id, person_id) references person
);
create index sign_in_time on sign_in (company_id, at);
create index sign_in_person on sign_in (company_id, person_id);

create table room (
  company_id integer not null references company,
  room_id bigint generated always as identity,
  key text collate "C" not null,
  name text,
  owner_key text,
  primary key (company_id, room_id),
  unique (company_id, key)
);
create table room_signal (
  company_id integer not null,
  digest bytea not null,
  room_id bigint not null,
  at timestamptz not null,
  source text collate "C" not null,
  activity_key text collate "C" not null,
  name text,
  owner_key text,
  primary key (company_id, digest),
  foreign key (company_id, room_id) references room
);
create index room_signal_room on room_signal (company_id, room_id);
create index room_signal_time on room_signal (company_id, at);

-- A generated column rewrites the table and the index locks it: events are few beside stays, and this is the first upgrade.
alter table event add column room_owner_key text;
-- squawk-ignore adding-field-with-default
alter table event add column resolved_owner_key text collate "C" generated always as (coalesce(owner_key, room_owner_key)) stored;
comment on column event.room_owner_key is 'The owner of its room, kept up to date under the room''s lock.';
comment on column event.resolved_owner_key is 'Whose event it is: the owner it names, else its room''s.';
-- squawk-ignore require-concurrent-index-creation
create index event_room on event (company_id, room_key collate "C") where room_key is not null;

create table message (
  company_id integer not null references company,
  digest bytea not null,
  at timestamptz not null,
  place message_place not null,
  event_id bigint,
  sender_key text,
  primary key (company_id, digest),
  foreign key (company_id, event_id) references event
);
comment on table message is 'That something was written, and where; never what.';
create index message_time on message (company_id, at);
create index message_event on message (company_id, event_id, at) where event_id is not null;

create table stored (
  company_id integer not null references company,
  stored_id bigint generated always as identity,
  kind stored_kind not null,
  key text collate "C" not null,
  owner_key text collate "C",
  event_id bigint,
  name text,
  primary key (company_id, stored_id),
  unique (company_id, kind, key),
  foreign key (company_id, event_id) references event
);
comment on table stored is 'Files and recordings by their last description. An event here: the recording exists and was made there.';
create index stored_event on stored (company_id, event_id) where event_id is not null;

create table stored_signal (
  company_id integer not null,
  digest bytea not null,
  stored_id bigint not null,
  at timestamptz not null,
  source text collate "C" not null,
  activity_key text collate "C" not null,
  what stored_signal_type not null,
  owner_key text,
  event_id bigint,
  name text,
  bytes bigint check (bytes >= 0),
  seconds double precision check (seconds >= 0),
  started_at timestamptz,
  primary key (company_id, digest),
  foreign key (company_id, stored_id) references stored,
  foreign key (company_id, event_id) references event
);
create index stored_signal_stored on stored_signal (company_id, stored_id);
create index stored_signal_time on stored_signal (company_id, at);
create index stored_signal_event on stored_signal (company_id, event_id) where event_id is not null;

create table stored_version (
  company_id integer not null,
  stored_id bigint not null,
  ordinal integer not null,
  bytes bigint not null,
  since timestamptz not null,
  until timestamptz,
  primary key (company_id, stored_id, ordinal),
  foreign key (company_id, stored_id) references stored,
  check (until >= since)
);
comment on table stored_version is 'What was in use from when until when: each upload or storing with bytes, until the next one or the deletion.';
create index stored_version_since on stored_version (company_id, since);
create index stored_version_until on stored_version (company_id, until) where until is not null;

-- A company's own secret: what it is shown and must neither read nor forge, such as cursors, is sealed with it.
create table company_secret (
  company_id integer primary key references company,
  secret bytea not null check (octet_length(secret) = 64)
);
insert into company_secret (company_id, secret)
select c.company_id, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
from company c;

-- Quarantine is listed and taken again in the order of arrival; leaves without a join are looked for among the latest leaves.
alter table quarantine add column position integer not null default 0;
comment on column quarantine.digest is 'Of the body.';
comment on column quarantine.position is 'Its place among those that came with it: the order of arrival where first_at is the same.';
-- squawk-ignore require-concurrent-index-creation
create index quarantine_arrival on quarantine (company_id, first_at, position, digest);
-- squawk-ignore require-concurrent-index-creation
create index signal_left on signal (company_id, at) where what = 'LEFT' and not retracted;
