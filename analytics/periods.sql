-- name: earliest_activity
-- When the earliest activity that counts happened; each kind has an index that begins with the company and its instant.
select least(
  (select min(e.named_at) from event e where e.company_id = %(company)s),
  (select min(s.at) from user_signal s where s.company_id = %(company)s),
  (select min(s.at) from sign_in s where s.company_id = %(company)s),
  (select min(s.at) from room_signal s where s.company_id = %(company)s),
  (select min(m.at) from message m where m.company_id = %(company)s),
  (select min(s.at) from stored_signal s where s.company_id = %(company)s)
)
