-- Another staleAfter: in one transaction with every stay that it opens again, and marks on every day that it may move.

-- name: lock_company
-- Nothing is ingested for it, and no stay settled, until the commit.
select 1 from company where company_id = %(company)s for no key update

-- name: change_patience
update company
set stale_after = next_stale_after, next_stale_after = null
where company_id = %(company)s and next_stale_after is not null

-- name: reopen_stays
-- Those that were written down as ended, and for which the company waits again.
update stay s
set left_at = null, ended_by = null
from event e, event t, company c
where s.company_id = %(company)s and s.ended_by = 'STALE'
  and e.company_id = %(company)s and e.event_id = s.event_id
  and t.company_id = %(company)s and t.event_id = e.top_id
  and c.company_id = %(company)s and t.tree_active_at + c.stale_after > %(as_of)s

-- name: mark_open_stays
-- Every day on which somebody stayed in an event with an open stay: when that ends, and until when each such day is valid, has
-- changed. All of the event, since whether a call was a group's depends on all its stays.
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from (
  select distinct e.top_id
  from stay o
  join event e on e.company_id = %(company)s and e.event_id = o.event_id
  where o.company_id = %(company)s and o.length_class = 9
) t
join event e on e.company_id = %(company)s and e.top_id = t.top_id
join stay s on s.company_id = %(company)s and s.event_id = e.event_id
cross join lateral days_between(%(company)s, s.joined_at, greatest(s.joined_at, coalesce(s.left_at, %(as_of)s))) d

-- name: reopen_recordings
update recording_run r
set stopped_at = null, ended_by = null
from event e, event t, company c
where r.company_id = %(company)s and r.ended_by = 'STALE'
  and e.company_id = %(company)s and e.event_id = r.event_id
  and t.company_id = %(company)s and t.event_id = e.top_id
  and c.company_id = %(company)s and t.tree_active_at + c.stale_after > %(as_of)s

-- name: mark_open_recordings
-- Every day on which a recording may run that nobody has stopped: on any of them it may have been stored or deleted too.
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from recording_run r
cross join lateral days_between(%(company)s, r.started_at, greatest(r.started_at, %(as_of)s)) d
where r.company_id = %(company)s and r.length_class = 9

-- name: reopen_features
update feature_span s
set stopped_at = null, ended_by = null
from event e, event t, company c
where s.company_id = %(company)s and s.ended_by = 'STALE'
  and e.company_id = %(company)s and e.event_id = s.event_id
  and t.company_id = %(company)s and t.event_id = e.top_id
  and c.company_id = %(company)s and t.tree_active_at + c.stale_after > %(as_of)s

-- name: mark_open_features
-- Every day on which a feature may be on that nobody has switched off.
insert into mark (company_id, generation, day, made_at)
select distinct %(company)s, d.generation, d.day, %(as_of)s::timestamptz
from feature_span s
cross join lateral days_between(%(company)s, s.started_at, greatest(s.started_at, %(as_of)s)) d
where s.company_id = %(company)s and s.length_class = 9
