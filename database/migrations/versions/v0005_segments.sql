-- Segments that a company declares: each has rollups of its own, in a generation beside the company's.

-- It answers more; it is made anew with the other repeatable files, in the same upgrade.
-- squawk-ignore ban-drop-function
drop function if exists generations_to_refresh();

create table segment (
  company_id integer not null references company,
  segment_id uuid not null,
  name text not null,
  definition jsonb not null,
  declared_at timestamptz not null,
  removed_at timestamptz,
  primary key (company_id, segment_id)
);
comment on table segment is 'A part of a company''s stays that it has declared. What is in it says repeatable/segments.sql.';
comment on column segment.removed_at is 'When nobody could ask for it any more; the row goes with the last of its rollups.';
create unique index segment_name on segment (company_id, name) where removed_at is null;

alter table rollup_generation
  add column segment_id uuid,
  add column beside integer,
  add column whole_at timestamptz;
-- Checked at once: the table has a row or two for each company.
alter table rollup_generation
  -- squawk-ignore constraint-missing-not-valid
  add constraint rollup_generation_of_segment check ((segment_id is null) = (beside is null)),
  -- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
  add constraint rollup_generation_segment foreign key (company_id, segment_id) references segment,
  -- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
  add constraint rollup_generation_beside foreign key (company_id, beside) references rollup_generation on delete cascade;
comment on column rollup_generation.segment_id is 'The segment whose stays alone these rollups are of; null for those of the whole company.';
comment on column rollup_generation.beside is 'Of a segment: the company''s own generation whose days it has, and with which it comes and goes.';
comment on column rollup_generation.whole_at is 'When all days of a segment''s rollups had been computed, from which moment on they answer. Null for the company''s own, of which company.generation says so.';
-- squawk-ignore require-concurrent-index-creation
create unique index rollup_generation_one_a_segment on rollup_generation (company_id, segment_id, beside) where segment_id is not null;
