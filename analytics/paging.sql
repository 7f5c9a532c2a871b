-- The end of every list's statement. What comes before names its rows `line`: a number or a text to order by, an id, and the
-- columns of the row. An empty page is one row without an id, so that the length of the list is always told.

-- name: tied_by_id
, tied as (
  select l.*, l.id as tie from line l
)

-- name: tied_by_nothing_known
-- An order of its own for each company: who may not read the ids is not told by their order what they begin with.
, tied as (
  select l.*,
    encode(
      sha256(convert_to('tie:', 'UTF8') || (select s.secret from company_secret s where s.company_id = %(company)s) || convert_to(l.id, 'UTF8')),
      'hex'
    ) as tie
  from line l
)

-- name: page
, placed as (
  select t.*,
    comes_after(%(descending)s, t.sort_number, t.sort_text, t.tie, %(after_number)s, %(after_text)s, %(after_tie)s) or not %(resume)s as follows
  from tied t
),
page as (
  select p.*,
    row_number() over (
      order by p.sort_number is null and p.sort_text is null,
        case when %(descending)s then p.sort_number end desc, case when not %(descending)s then p.sort_number end,
        case when %(descending)s then p.sort_text end desc, case when not %(descending)s then p.sort_text end,
        p.tie
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
