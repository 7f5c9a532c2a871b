-- What has just happened, for those who watch it.

create type arrival_kind as enum ('OTHER', 'JOINED', 'LEFT', 'ROLE_CHANGED');

create table arrival (
  company_id integer not null references company,
  made_at timestamptz not null,
  arrival_id bigint generated always as identity,
  written_by xid8 not null default pg_current_xact_id(),
  what arrival_kind not null,
  connection_id bigint,
  at timestamptz,
  primary key (company_id, made_at, arrival_id),
  check ((what = 'OTHER') = (connection_id is null)),
  check ((what = 'OTHER') = (at is null))
);
comment on table arrival is 'What has been taken in during the last minutes, only added to and then forgotten: who watches reads what a snapshot has not shown yet. It says where to look; what it amounts to is in stay.';
comment on column arrival.written_by is 'The transaction: transactions commit in another order than they begin, so no number of a row says what is new.';
comment on column arrival.what is 'OTHER: something else that live figures may be made of.';
comment on column arrival.at is 'When it happened.';
create index arrival_transaction on arrival (company_id, written_by);
