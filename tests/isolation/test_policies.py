"""Each policy holds something: without it somebody else's rows are seen or written, or nobody sees any."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql

from tests.databases import Database
from tests.rows import fill, insertion, tables
from tests.wall import LOGINS, ONLY_ADDED_TO, Admin, breaches
from turnout.tenants.company import Company

# What the roles are for that see all companies: each has a policy of its own.
EVERYBODY = "true"
# Written by other rules: the database alone numbers companies, and numbers and chains what is only added to.
UNWRITTEN = {"company", *ONLY_ADDED_TO}


@dataclass(frozen=True)
class Policy:
    """A rule that the catalogue has about the rows of a table."""

    table: str
    name: str
    role: str
    sees: str
    writes: str | None


@pytest.fixture
def admin(database: Database, acme: Company, globex: Company) -> Generator[Admin]:
    """A superuser in a database where both companies have a row in every table."""
    with psycopg.connect(database.admin, options="-c search_path=turnout") as connection:
        fill(connection, (acme.company_id, globex.company_id))
        connection.commit()
        yield connection
        connection.rollback()


def policies(admin: Admin) -> list[Policy]:
    query = """
        select tablename, policyname, case when 'public' = any (roles) then 'turnout_app' else roles[1] end,
          qual, with_check
        from pg_policies where schemaname = 'turnout' order by tablename, policyname
    """
    return [Policy(*row) for row in admin.execute(query)]


def test_with_every_policy_in_its_place_nothing_is_wrong(admin: Admin, acme: Company, globex: Company) -> None:
    found = policies(admin)

    assert {policy.table for policy in found} == set(tables(admin))
    assert not [policy for policy in found if list(wrongs(admin, policy, acme, globex))]


def test_each_policy_that_is_opened_or_dropped_is_noticed(admin: Admin, acme: Company, globex: Company) -> None:
    unnoticed = [
        change
        for policy in policies(admin)
        for change in changes(policy)
        if not noticed(admin, change, policy, acme, globex)
    ]

    assert not unnoticed


def changes(policy: Policy) -> Iterator[str]:
    """How a policy can be lost, wholly or in one half."""
    yield f"drop policy {policy.name} on {policy.table}"
    if policy.sees != EVERYBODY:
        yield f"alter policy {policy.name} on {policy.table} using (true)"
    if policy.writes not in {None, EVERYBODY} and policy.table not in UNWRITTEN:
        yield f"alter policy {policy.name} on {policy.table} with check (true)"


def noticed(admin: Admin, change: str, policy: Policy, mine: Company, theirs: Company) -> bool:
    """By what is seen and written; that a role no longer sees all may be hidden by a role that it is a member of."""
    with admin.transaction(force_rollback=True):
        admin.execute(change.encode())
        found = list(wrongs(admin, policy, mine, theirs))
        return bool(found or (policy.sees == EVERYBODY and any(breaches(admin))))


def wrongs(admin: Admin, policy: Policy, mine: Company, theirs: Company) -> Iterator[str]:
    """What the role of a policy sees and writes that it should not, or does not see that it should.

    It is given all rights to the table for the time: what its grants refuse, no policy needs to.
    """
    with admin.transaction(force_rollback=True):
        admin.execute(_of("grant select, insert on {} to {}", policy.table, policy.role))
        admin.execute(_of("grant usage on schema turnout to {}", policy.role))
        act_as(admin, policy.role)
        all_rows = {mine.company_id, theirs.company_id}
        expected = all_rows if policy.sees == EVERYBODY else {mine.company_id}
        unset = seen(admin, policy.table)
        admin.execute("select set_config('app.company', %s, true)", (str(mine.company_id),))
        if seen(admin, policy.table) != expected:
            yield "another company is seen, or one's own is not"
        if policy.sees != EVERYBODY and unset:
            yield "without a company something is seen"
        if policy.sees != EVERYBODY and policy.table not in UNWRITTEN and writes(admin, policy.table, theirs):
            yield "a row of another company is written"
        admin.execute("select set_config('app.user_key', 'somebody with nothing', true)")
        if policy.name == "one_user" and seen(admin, policy.table):
            yield "what is not the user's own is seen"


def act_as(admin: Admin, role: str) -> None:
    """As a login where it is one, since the company that is set counts for those alone."""
    become = "set local session authorization {}" if role in LOGINS else "set local role {}"
    admin.execute(_of(become, role))


def seen(admin: Admin, table: str) -> set[int]:
    """The companies whose rows are seen; some functions ask a policy who they are, and find no end without it."""
    try:
        with admin.transaction():
            return {company for (company,) in admin.execute(_of("select distinct company_id from {}", table))}
    except psycopg.errors.StatementTooComplex:
        return set()


def writes(admin: Admin, table: str, theirs: Company) -> bool:
    """Whether a row of another company gets past the policies; what it is of does not matter to the wall."""
    try:
        with admin.transaction(force_rollback=True):
            admin.execute(insertion(admin, table), (theirs.company_id,))
    except psycopg.errors.InsufficientPrivilege:
        return False
    except (psycopg.errors.IntegrityError, psycopg.errors.GeneratedAlways):
        return True
    return True


def _of(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))  # pyright: ignore[reportArgumentType]
