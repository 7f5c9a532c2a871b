"""The schema of support: published as support.graphql, served at /support/graphql, and unknown to companies."""

from typing import Final

import strawberry

from turnout.graphql.schema import Schema, build_schema
from turnout.graphql.support import accesses, companies, desk, issuing, session


@strawberry.type(description="The questions of support. Each needs the token of a member of support.")
class Query:
    """Everything that support can ask."""

    support = desk.support


@strawberry.type(description="What support changes. Each is written into the company's audit with who has done it.")
class Mutation:
    """Everything that support can change."""

    sign_in = session.sign_in
    sign_out = session.sign_out
    add_company = companies.add
    rename_company = companies.rename
    change_company = companies.change
    close_billing_periods = companies.close_billing_periods
    suspend_company = companies.suspend
    restore_company = companies.restore
    set_limit = companies.set_limit
    remove_limit = companies.remove_limit
    issue_password = issuing.issue_password
    rotate_password = issuing.rotate_password
    revoke_password = issuing.revoke_password
    issue_activation_link = issuing.issue_link
    revoke_activation_link = issuing.revoke_link
    issue_key = issuing.issue_key
    rotate_key = issuing.rotate_key
    revoke_key = issuing.revoke_key
    revoke_sql_login = issuing.revoke_sql_login
    open_access = accesses.open_access
    close_access = accesses.close_access


support_schema: Final[Schema] = build_schema(Query, Mutation)
