-- What was measured of connections: each measure counts as it is.

-- name: add_media
insert into media_measure (company_id, digest, connection_id, at, direction, track, lasted_us)
select %(company)s, m.digest, m.connection_id, m.at, m.direction::media_direction, m.track::media_track, m.lasted_us
from unnest(
  %(digests)s::bytea[], %(connections)s::bigint[], %(ats)s::timestamptz[], %(directions)s::text[], %(tracks)s::text[], %(lasted)s::bigint[]
) as m (digest, connection_id, at, direction, track, lasted_us)

-- name: retract_media
delete from media_measure where company_id = %(company)s and digest = any (%(digests)s::bytea[]) returning at

-- name: add_samples
insert into quality_sample (company_id, digest, connection_id, at, packet_loss, bitrate, cpu_trouble, bandwidth_trouble)
select %(company)s, q.digest, q.connection_id, q.at, q.packet_loss, q.bitrate, q.cpu_trouble, q.bandwidth_trouble
from unnest(
  %(digests)s::bytea[], %(connections)s::bigint[], %(ats)s::timestamptz[], %(losses)s::double precision[],
  %(bitrates)s::double precision[], %(cpu)s::boolean[], %(bandwidth)s::boolean[]
) as q (digest, connection_id, at, packet_loss, bitrate, cpu_trouble, bandwidth_trouble)

-- name: retract_samples
delete from quality_sample where company_id = %(company)s and digest = any (%(digests)s::bytea[]) returning connection_id, at

-- name: mark_samples
-- In the ordinary case, where samples come in their order, there is none later.
with touched as (
  select t.connection_id, min(t.at) as at
  from unnest(%(connections)s::bigint[], %(ats)s::timestamptz[]) as t (connection_id, at)
  group by t.connection_id
),
moved (since, until) as (
  select min(t.at), max(t.at) from unnest(%(ats)s::timestamptz[]) as t (at) group by (t.at at time zone 'UTC')::date
  union
  select q.since, q.until
  from touched t
  cross join lateral (
    select min(q.at) as since, max(q.at) as until
    from quality_sample q
    where q.company_id = %(company)s and q.connection_id = t.connection_id and q.at > t.at
    group by (q.at at time zone 'UTC')::date
  ) q
)
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from moved m
cross join lateral days_between(%(company)s, m.since, m.until) d
