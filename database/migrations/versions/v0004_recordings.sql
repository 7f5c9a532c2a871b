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

-- Recordings of which was told before: as ingest/recordings.sql folds them from now on. What grows stale is written down later,
-- as of stays: readers take it as ended where it does.
with recursive lineage (company_id, event_id, ancestor_id) as (
  select distinct s.company_id, s.event_id, s.event_id from stored s where s.kind = 'RECORDING' and s.event_id is not null
  union
  select l.company_id, l.event_id, e.parent_id
  from lineage l
  join event e on e.company_id = l.company_id and e.event_id = l.ancestor_id
  where e.breakout_of is not null
),
said as materialized (
  select d.company_id, d.stored_id, d.event_id, s.at, s.source, s.activity_key, s.what, s.seconds, s.started_at
  from stored d
  join stored_signal s on s.company_id = d.company_id and s.stored_id = d.stored_id
  where d.kind = 'RECORDING'
),
heard as (
  select s.company_id, s.stored_id, s.at, 0 as late, s.source, s.activity_key, s.what::text as what
  from said s
  where s.what in ('STARTED', 'PAUSED', 'RESUMED', 'STOPPED')
  union all
  select d.company_id, d.stored_id, x.at, 1, '', '', 'ENDED'
  from stored d
  join lineage l on l.company_id = d.company_id and l.event_id = d.event_id
  join event_signal x on x.company_id = d.company_id and x.event_id = l.ancestor_id and x.what = 'ENDED' and not x.retracted
  where d.kind = 'RECORDING'
),
placed as (
  select h.company_id, h.stored_id, h.at, h.what,
    row_number() over w as position,
    count(*) filter (where h.what in ('STOPPED', 'ENDED')) over w as closings
  from heard h
  window w as (
    partition by h.company_id, h.stored_id order by h.at, h.late, h.source collate "C", h.activity_key collate "C"
    rows unbounded preceding
  )
),
opened as (
  select p.*,
    p.what = 'STARTED' and p.closings is distinct from max(p.closings) filter (where p.what = 'STARTED') over (
      partition by p.company_id, p.stored_id order by p.position rows between unbounded preceding and 1 preceding
    ) as opens
  from placed p
),
counted as (
  select o.*,
    count(*) filter (where o.opens) over (partition by o.company_id, o.stored_id order by o.position rows unbounded preceding) as take
  from opened o
),
framed as (
  select c.company_id, c.stored_id, c.take,
    min(c.at) filter (where c.what = 'STOPPED') as stopped_at,
    min(c.at) filter (where c.what = 'ENDED') as ended_at,
    coalesce(min(c.position) filter (where c.what = 'STOPPED'), min(c.position) filter (where c.what = 'ENDED')) as closed
  from counted c
  where c.take > 0
  group by c.company_id, c.stored_id, c.take
),
switched as (
  select c.company_id, c.stored_id, c.take, c.position, c.at, f.stopped_at, f.ended_at, c.what <> 'PAUSED' as runs,
    lag(c.what <> 'PAUSED') over (partition by c.company_id, c.stored_id, c.take order by c.position) as ran
  from counted c
  join framed f on f.company_id = c.company_id and f.stored_id = c.stored_id and f.take = c.take
  where c.what in ('STARTED', 'PAUSED', 'RESUMED') and (f.closed is null or c.position < f.closed)
),
run as (
  select s.company_id, s.stored_id, s.position, s.at as started_at, s.runs, s.stopped_at, s.ended_at,
    lead(s.at) over (partition by s.company_id, s.stored_id, s.take order by s.position) as paused_at
  from switched s
  where s.runs is distinct from s.ran
),
described as (
  select s.company_id, s.stored_id,
    (array_agg(s.started_at order by s.at desc, s.source desc, s.activity_key desc) filter (where s.started_at is not null))[1] as started_at,
    (array_agg(round(s.seconds * 1e6)::bigint order by s.at desc, s.source desc, s.activity_key desc) filter (where s.seconds is not null))[1]
      as lasted_us,
    (array_agg(s.at order by s.at desc, s.source desc, s.activity_key desc) filter (where s.seconds is not null))[1] as said_at
  from said s
  where s.what = 'STORED'
    and not exists (select from framed f where f.company_id = s.company_id and f.stored_id = s.stored_id)
  group by s.company_id, s.stored_id
),
ran as (
  select r.company_id, r.stored_id, r.position, r.started_at, coalesce(r.paused_at, r.stopped_at, r.ended_at) as stopped_at,
    case
      when r.paused_at is not null then 'PAUSED'::recording_end
      when r.stopped_at is not null then 'STOPPED'::recording_end
      when r.ended_at is not null then 'EVENT_ENDED'::recording_end
    end as ended_by,
    0::bigint as unplaced_us
  from run r
  where r.runs
  union all
  select d.company_id, d.stored_id, 1, coalesce(d.started_at, d.said_at),
    case when d.started_at is null then d.said_at else d.started_at + d.lasted_us * interval '1 microsecond' end, 'STORED',
    case when d.started_at is null then d.lasted_us else 0 end
  from described d
  where d.lasted_us is not null
)
insert into recording_run (company_id, stored_id, ordinal, event_id, started_at, stopped_at, ended_by, unplaced_us)
select r.company_id, r.stored_id, row_number() over (partition by r.company_id, r.stored_id order by r.started_at, r.position),
  d.event_id, r.started_at, r.stopped_at, r.ended_by, r.unplaced_us
from ran r
join stored d on d.company_id = r.company_id and d.stored_id = r.stored_id;

-- Every day on which a recording ran, was stored or was deleted is to be computed.
insert into mark (company_id, generation, day, made_at)
select distinct g.company_id, g.generation, l.day, now()
from rollup_generation g
join recording_run r on r.company_id = g.company_id
join local_day l
  on l.time_zone = g.time_zone
  and l.starts_at <= greatest(r.started_at, least(r.stopped_at, now())) and l.ends_at > r.started_at
union
select g.company_id, g.generation, l.day, now()
from rollup_generation g
join stored_signal s on s.company_id = g.company_id and s.what in ('STORED', 'DELETED')
join local_day l on l.time_zone = g.time_zone and l.starts_at <= s.at and l.ends_at > s.at;
