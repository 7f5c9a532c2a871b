-- Companies of mixed size made in the database, as if all of it had come in over a year: the rows of a day lie in the order in
-- which they happened, those of all companies among each other. What it takes to come in is not what is measured here.

-- name: begin
create schema scale;
create table scale.made (as_of timestamptz not null, first_day date not null, last_day date not null);
create table scale.company (
  company_id integer primary key,
  stays_a_day integer not null,
  users integer not null,
  first_person bigint not null
);
create table scale.dropped (place integer not null, told text not null, made text not null);

-- name: note_when
insert into scale.made values (%(as_of)s, %(first_day)s, %(last_day)s)

-- name: when_made
select as_of, first_day, last_day from scale.made

-- name: size_companies
-- The subject, and others beside it whose sizes fall as those of a telephone book's companies do: the r-th largest has 1/r^0.9 of
-- what the largest has. Which one is large has nothing to do with when it came.
with other as (
  select n + (n >= %(subject)s)::integer as company_id, power(row_number() over (order by hashint4(n)), -0.9) as weight
  from generate_series(1, %(companies)s - 1) n
),
sized as (
  select o.company_id, greatest(1, round(%(others)s * o.weight / sum(o.weight) over ()))::integer as stays_a_day from other o
  union all
  select %(subject)s, %(subject_stays)s
),
peopled as (
  select s.*, least(greatest(s.stays_a_day / 3, 10), 10000) as users from sized s
)
insert into scale.company
select p.company_id, p.stays_a_day, p.users, sum(p.users) over (order by p.company_id) - p.users
from peopled p

-- name: add_companies
insert into company (company_id, slug, name, time_zone, created_at)
overriding system value
select company_id, 'company-' || company_id, 'Company ' || company_id, 'UTC', now() from scale.company;
insert into company_secret select company_id, decode(repeat('00', 64), 'hex') from scale.company;
insert into rollup_generation (company_id, generation, time_zone, rolled_through, begun_at, seeded_at)
select company_id, 1, 'UTC', (select last_day from scale.made), now(), now() from scale.company;
insert into company_limit (company_id, metric, section, value) select company_id, 'CONNECTIONS', 'TOTAL', 1000 from scale.company;
insert into company_password (company_id, password_id, hash, created_at, chosen)
select company_id, gen_random_uuid(), 'none', now(), true from scale.company;
insert into api_key (company_id, key_id, digest, prefix, scopes, created_at, expires_at)
select company_id, gen_random_uuid(), case when company_id = %(subject)s then %(digest)s else sha256(company_id::text::bytea) end, 'scale', '{read:stats}', now(), now() + interval '10 years'
from scale.company;
insert into person (company_id, person_id, namespace, key, name)
overriding system value
select company_id, first_person + n, 'USER', 'u' || n, 'User ' || n from scale.company cross join generate_series(1, users) n;
insert into registration (company_id, person_id, ordinal, registered_at)
select company_id, first_person + n, 1, (select first_day from scale.made) from scale.company cross join generate_series(1, users) n

-- name: drop_indexes
-- Built afterwards in one go: with them a year of all companies would take hours.
insert into scale.dropped
select case when c.contype = 'f' then 3 else 1 end, format('alter table %%s drop constraint %%I', c.conrelid::regclass, c.conname),
  format(
    'alter table %%s add constraint %%I %%s%%s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid),
    case when c.contype = 'f' then ' not valid' else '' end
  )
from pg_constraint c
where c.contype in ('p', 'u', 'f') and (c.conrelid = any (%(tables)s::regclass[]) or c.confrelid = any (%(tables)s::regclass[]))
union all
select 2, format('drop index %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
from pg_index i
where i.indrelid = any (%(tables)s::regclass[]) and not exists (select from pg_constraint c where c.conindid = i.indexrelid);
do $$
declare
  statement text;
begin
  for statement in select d.told from scale.dropped d order by d.place desc loop
    execute statement;
  end loop;
end
$$

-- name: add_indexes
do $$
declare
  statement text;
begin
  for statement in select d.made from scale.dropped d order by d.place loop
    execute statement;
  end loop;
end
$$;
-- They hold by how the rows were made; without this the planner would know less than it does of a real database.
update pg_constraint set convalidated = true where contype = 'f' and not convalidated;
truncate scale.dropped

-- name: prepare_month
-- By a seed of its own each event comes out the same in every database that has its company.
create unlogged table if not exists scale.gathering (
  event_id bigint, company_id integer, key text, n integer, seed bigint, day date, starts_at timestamptz,
  kind event_kind, template text, owner_key text
);
create unlogged table if not exists scale.coming (
  connection_id bigint, company_id integer, event_id bigint, key text, joined_at timestamptz, left_at timestamptz, role stay_role,
  user_id bigint, device device
);
truncate scale.coming, scale.gathering;
insert into scale.gathering
select coalesce((select max(event_id) from event), 0) + row_number() over (order by x.starts_at), x.*
from (
  select c.company_id, 'e-' || d.day || '-' || n as key, n, s.seed, d.day,
    d.day::timestamptz + interval '7 hours' + (hashint8(s.seed) & 2147483647) %% 36000 * interval '1 second' as starts_at,
    (array['MEETING', 'MEETING', 'WEBINAR', 'CALL'])[1 + n %% 4]::event_kind,
    (array['MEETING', 'SELECTOR', 'WEBINAR', 'PERSONAL_CALL'])[1 + n %% 4], 'u' || 1 + n %% c.users
  from scale.company c
  cross join (select x::date as day from generate_series(%(first_day)s::date, %(last_day)s::date, interval '1 day') x) d
  cross join generate_series(1, (c.stays_a_day + 11) / 12) n
  cross join lateral (select (c.company_id * 10000::bigint + (d.day - date '2000-01-01')) * 10000 + n as seed) s
) x;
insert into scale.coming
select coalesce((select max(connection_id) from connection), 0) + row_number() over (order by x.joined_at), x.*
from (
  select g.company_id, g.event_id, 'c' || k as key, j.at as joined_at,
    j.at + (300 + (hashint8(g.seed * 31 + k * 17) & 2147483647) %% 3600) * interval '1 second',
    case when k %% 5 = 1 then 'SPEAKER' else 'PARTICIPANT' end::stay_role,
    c.first_person + 1 + (hashint8(g.seed * 13 + k) & 2147483647) %% c.users, (array['DESKTOP', 'MOBILE', 'TABLET'])[1 + k %% 3]::device
  from scale.gathering g
  join scale.company c on c.company_id = g.company_id
  cross join generate_series(1, least(12, c.stays_a_day - 12 * (g.n - 1))) k
  cross join lateral (select g.starts_at + (hashint8(g.seed * 7 + k) & 2147483647) %% 600 * interval '1 second' as at) j
) x

-- name: add_month
insert into event (company_id, event_id, key, said_kind, template, owner_key, title, named_at, active_at, tree_active_at)
overriding system value
select g.company_id, g.event_id, g.key, g.kind, g.template, g.owner_key, 'Meeting ' || g.n, g.starts_at,
  g.starts_at + interval '2 hours', g.starts_at + interval '2 hours'
from scale.gathering g
order by g.event_id;
insert into connection (company_id, connection_id, event_id, key)
overriding system value
select c.company_id, c.connection_id, c.event_id, c.key from scale.coming c;
insert into stay (company_id, connection_id, ordinal, event_id, joined_at, left_at, ended_by, role, user_id, device)
select c.company_id, c.connection_id, 1, c.event_id, c.joined_at, c.left_at, 'LEFT', c.role, c.user_id, c.device from scale.coming c;
insert into signal (company_id, connection_id, at, source, activity_key, what, role, user_id, device)
select c.company_id, c.connection_id, x.at, 'scale', x.letter || c.connection_id, x.what, x.role, x.user_id, x.device
from scale.coming c
cross join lateral (
  values ('j', c.joined_at, 'JOINED'::stay_signal, c.role, c.user_id, c.device), ('l', c.left_at, 'LEFT', null, null, null)
) as x (letter, at, what, role, user_id, device)
where c.joined_at >= %(told_from)s;
insert into activity (company_id, digest, content, event_id, connection_id)
select c.company_id, decode(md5(x.letter || c.connection_id), 'hex'), decode(md5(c.connection_id || x.letter), 'hex'), c.event_id, c.connection_id
from scale.coming c
cross join (values ('j'), ('l')) as x (letter)
where c.joined_at >= %(told_from)s

-- name: add_rollups_of_month
-- Of the others, what can be told of a day by plain sums; peaks are made up. The subject's are computed as the product does it.
insert into company_day (company_id, generation, day, revision, computed_at, valid_until, starts_at, ends_at, events_created, registered_delta)
select c.company_id, 1, d::date, 1, d + interval '2 days', 'infinity', d, d + interval '1 day', (c.stays_a_day + 11) / 12, 0
from generate_series(%(first_day)s::timestamptz, %(last_day)s::timestamptz, interval '1 day') d
cross join scale.company c
where c.company_id <> %(subject)s;
insert into section_day (
  company_id, generation, day, section, connections, connections_at, speakers, speakers_at, listeners, listeners_at, events, events_at,
  events_held, unique_participants, closed_us, open_stays, open_offset_us, starts_at, ends_at
)
select d.company_id, 1, d.day, s.section, 1 + c.stays_a_day / 20, d.starts_at + interval '9 hours', 1 + c.stays_a_day / 30,
  d.starts_at + interval '9 hours', 1 + c.stays_a_day / 60, d.starts_at + interval '9 hours', 1 + c.stays_a_day / 240,
  d.starts_at + interval '9 hours', 1 + c.stays_a_day / 12, c.users, c.stays_a_day * 2100000000::bigint, 0, 0, d.starts_at, d.ends_at
from company_day d
join scale.company c on c.company_id = d.company_id
cross join unnest(enum_range(null::section)) as s (section)
where d.day between %(first_day)s and %(last_day)s
order by d.day, d.company_id, s.section;
insert into event_day (
  company_id, generation, day, event_id, kind, template, owner_key, group_call, connections, speakers, listeners, unique_participants,
  closed_us, open_stays, open_offset_us, occupied_us, live, first_joined_at, last_left_at
)
select x.company_id, 1, g.day, x.event_id, g.kind, g.template, g.owner_key, false, x.stays, x.stays, 0, x.people,
  x.us, 0, 0, microseconds(x.last_at - x.first_at), false, x.first_at, x.last_at
from (
  select c.company_id, c.event_id, count(*) as stays, count(distinct c.user_id) as people, sum(microseconds(c.left_at - c.joined_at)) as us,
    min(c.joined_at) as first_at, max(c.left_at) as last_at
  from scale.coming c
  where c.company_id <> %(subject)s
  group by c.company_id, c.event_id
) x
join scale.gathering g on g.event_id = x.event_id
order by g.day, x.company_id;
insert into owner_day (company_id, generation, day, owner_key, events)
select g.company_id, 1, g.day, g.owner_key, 1
from scale.gathering g
where g.company_id <> %(subject)s and g.kind in ('MEETING', 'WEBINAR')
group by g.company_id, g.day, g.owner_key
order by g.day, g.company_id;
insert into person_day (company_id, generation, day, person_id, in_meeting, in_webinar, in_call)
select c.company_id, 1, c.joined_at::date, c.user_id, true, false, false
from scale.coming c
where c.company_id <> %(subject)s
group by c.company_id, c.joined_at::date, c.user_id
order by c.joined_at::date, c.company_id;
insert into month_version (company_id, generation, month, version)
select company_id, 1, date_trunc('month', %(first_day)s::date)::date, 1 from scale.company where company_id <> %(subject)s
on conflict do nothing

-- name: settle_identities
select setval(pg_get_serial_sequence('turnout.company', 'company_id'), (select max(company_id) from company)),
  setval(pg_get_serial_sequence('turnout.person', 'person_id'), (select max(person_id) from person)),
  setval(pg_get_serial_sequence('turnout.event', 'event_id'), (select max(event_id) from event)),
  setval(pg_get_serial_sequence('turnout.connection', 'connection_id'), (select max(connection_id) from connection));
drop table scale.coming, scale.gathering

-- name: mark_subject
insert into mark (company_id, generation, day, made_at)
select %(subject)s, 1, d::date, m.as_of
from scale.made m
cross join generate_series(m.first_day::timestamptz, m.last_day::timestamptz, interval '1 day') d

-- name: count
select (select count(*) from company), (select reltuples::bigint from pg_class where oid = 'turnout.stay'::regclass), pg_database_size(current_database())

-- name: sizes
-- Rows by the planner's count, and what table and indexes take on disk.
select c.relname, c.reltuples::bigint, pg_table_size(c.oid), pg_indexes_size(c.oid)
from pg_class c
where c.relnamespace = 'turnout'::regnamespace and c.relkind in ('r', 'm') and pg_total_relation_size(c.oid) > 1000000
order by pg_total_relation_size(c.oid) desc

-- name: blocks
select blks_hit + blks_read from pg_stat_database where datname = %(database)s
