-- Rules on limits, what they have said, and to whom it is to be told.

create type alert_period as enum ('DAY', 'BILLING_PERIOD');
create type alert_channel as enum ('WEBHOOK', 'EMAIL');
create type delivery_state as enum ('PENDING', 'DELIVERED', 'FAILED');
create type delivery_failure as enum (
  'NAME_UNKNOWN', 'ADDRESS_REFUSED', 'UNREACHABLE', 'TIMEOUT', 'TLS_FAILED', 'REFUSED', 'NOT_CONFIGURED'
);

create table alert_rule (
  company_id integer not null references company,
  rule_id uuid not null,
  name text not null,
  metric limit_metric not null,
  section section not null,
  share double precision not null check (share > 0 and share <= 10),
  period alert_period not null,
  revision integer not null default 1,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  tested_at timestamptz,
  look_again_at timestamptz,
  primary key (company_id, rule_id)
);
comment on column alert_rule.share is 'Of the limit, 1 = full: the rule fires where the metric reaches it.';
comment on column alert_rule.revision is 'Counted up when the metric, section, share or period changes: another condition may fire in a period that had its alert.';
comment on column alert_rule.look_again_at is 'When minutes of those who are in events will have reached the share, though nothing arrives; null when nothing is to be expected.';
create index alert_rule_look on alert_rule (company_id, look_again_at) where look_again_at is not null;

create table alert_target (
  company_id integer not null,
  target_id uuid not null,
  rule_id uuid not null,
  channel alert_channel not null,
  address text not null,
  secret bytea,
  primary key (company_id, target_id),
  unique (company_id, rule_id, channel, address),
  foreign key (company_id, rule_id) references alert_rule on delete cascade
);
comment on column alert_target.address is 'The URL of a webhook, or an e-mail address.';
comment on column alert_target.secret is 'What deliveries to a webhook are signed with. It is told to whoever makes the rule, once; the application writes it and cannot read it.';

create table alert (
  company_id integer not null references company,
  alert_id uuid not null,
  rule_id uuid not null,
  revision integer not null,
  name text not null,
  metric limit_metric not null,
  section section not null,
  share double precision not null,
  period alert_period not null,
  first_day date not null,
  last_day date not null,
  day date not null,
  at timestamptz,
  value double precision not null,
  limit_value double precision not null,
  fired_at timestamptz not null,
  primary key (company_id, alert_id),
  unique (company_id, rule_id, revision, first_day)
);
comment on table alert is 'What a rule has said, with the rule as it was then; it stays when the rule changes or goes. One a rule, revision and period: that is what makes it once.';
comment on column alert.at is 'The instant of the peak; null for what is no peak.';
create index alert_fired on alert (company_id, fired_at);

create table alert_delivery (
  company_id integer not null,
  delivery_id uuid not null,
  target_id uuid not null,
  alert_id uuid,
  created_at timestamptz not null,
  due_at timestamptz not null,
  attempts integer not null default 0,
  state delivery_state not null default 'PENDING',
  failure delivery_failure,
  status integer,
  settled_at timestamptz,
  primary key (company_id, delivery_id),
  foreign key (company_id, target_id) references alert_target on delete cascade,
  foreign key (company_id, alert_id) references alert on delete cascade
);
comment on table alert_delivery is 'The outbox: written in the transaction that has something to tell, worked off by any process. Without an alert it is a test.';
comment on column alert_delivery.due_at is 'When it is to be tried. Whoever tries moves it on first, so that nobody else does meanwhile, and somebody will if the process is killed.';
comment on column alert_delivery.failure is 'Why the latest attempt has failed; status is what the server answered, by HTTP or SMTP.';
create table alert_turn (
  company_id integer primary key references company,
  hour timestamptz not null,
  begun integer not null,
  served_at timestamptz not null
);
comment on table alert_turn is 'How many deliveries of a company have begun in the latest hour in which one did: kept apart from them, since they go with their rules.';
comment on column alert_turn.served_at is 'When it was the company''s turn last: whoever has waited longest is next.';

create index alert_delivery_due on alert_delivery (company_id, due_at) where state = 'PENDING';
create index alert_delivery_target on alert_delivery (company_id, target_id, created_at);
create index alert_delivery_alert on alert_delivery (company_id, alert_id);
