-- What the watch over the logins for BI asks, again and again.

-- name: watch
select role_name, outcome
from watch_sql_logins(
  make_interval(secs => %(statement)s::double precision), make_interval(secs => %(idle)s::double precision),
  make_interval(secs => %(transaction)s::double precision)
)
