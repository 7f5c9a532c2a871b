-- How well single stays went.

-- name: stay_qualities
-- A sample is of the stay of its connection that had begun last by then. Stays are looked up one by one: there are but a page.
select s.connection_id::text || '.' || s.ordinal::text, count(*), max(q.packet_loss), avg(q.bitrate),
  coalesce(bool_or(q.cpu_trouble), false), coalesce(bool_or(q.bandwidth_trouble), false), bool_or(q.trouble)
from unnest(%(connections)s::bigint[], %(ordinals)s::integer[]) as w (connection_id, ordinal)
join stay s on s.company_id = %(company)s and s.connection_id = w.connection_id and s.ordinal = w.ordinal
left join lateral (
  select n.joined_at
  from stay n
  where n.company_id = %(company)s and n.connection_id = s.connection_id and n.ordinal > s.ordinal
  order by n.ordinal
  limit 1
) n on true
cross join lateral (
  select q.packet_loss, q.bitrate, q.cpu_trouble, q.bandwidth_trouble, q.trouble
  from quality_sample q
  where q.company_id = %(company)s and q.connection_id = s.connection_id
    and q.at >= s.joined_at and q.at < coalesce(n.joined_at, 'infinity')
  offset 0
) q
group by s.connection_id, s.ordinal
