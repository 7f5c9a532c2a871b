-- What is going on as of now, and what has been told of since somebody looked last.

-- name: sections
-- Who is in which events: stays that have begun and go on, or end a moment after now.
select coalesce(p.kind::text, 'TOTAL'), count(*), count(distinct p.event_id)
from pieces(
  %(company)s, %(as_of)s, array[%(as_of)s::timestamptz::date], array[%(as_of)s::timestamptz],
  array[%(as_of)s::timestamptz + interval '1 microsecond']
) p
where p.joined_at <= %(as_of)s and (p.stale_at is not null or p.left_at > %(as_of)s)
group by grouping sets ((), (p.kind))

-- name: recordings
-- Events, each with its breakouts, of which a recording is running: begun, and neither over nor silent too long. What is over
-- may end a moment after now by a clock that is ahead; it is looked for as pieces() looks for stays.
with running as (
  select r.event_id, r.stopped_at
  from recording_run r
  where r.company_id = %(company)s and r.length_class in (4, 9) and r.started_at <= %(as_of)s
    and (r.stopped_at is null or r.stopped_at > %(as_of)s)
  union all
  select r.event_id, r.stopped_at
  from (
    values (0, interval '1 hour'), (1, interval '4 hours'), (2, interval '24 hours'), (3, interval '720 hours')
  ) as c (length_class, longest)
  cross join lateral (
    select r.event_id, r.stopped_at
    from recording_run r
    where r.company_id = %(company)s and r.length_class = c.length_class
      and r.started_at >= %(as_of)s::timestamptz - c.longest and r.started_at <= %(as_of)s and r.stopped_at > %(as_of)s
    offset 0
  ) r
)
select count(distinct t.event_id)
from running r
join company c on c.company_id = %(company)s
cross join lateral (
  select t.event_id, t.tree_active_at
  from event e
  join event t on t.company_id = %(company)s and t.event_id = e.top_id
  where e.company_id = %(company)s and e.event_id = r.event_id
  offset 0
) t
where r.stopped_at is not null or t.tree_active_at + c.stale_after > %(as_of)s

-- name: live_streams
-- Live streams that are on, as features are: those of one event with several connections that have one each are several.
with streaming as (
  select s.event_id, s.stopped_at
  from feature_span s
  where s.company_id = %(company)s and s.length_class in (2, 9) and s.feature = 'LIVE_STREAM' and s.started_at <= %(as_of)s
    and (s.stopped_at is null or s.stopped_at > %(as_of)s)
  union all
  select s.event_id, s.stopped_at
  from (values (0, interval '4 hours'), (1, interval '24 hours')) as c (length_class, longest)
  cross join lateral (
    select s.event_id, s.stopped_at
    from feature_span s
    where s.company_id = %(company)s and s.length_class = c.length_class and s.feature = 'LIVE_STREAM'
      and s.started_at >= %(as_of)s::timestamptz - c.longest and s.started_at <= %(as_of)s and s.stopped_at > %(as_of)s
    offset 0
  ) s
)
select count(*)
from streaming s
join company c on c.company_id = %(company)s
cross join lateral (
  select t.tree_active_at
  from event e
  join event t on t.company_id = %(company)s and t.event_id = e.top_id
  where e.company_id = %(company)s and e.event_id = s.event_id
  offset 0
) t
where s.stopped_at is not null or t.tree_active_at + c.stale_after > %(as_of)s

-- name: snapshot
select pg_current_snapshot()::text

-- name: activities
-- What has become visible since a snapshot, in whatever order it was committed. Numbers of transactions that this server has not
-- given yet come from another one. Only what made a stay what it is: a join that opens it, a leave that ends it.
with news as materialized (
  select a.arrival_id, a.what, a.connection_id, a.at
  from arrival a
  where a.company_id = %(company)s
    and a.written_by >= pg_snapshot_xmin(%(seen)s::pg_snapshot) and a.written_by < pg_snapshot_xmax(pg_current_snapshot())
    and not pg_visible_in_snapshot(a.written_by, %(seen)s::pg_snapshot)
    and a.made_at > %(as_of)s::timestamptz - %(kept)s::interval
)
select n.what::text, n.at, s.*
from (select min(n.arrival_id) as arrival_id, n.what, n.connection_id, n.at from news n group by n.what, n.connection_id, n.at) n
left join lateral (
  select t.kind::text, t.key as event_id, t.title, t.room_key as room_id, coalesce(r.name, t.room_key) as room,
    c.key as connection_key, s.connection_id::text as person, u.key as user_id, coalesce(u.name, s.name) as name, x.key as external_id,
    coalesce(
      (
        select h.role
        from unnest(s.changed_at, s.changed_to) with ordinality as h (at, role, place)
        where h.at <= n.at
        order by h.place desc
        limit 1
      ),
      s.role
    )::text as role,
    coalesce(s.device::text, 'UNKNOWN') as device, s.client, s.metadata
  from stay s
  join event e on e.company_id = %(company)s and e.event_id = s.event_id
  join event t on t.company_id = %(company)s and t.event_id = e.top_id
  join connection c on c.company_id = %(company)s and c.connection_id = s.connection_id
  left join person u on u.company_id = %(company)s and u.person_id = s.user_id
  left join person x on x.company_id = %(company)s and x.person_id = s.external_id
  left join room r on r.company_id = %(company)s and r.key = t.room_key collate "C"
  where s.company_id = %(company)s and s.connection_id = n.connection_id and s.service is null
    and case n.what when 'JOINED' then s.joined_at = n.at when 'LEFT' then s.left_at = n.at else n.at = any (s.changed_at) end
  order by s.ordinal
  limit 1
) s on true
where n.what = 'OTHER' or s.event_id is not null
order by n.arrival_id
