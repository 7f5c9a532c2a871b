-- Who came when, against the plan.

-- name: host_arrivals
-- When the owner of each of these events first joined it or a breakout of it, after its planned start.
select t.key, microseconds(min(s.joined_at) - t.starts_at)
from event t
join person p on p.company_id = %(company)s and p.namespace = 'USER' and p.key = t.resolved_owner_key
join event e on e.company_id = %(company)s and e.top_id = t.event_id
join stay s on s.company_id = %(company)s and s.event_id = e.event_id and s.user_id = p.person_id and s.service is null
where t.company_id = %(company)s and t.key = any (%(events)s::text[]) and t.breakout_of is null and t.starts_at is not null
group by t.key, t.starts_at
