-- Segments: a part of a company's stays, asked for as such, or declared with rollups of its own.

-- They get a parameter more; they are made anew with the other repeatable files, in the same upgrade.
-- squawk-ignore ban-drop-function
drop function if exists measure(integer, timestamptz, date[], timestamptz[], timestamptz[]);
-- squawk-ignore ban-drop-function
drop function if exists pieces(integer, timestamptz, date[], timestamptz[], timestamptz[]);

-- One participant's stays, and those that have no user.
-- squawk-ignore require-concurrent-index-creation
create index stay_user on stay (company_id, user_id, joined_at) where user_id is not null;
-- squawk-ignore require-concurrent-index-creation
create index stay_external on stay (company_id, external_id, joined_at) where external_id is not null;
