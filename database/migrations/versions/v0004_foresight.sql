-- How long the numbers of connections, speakers, listeners and events were what: what tells the time above a limit.

create table level_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  metric limit_metric not null,
  section section not null,
  levels integer[] not null,
  spent_us bigint[] not null,
  open_level integer,
  open_since timestamptz,
  primary key (company_id, generation, day, metric, section),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on table level_day is 'The levels above 0 that a metric had in a day; all other time of the day it was 0, and a day, metric and section without a row was at 0 throughout. In one row, since a period reads all levels of all its days.';
comment on column level_day.spent_us is 'Microseconds at each of the levels as computed.';
comment on column level_day.open_level is 'The level that lasts while nothing happens: at an instant t later its time is more by least(t, the end of the day) − open_since. Null in a day that is over, and at 0.';

-- Every day that has figures is to be computed again.
insert into mark (company_id, generation, day, made_at)
select d.company_id, d.generation, d.day, now()
from company_day d
where not exists (
  select from mark k where k.company_id = d.company_id and k.generation = d.generation and k.day = d.day
);
