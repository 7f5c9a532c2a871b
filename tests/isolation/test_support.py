"""Everything that support's schema has: nothing of it is for companies, and nothing in it is of a company's people."""

import re
from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.api.staffing import Staff, signed_in
from tests.databases import Database, drop
from tests.rows import rows_of, tables
from tests.wall import Admin
from turnout.analytics.refresher import Refresher
from turnout.graphql.support.schema import support_schema
from turnout.server.services import Services
from turnout.tenants.accesses import open_access
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk
from turnout.tenants.keys import issue_key
from turnout.tenants.staff import add_staff
from turnout.tenants.support import support

from .canaries import ALPHA, NOON, Canary, ids
from .conftest import Stage, serving, settled
from .saying import operations

SAID = Canary("said", 7877)
NOWHERE = "00000000-0000-0000-0000-000000000000"
GIVEN = {
    "id": NOWHERE,
    "company": ALPHA.slug,
    "timeZone": "Asia/Kolkata",
    "scopes": "read:stats",
    "addresses": "192.0.2.0/24",
}
BELOW = {"slug": ALPHA.slug}
KEYS: tuple[tuple[list[str], str | None], ...] = (
    (["read:stats", "read:people", "write:events", "admin:keys"], None),
    (["read:stats"], None),
    (["read:stats", "read:people"], ALPHA("anna")),
)
# Where support may have a text of a company from: what was agreed with it, and what it signs in with.
MAY_SEE = {
    *("company.name", "company.slug"),
    *("company_password.label", "company_password.issued_by", "activation_link.label", "activation_link.issued_by"),
    *("api_key.label", "api_key.issued_by", "support_access.reason", "support_access.staff_name"),
    *("sql_login.role_name", "sql_login.label", "sql_login.issued_by"),
    *("audit.name", "audit.action", "audit.target", "audit.details", "audit.user_agent", "audit.request_id"),
}


def text(name: str) -> str:
    """What stands in an argument."""
    return GIVEN[name] if name in GIVEN else SAID(name)


ALL = list(operations(support_schema.core, text, BELOW))
LITTLE = list(operations(support_schema.core, text, BELOW, full=False))


@dataclass(frozen=True)
class Own:
    """A company in a database of its own, and one of support who may do anything to it."""

    staff: Staff
    admin: Admin
    company_id: int


@pytest.fixture
async def own(server: str, template: str) -> AsyncGenerator[Own]:
    database = Database.cloned(server, template)
    desks = [Desk(lambda: database.support) for _ in range(2)]
    services = Services(
        Door(database.app),
        Refresher(database.refresher, lambda: NOON),
        lambda: NOON,
        desk=desks[0],
        support_desk=desks[1],
    )
    async with serving(services) as (_, http):
        company = (await settled(ALPHA, http, services, database)).company
        with psycopg.connect(database.admin, options="-c search_path=turnout", autocommit=True) as admin:
            assert company
            yield Own(await member(http, database), admin, company.company_id)
    drop(server, database.name)


async def member(http: httpx.AsyncClient, database: Database) -> Staff:
    with support(database.support) as session:
        password = add_staff(session, SAID("Ann"), NOON).text
    return await signed_in(http, SAID("Ann"), password)


async def of_alpha(stage: Stage) -> list[str]:
    """One of each kind of credential that a company has, or that support has at its side."""
    with support(stage.database.support) as session:
        keys = [issue_key(session, ALPHA.slug, scopes, NOON, user_key=user).text for scopes, user in KEYS]
        access = open_access(session, ALPHA.slug, "ticket 7", NOON).token
    made = await replace(stage.alpha, token=keys[0]).query(
        'mutation { issueEmbedToken(views: ["dailyPeaks"]) { token } }'
    )
    return [stage.alpha.token or "", *keys, access, made["issueEmbedToken"]["token"]]


async def test_nothing_is_for_nobody(stage: Stage) -> None:
    told = {name: await Staff(stage.nobody.http).code(query, **variables) for name, query, variables in ALL}

    assert told.pop("signIn") == "STAFF_SIGN_IN_FAILED"
    assert set(told.values()) == {"UNAUTHENTICATED"}
    assert len(told) > 15


async def test_whatever_a_company_has_is_unknown_and_changes_nothing(stage: Stage, admin: Admin) -> None:
    credentials = await of_alpha(stage)
    before = everything_of(stage, admin)
    unknown = await Staff(stage.nobody.http, "x").post("{ support { member { name } } }")

    for credential in credentials:
        staff = Staff(stage.nobody.http, credential)
        told = [await staff.post(query, variables) for _, query, variables in ALL]
        assert {(answer.status_code, answer.content) for answer in told} == {(401, unknown.content)}

    assert everything_of(stage, admin) == before


def everything_of(stage: Stage, admin: Admin) -> list[str]:
    assert stage.alpha.company
    return list(chain.from_iterable(rows_of(admin, table, stage.alpha.company.company_id) for table in tables(admin)))


async def test_of_a_company_support_reads_what_was_agreed_and_nothing_of_its_people(own: Own) -> None:
    allowed, found = seen_from(own, MAY_SEE), set[str]()
    for query, variables in chain(asked(), done(own)):
        found |= said_in((await own.staff.post(query, variables)).text)

    assert found <= allowed
    assert len(found) > 5


def test_what_support_may_read_is_stored_apart_from_people(own: Own) -> None:
    of_people = {f"{table}.{name}" for table, name in columns(own.admin)} - MAY_SEE

    assert not seen_from(own, MAY_SEE) & seen_from(own, of_people)


def asked() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from ((query, variables) for _, query, variables in ALL if query.startswith("query"))


def done(own: Own) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each mutation with all that it takes, with as little as it takes, and with each id that it may be about."""
    for name, query, variables in chain(ALL, LITTLE):
        if query.startswith("mutation") and name != "signOut":
            yield query, variables
            yield from ((query, variables | {"id": one}) for one in about(own, variables))


def about(own: Own, variables: dict[str, Any]) -> Iterable[str]:
    return [*ids(own.admin, own.company_id), "1", "2", "3"] if "id" in variables else []


def seen_from(own: Own, places: set[str]) -> set[str]:
    """Every text of the company that is stored in some columns, each written as table.column."""
    return set(
        chain.from_iterable(
            said_in(value)
            for table, name in columns(own.admin)
            if f"{table}.{name}" in places
            for (value,) in own.admin.execute(
                sql.SQL("select {}::text from {} where company_id = %s").format(*map(sql.Identifier, (name, table))),
                (own.company_id,),
            )
        )
    )


def columns(admin: Admin) -> list[tuple[str, str]]:
    """Every column of a table of companies."""
    query = """
        select attrelid::regclass::text, attname from pg_attribute
        where attrelid::regclass::text = any (%s) and attnum > 0 and not attisdropped
    """
    return admin.execute(query, (tables(admin),)).fetchall()


def said_in(text: str | None) -> set[str]:
    """The canaries of the company in a text."""
    return set(re.findall(r"CANARY-alpha-[\w.@-]*|canary-alpha", text or ""))
