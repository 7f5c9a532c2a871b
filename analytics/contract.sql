-- What a company uses of what it has contracted.

-- name: contract_usage
select u.metric::text, u.section::text, u.amount, u.at, u.limit_value, u.worst_share, u.worst_share_day, u.worst_share_at, u.contracted,
  u.rounding::text
from contract_usage(
  %(company)s, %(generation)s, %(as_of)s, %(first_day)s, %(last_day)s, %(days)s::date[], %(is_billing)s, %(today)s, %(limit_day)s,
  %(through_day)s, %(cut_days)s::date[], %(cut_starts)s::timestamptz[], %(cut_ends)s::timestamptz[], %(end_days)s::date[],
  %(end_starts)s::timestamptz[], %(end_ends)s::timestamptz[]
) u
