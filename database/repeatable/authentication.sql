-- The closed list of functions that may look beyond one company: from a credential to the company it opens.
-- They belong to turnout_auth, which can read credentials and nothing that happened; the application may only call them.

create or replace function find_passwords(of_slug text, as_of timestamptz)
returns table (company_id integer, password_id uuid, hash text, chosen boolean)
language sql stable security definer set search_path = turnout, pg_temp
begin atomic
  select p.company_id, p.password_id, p.hash, p.chosen
  from company c
  join company_password p on p.company_id = c.company_id
  where c.slug = of_slug and c.suspended_at is null and p.revoked_at is null and (p.expires_at is null or p.expires_at > as_of)
  order by p.created_at desc, p.password_id
  limit 4;
end;

-- Nothing is opened for a password that has been revoked, or a company that has been suspended, in the meantime: no row comes
-- back. Both rows are locked, so that who revokes or suspends sees every session that was quicker. A few of the company's that
-- have expired go, so that nothing piles up and nobody waits.
create or replace function open_session(
  of_company integer, of_password uuid, new_session uuid, new_digest bytea, of_kind session_kind, opened_at timestamptz,
  until timestamptz, from_address inet, with_agent text
) returns table (label text, expires_at timestamptz)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  with standing as (
    select c.company_id from company c where c.company_id = of_company and c.suspended_at is null for share
  ),
  used as (
    update company_password p set last_used_at = opened_at
    from standing c
    where p.company_id = c.company_id and p.password_id = of_password and p.revoked_at is null
      and (p.expires_at is null or p.expires_at > opened_at)
    returning p.company_id, p.password_id, p.label, p.expires_at
  ),
  opened as (
    insert into company_session (company_id, session_id, password_id, digest, kind, created_at, expires_at, address, user_agent)
    select u.company_id, new_session, u.password_id, new_digest, of_kind, opened_at, until, from_address, with_agent
    from used u
    returning session_id
  ),
  forgotten as (
    delete from company_session where (company_id, session_id) in (
      select s.company_id, s.session_id from company_session s
      where s.company_id = of_company and s.expires_at <= opened_at
      limit 5 for update skip locked
    )
  )
  select u.label, least(until, u.expires_at) from used u, opened;
end;

-- A session ends with its password. Looking at one is no use of it: what is watched for hours keeps nothing from its idle end.
create or replace function look_at_session(of_digest bytea, of_kind session_kind, as_of timestamptz, idle_since timestamptz)
returns table (
  company_id integer, slug text, name text, time_zone text, billing_anchor_day smallint, generation integer,
  credential_id uuid, label text, must_change boolean
)
language sql stable security definer set search_path = turnout, pg_temp
begin atomic
  select c.company_id, c.slug, c.name, c.time_zone, c.billing_anchor_day, c.generation, s.session_id, p.label, p.must_change
  from company_session s
  join company_password p on p.company_id = s.company_id and p.password_id = s.password_id
    and p.revoked_at is null and (p.expires_at is null or p.expires_at > as_of)
  join company c on c.company_id = s.company_id and c.suspended_at is null
  where s.digest = of_digest and s.kind = of_kind and s.expires_at > as_of
    and (s.kind = 'BEARER' or coalesce(s.seen_at, s.created_at) > idle_since);
end;

-- The same, and a use of it. When it was last seen is written once a minute at most, and never of one that has ended.
create or replace function find_session(of_digest bytea, of_kind session_kind, as_of timestamptz, idle_since timestamptz)
returns table (
  company_id integer, slug text, name text, time_zone text, billing_anchor_day smallint, generation integer,
  credential_id uuid, label text, must_change boolean
)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  update company_session s set seen_at = as_of
  where s.digest = of_digest and s.kind = of_kind and s.expires_at > as_of
    and coalesce(s.seen_at, s.created_at) <= as_of - interval '1 minute'
    and (s.kind = 'BEARER' or coalesce(s.seen_at, s.created_at) > idle_since);

  select * from look_at_session(of_digest, of_kind, as_of, idle_since);
end;

-- When it was last used is written here, in the same round trip, at most once a minute and by one request of several.
create or replace function find_key(of_digest bytea, as_of timestamptz, from_address inet)
returns table (
  company_id integer, slug text, name text, time_zone text, billing_anchor_day smallint, generation integer,
  credential_id uuid, scopes text[], label text, user_key text
)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  with found as materialized (
    select c.company_id, c.slug, c.name, c.time_zone, c.billing_anchor_day, c.generation, k.key_id, k.scopes, k.label, k.user_key
    from api_key k
    join company c on c.company_id = k.company_id
    where k.digest = of_digest and k.revoked_at is null and k.expires_at > as_of and c.suspended_at is null
      and (k.addresses = '{}' or from_address <<= any (k.addresses))
  ),
  due as (
    select k.company_id, k.key_id
    from api_key k
    join found f on f.company_id = k.company_id and f.key_id = k.key_id
    where k.last_used_at is null or k.last_used_at <= as_of - interval '1 minute'
    for no key update of k skip locked
  ),
  used as (
    update api_key k set last_used_at = as_of from due d where k.company_id = d.company_id and k.key_id = d.key_id
  )
  select f.company_id, f.slug, f.name, f.time_zone, f.billing_anchor_day, f.generation, f.key_id, f.scopes, f.label, f.user_key
  from found f;
end;

-- A key makes a token that is bound as the key is; those it made that have expired go. What comes back is its end and how many
-- others the key has made that are good; no row for a key that has ended in the meantime.
create or replace function open_embed_token(
  of_company integer, of_key uuid, new_token uuid, new_digest bytea, of_user text, of_views text[],
  opened_at timestamptz, until timestamptz
) returns table (expires_at timestamptz, others bigint)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  delete from embed_token t where t.company_id = of_company and t.key_id = of_key and t.expires_at <= opened_at;
  insert into embed_token (company_id, token_id, key_id, digest, user_key, views, created_at, expires_at)
  select k.company_id, new_token, k.key_id, new_digest, coalesce(k.user_key, of_user), of_views, opened_at, least(until, k.expires_at)
  from api_key k
  where k.company_id = of_company and k.key_id = of_key and k.revoked_at is null and k.expires_at > opened_at
  returning embed_token.expires_at,
    (select count(*) from embed_token t where t.company_id = of_company and t.key_id = of_key);
end;

-- A token is as good as its key.
create or replace function find_embed_token(of_digest bytea, as_of timestamptz)
returns table (
  company_id integer, slug text, name text, time_zone text, billing_anchor_day smallint, generation integer,
  credential_id uuid, expires_at timestamptz, scopes text[], label text, user_key text, views text[]
)
language sql stable security definer set search_path = turnout, pg_temp
begin atomic
  select c.company_id, c.slug, c.name, c.time_zone, c.billing_anchor_day, c.generation, t.token_id, t.expires_at, k.scopes,
    k.label, coalesce(k.user_key, t.user_key), t.views
  from embed_token t
  join api_key k on k.company_id = t.company_id and k.key_id = t.key_id and k.revoked_at is null and k.expires_at > as_of
  join company c on c.company_id = t.company_id and c.suspended_at is null
  where t.digest = of_digest and t.expires_at > as_of;
end;

-- What support was given to read people and titles of a company by, for a while.
create or replace function find_support_access(of_digest bytea, as_of timestamptz)
returns table (
  company_id integer, slug text, name text, time_zone text, billing_anchor_day smallint, generation integer,
  access_id uuid, staff_name text
)
language sql stable security definer set search_path = turnout, pg_temp
begin atomic
  select c.company_id, c.slug, c.name, c.time_zone, c.billing_anchor_day, c.generation, a.access_id, a.staff_name
  from support_access a
  join company c on c.company_id = a.company_id and c.suspended_at is null
  where a.digest = of_digest and a.closed_at is null and a.expires_at > as_of;
end;

-- Which rollups have something to be done: ids alone, for the refresher, which has no company set until it takes one.
--   REFRESH  the company's own that answer: days, or another staleAfter to take up
--   SEGMENT  those of a segment that answer: days
--   FOLLOW   the company's own: segments have been declared that have no rollups beside these, or removed that have some
--   BUILD    to take the place of others, to become whole, or to go
create or replace function generations_to_refresh() returns table (company_id integer, generation integer, duty text)
language sql stable security definer set search_path = turnout, pg_temp
begin atomic
  select m.company_id, m.generation, case when g.segment_id is null then 'REFRESH' else 'SEGMENT' end
  from (select distinct k.company_id, k.generation from mark k) m
  join company c on c.company_id = m.company_id
  join rollup_generation g on g.company_id = m.company_id and g.generation = m.generation
  where g.generation = c.generation or g.whole_at is not null and g.retired_at is null
  union
  select c.company_id, c.generation, 'REFRESH' from company c where c.next_stale_after is not null
  union
  select o.company_id, o.generation, 'FOLLOW'
  from segment s
  join rollup_generation o on o.company_id = s.company_id and o.segment_id is null and o.retired_at is null
  left join rollup_generation g on g.company_id = s.company_id and g.segment_id = s.segment_id and g.beside = o.generation
  where case when s.removed_at is null then g.generation is null else g.retired_at is null end
  union all
  select g.company_id, g.generation, 'BUILD'
  from rollup_generation g
  join company c on c.company_id = g.company_id
  where case when g.segment_id is null then g.generation <> c.generation else g.whole_at is null or g.retired_at is not null end;
end;

-- What decides which companies have billing periods to close, or closed ones to look at again.
create or replace function billing_calendars(of_definition integer) returns table (
  company_id integer, generation integer, time_zone text, billing_anchor_day smallint, closed_through date, reopened boolean
)
language sql stable security definer set search_path = turnout, pg_temp
begin atomic
  select c.company_id, c.generation, c.time_zone, c.billing_anchor_day,
    (select max(b.last_day) from billing_close b where b.company_id = c.company_id),
    exists (select from closing_mark k where k.company_id = c.company_id)
    or exists (
      select from (
        select distinct on (b.first_day) b.definition, b.time_zone
        from billing_close b
        where b.company_id = c.company_id
        order by b.first_day, b.revision desc
      ) l
      where l.definition <> of_definition and l.time_zone = c.time_zone
    )
  from company c;
end;
