-- Who waits to sign in is noted beside the audit first, whether anybody has that name or not.
create table sign_in_throttled (
  throttled_id bigint generated always as identity primary key,
  account bytea not null,
  address cidr,
  failures integer not null,
  at timestamptz not null
);
comment on table sign_in_throttled is 'Who has begun to wait. Whether anybody has that name, and an audit, is looked up later: it may not cost who waits any time.';
comment on column sign_in_throttled.address is 'Null for all that have never succeeded with the name.';

-- They have other parameters now, or are no more.
-- squawk-ignore ban-drop-function
drop function if exists admit_sign_in(text, bytea, cidr, timestamptz);
-- squawk-ignore ban-drop-function
drop function if exists note_throttling(text, cidr, integer, timestamptz);
