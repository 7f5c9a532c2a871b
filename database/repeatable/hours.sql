-- The local hours of some buckets of a zone: each begins a whole number of hours after its day's midnight, is named by what the
-- clock shows then, and is cut to its bucket. A day whose clock is turned may lack an hour, or have one twice.
create or replace function local_hours(of_zone text, days date[], froms timestamptz[], tos timestamptz[])
returns table (day date, midnight timestamptz, nth integer, hour smallint, lo timestamptz, hi timestamptz)
language sql stable
begin atomic
  select b.day, l.starts_at, n.nth, extract(hour from x.begins at time zone of_zone)::smallint,
    greatest(x.begins, b.lo), least(x.begins + interval '1 hour', b.hi)
  from unnest(days, froms, tos) as b (day, lo, hi)
  cross join lateral (
    select l.starts_at from local_day l where l.time_zone = of_zone and l.day = b.day offset 0
  ) l
  cross join lateral generate_series(
    floor(extract(epoch from b.lo - l.starts_at) / 3600)::integer, ceil(extract(epoch from b.hi - l.starts_at) / 3600)::integer - 1
  ) as n (nth)
  cross join lateral (select l.starts_at + n.nth * interval '1 hour' as begins) x;
end;
