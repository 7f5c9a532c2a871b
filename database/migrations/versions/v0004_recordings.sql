-- Recordings: when each ran, and what of them a day has.

create type recording_end as enum ('PAUSED', 'STOPPED', 'STORED', 'EVENT_ENDED', 'STALE');

create table recording_run (
  company_id integer not null,
  stored_id bigint not null,
  ordinal integer not null,
  event_id bigint,
  started_at timestamptz not null,
  stopped_at timestamptz,
  ended_by recording_end,
  unplaced_us bigint not null default 0 check (unplaced_us >= 0),
  length_class smallint not null generated always as (
    case
      when stopped_at is null then 9
      when stopped_at - started_at <= interval '1 hour' then 0
      when stopped_at - started_at <= interval '4 hours' then 1
      when stopped_at - started_at <= interval '24 hours' then 2
      when stopped_at - started_at <= interval '720 hours' then 3
      else 4
    end
  ) stored,
  primary key (company_id, stored_id, ordinal),
  foreign key (company_id, stored_id) references stored,
  foreign key (company_id, event_id) references event,
  check ((stopped_at is null) = (ended_by is null)),
  check (stopped_at >= started_at)
);
comment on table recording_run is 'When a recording ran without a break: folded from stored_signal and the ends of its event, as stays are.';
comment on column recording_run.ended_by is 'STORED: what recording.stored says of a recording that was never told to have started.';
comment on column recording_run.unplaced_us is 'Microseconds that it ran, nobody said when: counted at started_at, and in no peak.';
comment on column recording_run.length_class is 'As stay.length_class.';
create index recording_run_time on recording_run (company_id, length_class, started_at);
create index recording_run_event on recording_run (company_id, event_id) where event_id is not null;

create table recording_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  recordings integer not null,
  recordings_at timestamptz,
  recorded_us bigint not null,
  running integer not null,
  stored_delta_us bigint not null,
  stored_running integer not null,
  stored_delta_bytes bigint not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (company_id, generation, day),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on column recording_day.recordings is 'The most that ran at one instant of the day.';
comment on column recording_day.recorded_us is 'Microseconds that recordings ran; at an instant t it is recorded_us + running × (least(t, ends_at) − starts_at).';
comment on column recording_day.running is 'Recordings that still run, and grow until ends_at.';
comment on column recording_day.stored_delta_us is 'What the recordings that exist had run, at the day''s end less at its start; it grows with stored_running likewise. Summed over all days up to one it is what is stored at its end.';
comment on column recording_day.stored_delta_bytes is 'As company_day.stored_delta_bytes, of recordings alone.';
