-- What was posted in some buckets beside the messenger, by section and place.
create or replace function posts(of_company integer, days date[], froms timestamptz[], tos timestamptz[])
returns table (day date, section section, place message_place, posts integer)
language sql stable
set jit = off
set plan_cache_mode = force_generic_plan
begin atomic
  select m.day, x.section, m.place, sum(m.posts)::integer
  from (
    select b.day, m.event_id, m.place, count(*) as posts
    from unnest(days, froms, tos) as b (day, lo, hi)
    cross join lateral (
      select m.event_id, m.place
      from message m
      where m.company_id = of_company and m.at >= b.lo and m.at < b.hi and m.place <> 'MESSENGER'
      offset 0
    ) m
    group by b.day, m.event_id, m.place
  ) m
  left join lateral (
    select t.kind
    from event e
    join event t on t.company_id = of_company and t.event_id = e.top_id
    where e.company_id = of_company and e.event_id = m.event_id
    offset 0
  ) t on true
  cross join lateral (values ('TOTAL'::section), (t.kind::text::section)) as x (section)
  where x.section is not null
  group by m.day, x.section, m.place;
end;
