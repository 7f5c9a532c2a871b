-- What happened. Signals are the kept truth; stays and the described part of events are functions of them.
-- Texts that order activities compare byte by byte, by no locale: hence collate "C".

create type event_kind as enum ('MEETING', 'WEBINAR', 'CALL');
create type stay_role as enum ('MODERATOR', 'SPEAKER', 'PARTICIPANT');
create type service as enum ('RECORDER', 'STREAMER', 'CAPTIONER', 'BOT', 'GATEWAY');
create type device as enum ('DESKTOP', 'MOBILE', 'TABLET', 'TV', 'PHONE', 'ROOM_SYSTEM', 'UNKNOWN');
create type person_namespace as enum ('USER', 'EXTERNAL');
create type stay_signal as enum ('JOINED', 'LEFT', 'ROLE_CHANGED');
create type event_signal_type as enum ('PLANNED', 'CANCELLED', 'STARTED', 'ENDED');
create type stay_end as enum ('LEFT', 'EVENT_ENDED', 'STALE');

create table activity (
  company_id integer not null references company,
  digest bytea not null,
  content bytea,
  retracted boolean not null default false,
  event_id bigint,
  connection_id bigint,
  primary key (company_id, digest)
);
comment on table activity is 'The identity of every activity, kept for ever: 16 bytes of its source and id, 16 of what it said. Small, so that raw deliveries may expire.';
comment on column activity.content is 'Null: named by a correction or retraction before it arrived.';
comment on column activity.retracted is 'Counts for nothing, for good.';

create table event (
  company_id integer not null references company,
  event_id bigint generated always as identity,
  key text collate "C" not null,
  said_kind event_kind,
  template text,
  owner_key text,
  title text,
  room_key text,
  parent_id bigint,
  starts_at timestamptz,
  ends_at timestamptz,
  said_created_at timestamptz,
  captions_enabled boolean,
  cancelled boolean not null default false,
  named_at timestamptz,
  active_at timestamptz,
  tree_active_at timestamptz,
  breakout_of bigint,
  kind event_kind not null generated always as (
    coalesce(
      said_kind,
      case
        when template = 'WEBINAR' then 'WEBINAR'::event_kind
        when template like '%\_CALL' then 'CALL'::event_kind
        else 'MEETING'::event_kind
      end
    )
  ) stored,
  created_at timestamptz generated always as (coalesce(said_created_at, named_at)) stored,
  top_id bigint generated always as (coalesce(breakout_of, event_id)) stored,
  primary key (company_id, event_id),
  unique (company_id, key),
  foreign key (company_id, parent_id) references event
);
comment on column event.parent_id is 'The event it says it is a breakout of; says nothing where it leads in a circle.';
comment on column event.named_at is 'The earliest activity that names the event, as parent too. Null: nothing that counts does, so the event does not exist.';
comment on column event.active_at is 'The latest activity whose event it is.';
comment on column event.tree_active_at is 'On an event at the top: the latest activity of it and of all its breakouts.';
comment on column event.breakout_of is 'The event at the top; null when it stands at the top itself.';

create index event_top on event (company_id, top_id);
create index event_parent on event (company_id, parent_id) where parent_id is not null;
create index event_created on event (company_id, created_at);
create index event_starts on event (company_id, starts_at) where starts_at is not null;
create index event_named on event (company_id, named_at);

create table event_signal (
  company_id integer not null,
  event_id bigint not null,
  at timestamptz not null,
  source text collate "C" not null,
  activity_key text collate "C" not null,
  what event_signal_type not null,
  retracted boolean not null default false,
  kind event_kind,
  template text,
  owner_key text,
  title text,
  room_key text,
  parent_id bigint,
  starts_at timestamptz,
  ends_at timestamptz,
  created_at timestamptz,
  captions_enabled boolean,
  primary key (company_id, event_id, at, source, activity_key),
  foreign key (company_id, event_id) references event,
  foreign key (company_id, parent_id) references event
);
comment on table event_signal is 'One row an activity about an event itself.';
create index event_signal_parent on event_signal (company_id, parent_id) where parent_id is not null;

create table connection (
  company_id integer not null,
  connection_id bigint generated always as identity,
  event_id bigint not null,
  key text collate "C" not null,
  primary key (company_id, connection_id),
  unique (company_id, event_id, key),
  foreign key (company_id, event_id) references event
);

create table person (
  company_id integer not null references company,
  person_id bigint generated always as identity,
  namespace person_namespace not null,
  key text collate "C" not null,
  primary key (company_id, person_id),
  unique (company_id, namespace, key)
);

create table signal (
  company_id integer not null,
  connection_id bigint not null,
  at timestamptz not null,
  source text collate "C" not null,
  activity_key text collate "C" not null,
  what stay_signal not null,
  retracted boolean not null default false,
  role stay_role,
  user_id bigint,
  external_id bigint,
  name text,
  device device,
  client text,
  service service,
  metadata jsonb,
  reason text,
  primary key (company_id, connection_id, at, source, activity_key),
  foreign key (company_id, connection_id) references connection
);
comment on table signal is 'One row an activity about a connection.';

create table stay (
  company_id integer not null,
  connection_id bigint not null,
  ordinal integer not null,
  event_id bigint not null,
  joined_at timestamptz not null,
  left_at timestamptz,
  ended_by stay_end,
  role stay_role,
  changed_at timestamptz[],
  changed_to stay_role[],
  user_id bigint,
  external_id bigint,
  name text,
  device device,
  client text,
  service service,
  metadata jsonb,
  person_id bigint not null generated always as (coalesce(user_id, external_id, -connection_id)) stored,
  length_class smallint not null generated always as (
    case
      when left_at is null then 9
      when left_at - joined_at <= interval '1 hour' then 0
      when left_at - joined_at <= interval '4 hours' then 1
      when left_at - joined_at <= interval '24 hours' then 2
      when left_at - joined_at <= interval '720 hours' then 3
      else 4
    end
  ) stored,
  primary key (company_id, connection_id, ordinal),
  foreign key (company_id, connection_id) references connection,
  check ((left_at is null) = (ended_by is null)),
  check (left_at >= joined_at)
);
comment on table stay is 'One row a stay: a pure function of the signals of its connection and of the ends of its event, folded anew whenever one arrives.';
comment on column stay.changed_at is 'The instants of role changes; changed_to has the roles that begin there. Null for the many stays with one role.';
comment on column stay.person_id is 'Who stays: the user, else the external id, else this connection (negative, so that the three never meet).';
comment on column stay.length_class is 'How long it lasted, coarsely: a stay that lasts into an instant is found by looking back no further than its class is long. 9 = still open.';

create index stay_time on stay (company_id, length_class, joined_at);
create index stay_event on stay (company_id, event_id, joined_at);
create index stay_unclosed on stay (company_id, event_id) where left_at is null or ended_by = 'STALE';

create table quarantine (
  company_id integer not null references company,
  digest bytea not null,
  code text not null,
  detail text not null,
  source text,
  activity_key text,
  body bytea not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  times integer not null default 1,
  primary key (company_id, digest)
);
comment on table quarantine is 'What could not be taken, whole and with its reason; sent again, it is counted and not repeated.';
