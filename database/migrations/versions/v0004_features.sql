-- Features of events, media and quality as measured. Each activity is one row by its digest; what is retracted is deleted.

create type feature_signal_type as enum ('STARTED', 'STOPPED');
create type feature_end as enum ('STOPPED', 'EVENT_ENDED', 'STALE');
create type media_direction as enum ('SENT', 'RECEIVED');
create type media_track as enum ('AUDIO_VIDEO', 'VIDEO', 'AUDIO', 'SCREEN');
create type feature_figure as enum (
  'CAPTIONS', 'WHITEBOARD', 'BREAKOUT', 'TRANSCRIPTION', 'SCREEN_SHARE', 'LIVE_STREAM', 'CAPTIONS_ENABLED'
);

create table feature_signal (
  company_id integer not null,
  digest bytea not null,
  event_id bigint not null,
  feature text collate "C" not null,
  connection_key text collate "C" not null default '',
  at timestamptz not null,
  source text collate "C" not null,
  activity_key text collate "C" not null,
  what feature_signal_type not null,
  primary key (company_id, digest),
  foreign key (company_id, event_id) references event
);
comment on column feature_signal.feature is 'By the platform''s own word: an open list, of which feature_figure are those that figures are made of.';
comment on column feature_signal.connection_key is 'Whose it is, where it is of one connection; else empty.';
create index feature_signal_key on feature_signal (company_id, event_id, feature, connection_key);

create table feature_span (
  company_id integer not null,
  event_id bigint not null,
  feature text collate "C" not null,
  connection_key text collate "C" not null,
  ordinal integer not null,
  started_at timestamptz not null,
  stopped_at timestamptz,
  ended_by feature_end,
  length_class smallint not null generated always as (
    case
      when stopped_at is null then 9
      when stopped_at - started_at <= interval '4 hours' then 0
      when stopped_at - started_at <= interval '24 hours' then 1
      else 2
    end
  ) stored,
  primary key (company_id, event_id, feature, connection_key, ordinal),
  foreign key (company_id, event_id) references event,
  check ((stopped_at is null) = (ended_by is null)),
  check (stopped_at >= started_at)
);
comment on table feature_span is 'When a feature was on: folded from feature_signal and the ends of its event, as stays are.';
comment on column feature_span.length_class is 'As stay.length_class, with fewer classes: features are fewer.';
create index feature_span_time on feature_span (company_id, length_class, started_at);
create index feature_span_unclosed on feature_span (company_id, event_id) where stopped_at is null or ended_by = 'STALE';

create table media_measure (
  company_id integer not null,
  digest bytea not null,
  connection_id bigint not null,
  at timestamptz not null,
  direction media_direction not null,
  track media_track not null,
  lasted_us bigint not null check (lasted_us >= 0),
  primary key (company_id, digest),
  foreign key (company_id, connection_id) references connection
);
comment on column media_measure.lasted_us is 'Microseconds since the measure before it of the same connection, direction and track.';
-- A day is read from the index alone: there may be many of these.
create index media_measure_time on media_measure (company_id, at) include (direction, track, lasted_us);
create index media_measure_connection on media_measure (company_id, connection_id, at);

create table quality_sample (
  company_id integer not null,
  digest bytea not null,
  connection_id bigint not null,
  at timestamptz not null,
  packet_loss double precision check (packet_loss between 0 and 1),
  bitrate double precision check (bitrate >= 0),
  cpu_trouble boolean,
  bandwidth_trouble boolean,
  trouble boolean not null generated always as (
    coalesce(cpu_trouble, false) or coalesce(bandwidth_trouble, false) or coalesce(packet_loss > 0.05, false)
  ) stored,
  primary key (company_id, digest),
  foreign key (company_id, connection_id) references connection
);
create index quality_sample_time on quality_sample (company_id, at) include (connection_id, trouble);
create index quality_sample_connection on quality_sample (company_id, connection_id, at) include (trouble);

create table feature_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  figure feature_figure not null,
  closed_us bigint not null,
  open_events integer not null,
  open_offset_us bigint not null,
  peak integer not null,
  peak_at timestamptz,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (company_id, generation, day, figure),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on column feature_day.closed_us is 'Microseconds, by event, of the stretches that are over. What those that go on are worth at an instant t is open_events × (least(t, ends_at) − starts_at) − open_offset_us.';
comment on column feature_day.open_offset_us is 'Sum over the events in which it goes on of the microseconds from starts_at to the beginning of that stretch.';
comment on column feature_day.peak is 'Of LIVE_STREAM: the most at one instant. Otherwise 0.';

create table media_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  direction media_direction not null,
  track media_track not null,
  lasted_us bigint not null,
  primary key (company_id, generation, day, direction, track),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);

create table quality_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  stays_begun integer not null,
  stays_carried integer not null,
  first_sampled integer not null,
  first_troubled integer not null,
  primary key (company_id, generation, day),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on table quality_day is 'Stays, each counted on one day alone: days add up to a period, with the stays carried into its first day and what sampled_stay_day says.';
comment on column quality_day.first_sampled is 'Stays whose first sample lies in the day.';
comment on column quality_day.first_troubled is 'Stays whose first sample that shows trouble lies in the day.';

create table sampled_stay_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  connection_id bigint not null,
  ordinal integer not null,
  sampled_at timestamptz not null,
  troubled_at timestamptz,
  primary key (company_id, generation, day, connection_id, ordinal),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on table sampled_stay_day is 'The few stays with a sample in the day that had one before it too: a period counts those whose first lies before the period.';
comment on column sampled_stay_day.sampled_at is 'The first sample of the stay.';
comment on column sampled_stay_day.troubled_at is 'Its first sample that shows trouble, where the day has one that does.';
