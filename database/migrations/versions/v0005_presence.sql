-- Who was there and which events were held, as bits: how many different ones a year has is told by looking at some thousand rows,
-- and not at everybody on each of its days.

create type presence as enum ('PERSON', 'EVENT');

create table presence_day (
  company_id integer not null,
  generation integer not null,
  day date not null,
  what presence not null,
  chunk bigint not null,
  total bit(256) not null,
  in_meeting bit(256) not null,
  in_webinar bit(256) not null,
  in_call bit(256) not null,
  primary key (company_id, generation, day, what, chunk),
  foreign key (company_id, generation) references rollup_generation on delete cascade
);
comment on table presence_day is 'The persons of person_day and the events of event_day: bit n of a chunk is the id 256 × chunk + n. A chunk without any has no row.';

insert into presence_day (company_id, generation, day, what, chunk, total, in_meeting, in_webinar, in_call)
select p.company_id, p.generation, p.day, 'PERSON'::presence, p.person_id >> 8, bit_or(b.bit),
  bit_or(case when p.in_meeting then b.bit else b.none end), bit_or(case when p.in_webinar then b.bit else b.none end),
  bit_or(case when p.in_call then b.bit else b.none end)
from person_day p
cross join lateral (
  select set_bit(0::bit(256), (p.person_id & 255)::integer, 1) as bit, 0::bit(256) as none
) b
group by p.company_id, p.generation, p.day, p.person_id >> 8
union all
select d.company_id, d.generation, d.day, 'EVENT'::presence, d.event_id >> 8, bit_or(b.bit),
  bit_or(case when d.kind = 'MEETING' then b.bit else b.none end), bit_or(case when d.kind = 'WEBINAR' then b.bit else b.none end),
  bit_or(case when d.kind = 'CALL' then b.bit else b.none end)
from event_day d
cross join lateral (
  select set_bit(0::bit(256), (d.event_id & 255)::integer, 1) as bit, 0::bit(256) as none
) b
group by d.company_id, d.generation, d.day, d.event_id >> 8;
