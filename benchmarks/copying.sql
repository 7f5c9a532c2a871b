-- The rival of an ingest: the same activities in one table that has nothing but its key.

-- name: create_copied
create table copied (
  company_id integer not null,
  digest bytea not null,
  type text not null,
  at timestamptz not null,
  source text not null,
  activity_key text not null,
  event text,
  connection text,
  person text,
  role text,
  device text,
  client text,
  name text,
  rest jsonb,
  primary key (company_id, digest)
)

-- name: copy
copy copied from stdin (format binary)
