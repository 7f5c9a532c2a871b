-- Keys that take the place of others, and that are used from certain addresses only.

drop function if exists find_key(bytea, timestamptz);

-- Keys are few, and the function comes again with another shape in the same transaction as everything repeatable.
-- squawk-ignore-file constraint-missing-not-valid, adding-foreign-key-constraint, ban-drop-function
alter table api_key
  add column replaced_by uuid,
  add foreign key (company_id, replaced_by) references api_key;
comment on column api_key.replaced_by is 'The key that took its place; it ends when both have worked for a while.';
