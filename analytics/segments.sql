-- Segments of a company's stays: one that is asked about, and those that it has declared.

-- name: find
-- A segment by its definition, or one that has been declared by its id; the rollups of it that answer, if there are any beside the
-- company's own; and if there are none, how many stays are looked through for it, up to one more than may be: those that begin
-- in the period.
select d.definition::text, g.generation,
  case
    when g.generation is null and %(counted)s then (
      select count(*)
      from (
        select
        from stay s
        where s.company_id = %(company)s and s.length_class in (0, 1, 2, 3, 4, 9) and s.joined_at >= %(from)s and s.joined_at < %(to)s
        limit %(most)s
      ) s
    )
  end
from (
  select %(definition)s::jsonb as definition where %(declared)s::uuid is null
  union all
  select s.definition from segment s where s.company_id = %(company)s and s.segment_id = %(declared)s and s.removed_at is null
) d
left join segment s on s.company_id = %(company)s and s.definition = d.definition and s.removed_at is null
left join rollup_generation g
  on g.company_id = %(company)s and g.segment_id = s.segment_id and g.beside = %(company_generation)s and g.whole_at is not null

-- name: declared
-- With how many days of their rollups have been computed, and while these do not answer how many have not.
with line as (
  select microseconds(s.declared_at - timestamptz 'epoch') as sort_number, null::text as sort_text, s.segment_id::text as id,
    s.name, s.definition, s.declared_at, g.whole_at, coalesce(c.days, 0) as days, n.days as missing
  from segment s
  left join rollup_generation g
    on g.company_id = %(company)s and g.segment_id = s.segment_id and g.beside = %(company_generation)s
  cross join lateral (
    select count(*) as days from company_day d where d.company_id = %(company)s and d.generation = g.generation
  ) c
  cross join lateral (
    select count(*) as days
    from local_day l
    where g.whole_at is null and g.seeded_at is not null
      and l.time_zone = g.time_zone and l.day > g.rolled_through and l.day <= %(today)s
      and not exists (
        select from company_day d where d.company_id = %(company)s and d.generation = g.generation and d.day = l.day
      )
    offset 0
  ) n
  where s.company_id = %(company)s and s.removed_at is null and (%(only)s::uuid is null or s.segment_id = %(only)s)
)
