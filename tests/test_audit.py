"""The audit: added to and never changed, each entry bound to all before it."""

import asyncio
import json
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner, Result

from turnout.database.errors import TurnoutError
from turnout.server.cli import app
from turnout.tenants.audit import COMMAND, Act, Actor, ActorKind, note, note_of_staff, note_within
from turnout.tenants.auditing import Chain, demand_whole, list_audit, verify_audit
from turnout.tenants.caller import Caller
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.removing import remove_company
from turnout.tenants.support import support

from .databases import Database

Turnout = Callable[..., Result]
CREDENTIAL = UUID("0198a0c0-0000-7000-8000-000000000001")
WRITERS = ("turnout_app", "turnout_support", "turnout_auth")


@pytest.fixture
def turnout(database: Database, monkeypatch: pytest.MonkeyPatch) -> Turnout:
    monkeypatch.setenv("DATABASE_URL", database.app)
    monkeypatch.setenv("TURNOUT_REFRESHER_URL", database.refresher)
    monkeypatch.setenv("TURNOUT_SUPPORT_URL", database.support)
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.fixture
def owner(database: Database) -> Generator[psycopg.Connection[Any]]:
    """Somebody with the rights of the owner, whom no row security and no grant holds."""
    with psycopg.connect(database.admin, options="-c search_path=turnout", autocommit=True) as connection:
        yield connection


def write(database: Database, company: Company, now: datetime, *actions: str) -> None:
    with support(database.support) as session:
        for action in actions:
            note(session, company.company_id, COMMAND, Act(action, "it", {"label": "desk", "days": 3}), now)


def chain(database: Database, slug: str) -> Chain:
    with support(database.support) as session:
        [found] = verify_audit(session, slug)
    return found


def test_an_entry_says_who_what_when_from_where_and_with_which_credential(
    database: Database, acme: Company, now: datetime
) -> None:
    actor = Actor(ActorKind.SUPPORT, "Ina", CREDENTIAL, Caller("192.0.2.7", "Browser", "r-1"))
    with support(database.support) as session:
        note(session, acme.company_id, actor, Act("key.issued", "k-1", {"scopes": ["read:stats"]}), now)

        entry = list_audit(session, "acme", 1)[0]

    assert (entry.at, entry.actor, entry.name, entry.credential_id) == (now, "SUPPORT", "Ina", CREDENTIAL)
    assert (entry.action, entry.target, entry.details) == ("key.issued", "k-1", {"scopes": ["read:stats"]})
    assert (entry.address, entry.user_agent, entry.request_id) == ("192.0.2.7", "Browser", "r-1")


def test_each_company_has_a_chain_of_its_own_and_support_one_more(
    database: Database, acme: Company, globex: Company, now: datetime
) -> None:
    ours, theirs = (chain(database, company.slug).entries for company in (acme, globex))
    write(database, acme, now, "one", "two", "three")
    write(database, globex, now, "one")
    with support(database.support) as session:
        note_of_staff(session, COMMAND, Act("staff.added"), now)

        chains = verify_audit(session)

    assert [(found.slug, found.broken_at) for found in chains] == [("acme", None), ("globex", None), (None, None)]
    assert [found.entries for found in chains[:2]] == [ours + 3, theirs + 1]
    assert len({found.hash for found in chains}) == 3


async def test_who_writes_at_once_is_chained_one_after_the_other(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    before = chain(database, "acme").entries

    async def write_one(number: int) -> None:
        async with door.write(acme.company_id) as connection:
            await note_within(connection, acme.company_id, COMMAND, Act(f"act.{number}"), now)
            await asyncio.sleep(0.005)

    await asyncio.gather(*(write_one(number) for number in range(20)))

    found = chain(database, "acme")
    assert (found.entries, found.broken_at) == (before + 20, None)


def test_several_rows_of_one_statement_are_chained_too(
    database: Database, owner: psycopg.Connection[Any], acme: Company
) -> None:
    before = chain(database, "acme").entries

    owner.execute(
        "insert into audit (company_id, at, actor, action, audit_id, hash)"
        " select %s, now(), 'SYSTEM', 'act', 7, 'forged' from generate_series(1, 5)",
        (acme.company_id,),
    )

    assert (chain(database, "acme").entries, chain(database, "acme").broken_at) == (before + 5, None)


@pytest.mark.parametrize("table", ["audit", "staff_audit"])
@pytest.mark.parametrize(
    "change", ["update {} set action = 'nothing'", "delete from {}", "truncate {} cascade", "truncate company cascade"]
)
def test_nobody_changes_or_removes_an_entry_not_even_the_owner(
    database: Database, owner: psycopg.Connection[Any], acme: Company, now: datetime, table: str, change: str
) -> None:
    write(database, acme, now, "one")
    with support(database.support) as session:
        note_of_staff(session, COMMAND, Act("one"), now)

    for settled in ("select 1", "set session_replication_role = replica", "set role turnout_owner"):
        owner.execute(settled.encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(change.format(table).encode())


@pytest.mark.parametrize("role", WRITERS)
def test_whoever_writes_may_add_and_read_and_no_more(owner: psycopg.Connection[Any], role: str) -> None:
    rights = "select has_table_privilege(%(role)s, 'audit', r) from unnest(%(rights)s::text[]) as r"
    asked = {"role": role, "rights": ["select", "insert", "update", "delete", "truncate", "trigger"]}

    assert [has for (has,) in owner.execute(rights, asked)] == [True, True, False, False, False, False]


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("update audit set action = 'nothing' where audit_id = 2", 2),
        ("update audit set at = at + interval '1 microsecond' where audit_id = 2", 2),
        ("update audit set details = '{}' where audit_id = 2", 2),
        ("update audit set hash = sha256('') where audit_id = 2", 2),
        ("update audit set audit_id = 9 where audit_id = 3", 3),
        ("update audit a set hash = audit_digest(null, a), audit_id = 2 where audit_id = 3", 2),
        ("delete from audit where audit_id = 1", 1),
        ("delete from audit where audit_id = 2", 2),
    ],
)
def test_whatever_is_done_to_an_entry_with_the_triggers_off_is_found(
    database: Database, owner: psycopg.Connection[Any], acme: Company, now: datetime, change: str, broken_at: int
) -> None:
    write(database, acme, now, "one", "two", "three")
    owner.execute("alter table audit disable trigger all")
    if "audit_id = 2 where" in change:
        owner.execute("delete from audit where audit_id = 2")
    owner.execute(change.encode())

    found = chain(database, "acme")

    assert found.broken_at == broken_at
    with pytest.raises(TurnoutError, match=f"acme from entry {broken_at}") as refused:
        demand_whole([found])
    assert refused.value.code == "AUDIT_BROKEN"


def test_the_zone_of_whoever_verifies_does_not_matter(
    database: Database, owner: psycopg.Connection[Any], acme: Company, now: datetime
) -> None:
    owner.execute("set timezone = 'Asia/Kathmandu'")
    owner.execute(
        "insert into audit (company_id, at, actor, action) values (%s, %s, 'SYSTEM', 'act')",
        (acme.company_id, now + timedelta(microseconds=1)),
    )

    assert chain(database, "acme").broken_at is None


def test_the_audit_goes_with_the_whole_company(
    database: Database, acme: Company, globex: Company, now: datetime
) -> None:
    write(database, acme, now, "one", "two")
    write(database, globex, now, "one")
    ours = chain(database, "acme").entries

    removed = remove_company(database.admin, "acme", now)

    assert removed["audit"] == ours
    assert chain(database, "globex").broken_at is None


def test_the_commands_list_and_verify(turnout: Turnout, database: Database, acme: Company, now: datetime) -> None:
    write(database, acme, now, "key.issued", "key.revoked")

    listed = json.loads(turnout("audit", "list", "acme", "--json", "--limit", "1").stdout)
    [found] = json.loads(turnout("audit", "verify", "acme", "--json").stdout)

    assert [(entry["action"], entry["at"], entry["details"]) for entry in listed] == [
        ("key.revoked", "2026-03-02T12:00:00Z", {"label": "desk", "days": 3})
    ]
    assert (found["company"], found["entries"], found["brokenAt"]) == ("acme", listed[0]["number"], None)
    assert found["hash"] == listed[0]["hash"]
    assert "days=3, label=desk" in turnout("audit", "list", "acme").stdout
    assert "support" not in turnout("audit", "list", "acme", "--action", "key.issued").stdout


def test_verifying_a_broken_audit_ends_with_1(
    turnout: Turnout, database: Database, owner: psycopg.Connection[Any], acme: Company, now: datetime
) -> None:
    write(database, acme, now, "one")
    owner.execute("alter table audit disable trigger all")
    owner.execute("update audit set action = 'nothing'")

    found = turnout("audit", "verify")

    assert found.exit_code == 1
    assert "AUDIT_BROKEN" in found.stderr
