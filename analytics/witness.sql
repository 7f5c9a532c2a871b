-- What made up a peak. Facts are read here, and few of them: those of the very instant, and of at most two days about it.

-- name: fall
-- The first instant inside a span at which there are fewer than the peak had; null when it has none. At its end and at as_of
-- itself nobody has left: that is where counting ends.
select min(l.at)
from levels(
  %(company)s, %(as_of)s, array[%(day)s::date], array[%(lo)s::timestamptz], array[%(hi)s::timestamptz], %(segment)s::jsonb
) l
where l.at > %(lo)s and l.at < %(hi)s and l.at < %(as_of)s
  and level_of(%(metric)s, %(section)s::section, l.meeting, l.webinar, l.call, l.speaking, l.meetings, l.webinars, l.calls) < %(value)s

-- name: curve
-- Minute by minute the largest numbers of a span, the level that a minute begins with included.
with level as (
  select l.at, lead(l.at, 1, l.hi) over (order by l.at) as until,
    l.meeting, l.webinar, l.call, l.speaking, l.meetings, l.webinars, l.calls
  from levels(
  %(company)s, %(as_of)s, array[%(day)s::date], array[%(lo)s::timestamptz], array[%(hi)s::timestamptz], %(segment)s::jsonb
) l
),
held as (
  select m.minute,
    max(level_of('CONNECTIONS', %(section)s::section, l.meeting, l.webinar, l.call, l.speaking, l.meetings, l.webinars, l.calls)) as connections,
    max(level_of('SPEAKERS', %(section)s::section, l.meeting, l.webinar, l.call, l.speaking, l.meetings, l.webinars, l.calls)) as speakers,
    max(level_of('LISTENERS', %(section)s::section, l.meeting, l.webinar, l.call, l.speaking, l.meetings, l.webinars, l.calls)) as listeners,
    max(level_of('EVENTS', %(section)s::section, l.meeting, l.webinar, l.call, l.speaking, l.meetings, l.webinars, l.calls)) as events
  from level l
  cross join lateral generate_series(
    date_bin('1 minute', l.at, %(lo)s::timestamptz), l.until - interval '1 microsecond', interval '1 minute'
  ) as m (minute)
  group by m.minute
)
select m.minute, coalesce(h.connections, 0), coalesce(h.speakers, 0), coalesce(h.listeners, 0), coalesce(h.events, 0)
from generate_series(%(lo)s::timestamptz, %(hi)s::timestamptz - interval '1 microsecond', interval '1 minute') as m (minute)
left join held h on h.minute = m.minute
order by m.minute

-- name: present
-- Who counts at the instant: every stay of the section that the metric is about.
with piece as (
  select p.event_id, p.kind, p.owner_key, p.connection_id, p.person_id, p.device, p.joined_at, r.role
  from pieces(
    %(company)s, %(as_of)s, array[%(day)s::date], array[%(at)s::timestamptz], array[%(at)s::timestamptz + interval '1 microsecond'],
    %(segment)s::jsonb
  ) p
  left join lateral (
    select r.role
    from unnest(p.joined_at || p.changed_at, p.role || p.changed_to) with ordinality as r (since, role, n)
    where r.since <= %(at)s
    order by r.n desc
    limit 1
  ) r on true
  where p.inside and p.starts_at = %(at)s and p.starts_at < p.ends_at and (%(section)s = 'TOTAL' or p.kind::text = %(section)s)
),
present as materialized (
  select p.*
  from piece p
  where case %(metric)s
    when 'SPEAKERS' then p.kind <> 'WEBINAR' or coalesce(p.role, 'PARTICIPANT') <> 'PARTICIPANT'
    when 'LISTENERS' then p.kind = 'WEBINAR' and coalesce(p.role, 'PARTICIPANT') = 'PARTICIPANT'
    else true
  end
)

-- name: totals
select count(distinct event_id), count(distinct coalesce(owner_key, '')), count(*), count(distinct person_id) from present

-- name: events
, line as (
  select p.connections as sort_number, null::text as sort_text, t.key as id,
    t.kind::text as kind, t.title, t.room_key, coalesce(r.name, t.room_key) as room, p.owner_key, o.name as owner_name, p.connections
  from (select event_id, owner_key, count(*) as connections from present group by event_id, owner_key) p
  join event t on t.company_id = %(company)s and t.event_id = p.event_id
  left join room r on r.company_id = %(company)s and r.key = t.room_key collate "C"
  left join person o on o.company_id = %(company)s and o.namespace = 'USER' and o.key = p.owner_key
)

-- name: owners
, line as (
  select p.connections as sort_number, null::text as sort_text, p.owner_key as id, o.name, p.events, p.connections
  from (
    select owner_key, count(distinct event_id) as events, count(*) as connections from present group by owner_key
  ) p
  left join person o on o.company_id = %(company)s and o.namespace = 'USER' and o.key = p.owner_key
)

-- name: stays
-- A connection may have come, gone and come again at one instant: of its stays that began then, one is there.
, line as (
  select microseconds(p.joined_at - timestamptz 'epoch') as sort_number, null::text as sort_text, p.connection_id::text as id,
    t.key as event_key, u.key as user_key, x.key as external_key, coalesce(u.name, s.name) as name,
    p.role::text as role, coalesce(p.device, 'UNKNOWN')::text as device, p.joined_at
  from present p
  join event t on t.company_id = %(company)s and t.event_id = p.event_id
  join stay s on s.company_id = %(company)s and s.connection_id = p.connection_id and s.joined_at = p.joined_at
    and (s.left_at is null or s.left_at > %(at)s)
  left join person u on u.company_id = %(company)s and u.person_id = s.user_id
  left join person x on x.company_id = %(company)s and x.person_id = s.external_id
)
