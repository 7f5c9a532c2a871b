-- What was done, added to what was done before.

-- name: note
insert into audit (company_id, at, actor, name, credential_id, action, target, details, address, user_agent, request_id)
values (
  %(company)s, %(at)s, %(actor)s::audit_actor, %(name)s, %(credential)s, %(action)s, %(target)s, %(details)s, %(address)s::inet,
  %(user_agent)s, %(request_id)s
)

-- name: note_of_staff
insert into staff_audit (at, actor, name, credential_id, action, target, details, address, user_agent, request_id)
values (
  %(at)s, %(actor)s::audit_actor, %(name)s, %(credential)s, %(action)s, %(target)s, %(details)s, %(address)s::inet, %(user_agent)s,
  %(request_id)s
)
