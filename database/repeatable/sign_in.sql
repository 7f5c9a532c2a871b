-- What a company does with its own sessions and passwords, and how often somebody may try to be it. These functions, too,
-- belong to turnout_auth; those of a company's own things find those of current_company() alone.

create or replace function list_sessions(as_of timestamptz, idle_since timestamptz)
returns table (
  session_id uuid, kind session_kind, label text, created_at timestamptz, seen_at timestamptz, expires_at timestamptz,
  address text, user_agent text
)
language sql stable security definer set search_path = turnout, pg_temp
begin atomic
  select s.session_id, s.kind, p.label, s.created_at, coalesce(s.seen_at, s.created_at), least(s.expires_at, p.expires_at),
    host(s.address), s.user_agent
  from company_session s
  join company_password p on p.company_id = s.company_id and p.password_id = s.password_id
    and p.revoked_at is null and (p.expires_at is null or p.expires_at > as_of)
  where s.company_id = (select current_company()) and s.expires_at > as_of
    and (s.kind = 'BEARER' or coalesce(s.seen_at, s.created_at) > idle_since)
  order by coalesce(s.seen_at, s.created_at) desc, s.session_id;
end;

create or replace function end_session(of_session uuid) returns table (session_id uuid)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  delete from company_session s
  where s.company_id = (select current_company()) and s.session_id = of_session
  returning s.session_id;
end;

create or replace function end_other_sessions(but_session uuid) returns table (session_id uuid)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  delete from company_session s
  where s.company_id = (select current_company()) and s.session_id <> but_session
  returning s.session_id;
end;

create or replace function find_password_of_session(of_session uuid)
returns table (company_id integer, password_id uuid, hash text, chosen boolean)
language sql stable security definer set search_path = turnout, pg_temp
begin atomic
  select p.company_id, p.password_id, p.hash, p.chosen
  from company_session s
  join company_password p on p.company_id = s.company_id and p.password_id = s.password_id
  where s.company_id = (select current_company()) and s.session_id = of_session;
end;

-- The chosen password takes the place of the one that ends, in this session too; the others of the old one end with it. Nobody
-- prolongs by it what support has given an end: only that of an activation secret was for choosing.
create or replace function change_password(
  of_session uuid, old_password uuid, new_password uuid, new_hash text, as_of timestamptz
) returns table (session_id uuid)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  with ended as (
    update company_password p set revoked_at = as_of
    where p.company_id = (select current_company()) and p.password_id = old_password and p.revoked_at is null
      and (p.expires_at is null or p.expires_at > as_of)
    returning p.company_id, p.password_id, p.label, case when not p.must_change then p.expires_at end as expires_at
  ),
  begun as (
    insert into company_password (company_id, password_id, hash, label, created_at, expires_at, last_used_at, chosen)
    select e.company_id, new_password, new_hash, e.label, as_of, e.expires_at, as_of, true
    from ended e
    returning company_id, password_id
  ),
  cut as (
    delete from company_session s using ended e
    where s.company_id = e.company_id and s.password_id = e.password_id and s.session_id <> of_session
  )
  update company_session s set password_id = b.password_id
  from begun b
  where s.company_id = b.company_id and s.session_id = of_session and s.password_id = old_password
  returning s.session_id;
end;

-- The same password under better parameters. Whoever has replaced the hash in the meantime has done as well.
create or replace function rehash_password(of_company integer, of_password uuid, old_hash text, new_hash text)
returns table (password_id uuid)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  update company_password p set hash = new_hash
  where p.company_id = of_company and p.password_id = of_password and p.hash = old_hash
  returning p.password_id;
end;

create or replace function find_link(of_digest bytea, as_of timestamptz)
returns table (company_id integer, slug text, name text)
language sql stable security definer set search_path = turnout, pg_temp
begin atomic
  select c.company_id, c.slug, c.name
  from activation_link l
  join company c on c.company_id = l.company_id and c.suspended_at is null
  where l.digest = of_digest and l.used_at is null and l.revoked_at is null and l.expires_at > as_of;
end;

-- The company is locked first, as whoever revokes a link does: neither waits for the other in a circle.
create or replace function use_link(of_digest bytea, new_password uuid, new_hash text, as_of timestamptz)
returns table (link_id uuid, label text)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  with standing as (
    select c.company_id
    from company c
    where c.company_id = (select l.company_id from activation_link l where l.digest = of_digest) and c.suspended_at is null
    for share
  ),
  used as (
    update activation_link l set used_at = as_of
    from standing c
    where l.digest = of_digest and l.used_at is null and l.revoked_at is null and l.expires_at > as_of
      and l.company_id = c.company_id
    returning l.company_id, l.link_id, l.label, l.issued_by
  ),
  begun as (
    insert into company_password (company_id, password_id, hash, label, created_at, issued_by, chosen)
    select u.company_id, new_password, new_hash, u.label, as_of, u.issued_by, true
    from used u
  )
  select u.link_id, u.label from used u;
end;

-- How many more seconds a bucket has no room for another failure.
create or replace function seconds_until_room(full_until timestamptz, forgets interval, holds interval, as_of timestamptz)
returns integer
language sql immutable
return greatest(0, ceil(extract(epoch from full_until + forgets - holds - as_of)))::integer;

-- Whether an attempt may be made now, and if so, counts it as a failure until settle_sign_in says otherwise: of thirty at
-- once each finds the one before. An address that has succeeded with this name is never refused, but told how long it would be.
-- It does not know who has the name, so that it does the same work when nobody has.
create or replace function admit_sign_in(of_account bytea, from_address cidr, as_of timestamptz)
returns table (wait integer, known boolean)
language plpgsql security definer set search_path = turnout, pg_temp
as $$
#variable_conflict use_column
declare
  pair sign_in_throttle;
  of_all sign_in_bucket;
  of_name sign_in_bucket;
  own_wait integer := 0;
  name_wait integer := 0;
begin
  insert into sign_in_throttle as t (account, address, failures, failed_at)
  values (of_account, from_address, 0, as_of)
  on conflict (account, address) do update
    set failures = case when t.failed_at < as_of - interval '1 hour' then 0 else t.failures end
  returning * into pair;
  insert into sign_in_bucket as b (bucket, full_until) values ('address ' || from_address, as_of)
  on conflict (bucket) do update set full_until = greatest(b.full_until, as_of)
  returning * into of_all;
  insert into sign_in_bucket as b (bucket, full_until) values ('name ' || encode(of_account, 'hex'), as_of)
  on conflict (bucket) do update set full_until = greatest(b.full_until, as_of)
  returning * into of_name;

  known := pair.succeeded_at is not null;
  if pair.failures >= 5 then
    own_wait := seconds_until_room(
      pair.failed_at, least(2 ^ least(pair.failures - 5, 9), 300) * interval '1 second', interval '0', as_of
    );
  end if;
  if not known then
    name_wait := seconds_until_room(of_name.full_until, interval '36 seconds', interval '1 hour', as_of);
  end if;
  wait := greatest(
    own_wait, name_wait, seconds_until_room(of_all.full_until, interval '2 seconds', interval '1 minute', as_of)
  );

  if wait = 0 or known then
    update sign_in_throttle t set failures = t.failures + 1, failed_at = as_of
    where t.account = of_account and t.address = from_address;
    update sign_in_bucket b set full_until = least(b.full_until + interval '2 seconds', as_of + interval '1 minute')
    where b.bucket = of_all.bucket;
    update sign_in_bucket b set full_until = b.full_until + interval '36 seconds'
    where b.bucket = of_name.bucket and not known;
  end if;
  perform forget_old_sign_ins(as_of);

  -- One note when it begins, and one an hour while it goes on.
  if own_wait > 0 and coalesce(pair.noted_at < as_of - interval '1 hour', true) then
    update sign_in_throttle t set noted_at = as_of where t.account = of_account and t.address = from_address;
    insert into sign_in_throttled (account, address, failures, at) values (of_account, from_address, pair.failures, as_of);
  end if;
  if name_wait > 0 and coalesce(of_name.noted_at < as_of - interval '1 hour', true) then
    update sign_in_bucket b set noted_at = as_of where b.bucket = of_name.bucket;
    insert into sign_in_throttled (account, failures, at) values (of_account, 100, as_of);
  end if;
  return next;
end;
$$;

-- Whether an address has succeeded with a name before: asked where there is no room for others, of any name alike.
create or replace function knows_sign_in(of_account bytea, from_address cidr) returns table (known boolean)
language sql stable security definer set search_path = turnout, pg_temp
begin atomic
  select exists (
    select from sign_in_throttle t where t.account = of_account and t.address = from_address and t.succeeded_at is not null
  );
end;

-- The attempt has succeeded: it was no failure, and its address is known from now on.
create or replace function settle_sign_in(of_account bytea, from_address cidr, was_known boolean, as_of timestamptz)
returns table (settled boolean)
language sql security definer set search_path = turnout, pg_temp
begin atomic
  update sign_in_throttle t set failures = 0, failed_at = as_of, succeeded_at = as_of, noted_at = null
  where t.account = of_account and t.address = from_address;
  update sign_in_bucket b set full_until = b.full_until - interval '2 seconds' where b.bucket = 'address ' || from_address;
  update sign_in_bucket b set full_until = b.full_until - interval '36 seconds'
  where b.bucket = 'name ' || encode(of_account, 'hex') and not was_known;
  select true;
end;

-- Who has begun to wait, in the audit of the company or of support that has the name; of names that nobody has there is no audit.
-- Whoever writes to the audits of several companies does so in the order of their numbers.
create or replace function note_throttled_sign_ins()
returns table (of_company text, of_staff text, address text, failures integer)
language plpgsql security definer set search_path = turnout, pg_temp
as $$
declare
  waiting record;
begin
  for waiting in
    with taken as (
      delete from sign_in_throttled where throttled_id in (
        select t.throttled_id from sign_in_throttled t order by t.throttled_id limit 100 for update skip locked
      )
      returning *
    )
    select t.at, t.address, t.failures, c.company_id, c.slug, m.name,
      jsonb_build_object('failures', t.failures, 'of', case when t.address is null then 'NEW_ADDRESSES' else 'ADDRESS' end) as details
    from taken t
    left join company c on sha256(convert_to(c.slug, 'UTF8')) = t.account
    left join staff m on sha256(convert_to('support:' || m.name, 'UTF8')) = t.account
    order by c.company_id, t.throttled_id
  loop
    if waiting.company_id is not null then
      insert into audit (company_id, at, actor, action, details, address)
      values (waiting.company_id, waiting.at, 'SYSTEM', 'sign_in.throttled', waiting.details, waiting.address);
    elsif waiting.name is not null then
      insert into staff_audit (at, actor, action, target, details, address)
      values (waiting.at, 'SYSTEM', 'sign_in.throttled', waiting.name, waiting.details, waiting.address);
    end if;
    of_company := waiting.slug;
    of_staff := waiting.name;
    address := host(waiting.address);
    failures := waiting.failures;
    return next;
  end loop;
end;
$$;

-- A few at a time, so that nothing piles up and nobody waits: failures after a day, successes after 400.
create or replace function forget_old_sign_ins(as_of timestamptz) returns void
language sql set search_path = turnout, pg_temp
begin atomic
  delete from sign_in_throttle where (account, address) in (
    select t.account, t.address from sign_in_throttle t
    where t.succeeded_at is null and t.failed_at < as_of - interval '1 day'
    order by t.failed_at limit 5 for update skip locked
  );
  delete from sign_in_throttle where (account, address) in (
    select t.account, t.address from sign_in_throttle t
    where t.succeeded_at < as_of - interval '400 days'
    order by t.succeeded_at limit 5 for update skip locked
  );
  delete from sign_in_bucket where bucket in (
    select b.bucket from sign_in_bucket b
    where b.full_until < as_of - interval '1 day'
    order by b.full_until limit 5 for update skip locked
  );
end;
