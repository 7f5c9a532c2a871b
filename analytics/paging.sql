-- name: page
-- The end of every list's statement. What comes before names its rows `line`: a number or a text to order by, an id, and the
-- columns of the row. An empty page is one row without an id, so that the length of the list is always told.
, placed as (
  select l.*,
    comes_after(%(descending)s, l.sort_number, l.sort_text, l.id, %(after_number)s, %(after_text)s, %(after_id)s) or not %(resume)s as follows
  from line l
),
page as (
  select p.*,
    row_number() over (
      order by p.sort_number is null and p.sort_text is null,
        case when %(descending)s then p.sort_number end desc, case when not %(descending)s then p.sort_number end,
        case when %(descending)s then p.sort_text end desc, case when not %(descending)s then p.sort_text end,
        p.id
    ) as place
  from placed p
  where p.follows
  order by place
  limit %(rows)s
)
select n.total, n.before, p.*
from (select count(*) as total, count(*) filter (where not follows) as before from placed) n
left join page p on true
order by p.place
