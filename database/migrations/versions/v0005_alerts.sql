-- The language in which a rule writes to people.

create type text_language as enum ('EN', 'RU');
alter table alert_rule add column language text_language not null default 'EN';
comment on column alert_rule.language is 'Of its e-mails: what is posted to programs says everything by names and numbers.';
