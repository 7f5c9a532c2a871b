-- What the rollups of stays are broken down by: devices, rooms, hours.

create type day_metric as enum ('CONNECTIONS_IN_ONE_EVENT', 'DIAL_IN_LINES');

create table peak_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  metric day_metric not null,
  section section not null,
  value integer not null,
  reached_at timestamptz not null,
  primary key (company_id, generation, day, metric, section),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on table peak_day is 'Peaks of a day that have no limit and so no column in section_day; a metric and section whose peak is 0 has no row.';

create table device_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  device device not null,
  closed_us bigint not null,
  open_stays integer not null,
  open_offset_us bigint not null,
  primary key (company_id, generation, day, device),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on column device_day.closed_us is 'As section_day.closed_us, with the bounds of company_day; the other two likewise.';

create table room_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  room_id bigint not null,
  event_ids bigint[] not null,
  person_ids bigint[] not null,
  closed_us bigint not null,
  open_stays integer not null,
  open_offset_us bigint not null,
  first_at timestamptz,
  last_at timestamptz,
  recorder_us bigint not null,
  open_recorders integer not null,
  recorder_offset_us bigint not null,
  streamer_us bigint not null,
  open_streamers integer not null,
  streamer_offset_us bigint not null,
  primary key (company_id, generation, day, room_id),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on column room_day.event_ids is 'The events held in it, so that those of a period can be counted once each; person_ids likewise. In one row, since a period reads all rooms of all its days.';
comment on column room_day.last_at is 'Until when somebody was in it; while a stay is open, until now or the end of the day.';
comment on column room_day.recorder_us is 'Of recorders what closed_us is of people; and so on.';

create table post_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  section section not null,
  place message_place not null,
  posts integer not null,
  primary key (company_id, generation, day, section, place),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on table post_day is 'Messages that are not the messenger''s, by the kind of their event; one without an event is in TOTAL alone.';

create table hour_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  section section not null,
  hour smallint not null,
  connections integer not null,
  speakers integer not null,
  listeners integer not null,
  events integer not null,
  spent_us bigint not null,
  open_stays integer not null,
  open_since timestamptz,
  open_until timestamptz,
  primary key (company_id, generation, section, day, hour),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on column hour_day.hour is 'What the clock shows when it begins, 0 to 23. Hours are counted from midnight; one that a day has twice is one row.';
comment on column hour_day.spent_us is 'Microseconds of all stays as computed. At an instant t later it is more by open_stays × (least(t, open_until) − open_since).';

-- Services are few beside people: what looks for theirs alone must not read all stays.
-- squawk-ignore require-concurrent-index-creation
create index stay_service on stay (company_id, length_class, joined_at) where service is not null;

-- Rooms that events have named since before rooms were kept.
insert into room (company_id, key)
select distinct e.company_id, e.room_key collate "C"
from event e
where e.room_key is not null
on conflict (company_id, key) do nothing;

-- Every day that has been computed is to be computed again.
insert into mark (company_id, generation, day, made_at)
select d.company_id, d.generation, d.day, now()
from company_day d
where not exists (
  select from mark m where m.company_id = d.company_id and m.generation = d.generation and m.day = d.day
);
