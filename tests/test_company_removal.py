"""`turnout company remove`: all of one company goes, in every table, and nothing of any other."""

import asyncio
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest
from typer.testing import CliRunner, Result

from turnout.database.errors import TurnoutError
from turnout.ingest.intake import read_batch, store, take
from turnout.server.cli import app
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.credential import Scope
from turnout.tenants.keys import issue_key, revoke_key
from turnout.tenants.passwords import issue_password
from turnout.tenants.removing import remove_company
from turnout.tenants.sessions import find_session, sign_in
from turnout.tenants.support import support

from . import rows
from .databases import Database

Turnout = Callable[..., Result]


@pytest.fixture
def turnout(database: Database, server: str, monkeypatch: pytest.MonkeyPatch) -> Turnout:
    monkeypatch.setenv("DATABASE_URL", database.app)
    monkeypatch.setenv("TURNOUT_ADMIN_URL", server)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def joined(number: int, now: datetime) -> bytes:
    activity = {
        "specversion": "1.0",
        "id": str(number),
        "source": "test",
        "type": "turnout.stay.joined",
        "time": now.isoformat(),
        "data": {"event": f"e-{number}", "connection": "c", "user": f"u-{number}"},
    }
    return json.dumps(activity).encode()


def rows_of(database: Database, company: Company) -> dict[str, list[str]]:
    """Every row of a company, in every table that has any."""
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        found = {table: rows.rows_of(admin, table, company.company_id) for table in rows.tables(admin)}
    return {table: texts for table, texts in found.items() if texts}


def test_every_table_loses_the_company_and_keeps_the_other(
    turnout: Turnout, database: Database, acme: Company, globex: Company
) -> None:
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        rows.fill(admin, [acme.company_id, globex.company_id])
        admin.execute("update api_key set revoked_at = now()")
        tables = rows.tables(admin)
    before, others = rows_of(database, acme), rows_of(database, globex)

    removed = turnout("company", "remove", "acme", "--yes", "acme", "--json")

    assert removed.exit_code == 0, removed.output
    assert {row["table"]: row["rows"] for row in json.loads(removed.stdout)} == {
        table: len(texts) for table, texts in before.items()
    }
    assert sorted(before) == tables
    assert rows_of(database, acme) == {}
    assert rows_of(database, globex) == others


def test_no_materialized_view_keeps_the_company(
    database: Database, acme: Company, globex: Company, now: datetime
) -> None:
    with psycopg.connect(database.admin, options="-c search_path=turnout", autocommit=True) as admin:
        admin.execute("refresh materialized view company_month")
        admin.execute("refresh materialized view company_overview")

        remove_company(database.admin, "acme", now)

        shown = admin.execute("select company_id from company_overview union select company_id from company_month")
        assert shown.fetchall() == [(globex.company_id,)]
    assert acme.company_id != globex.company_id


@pytest.mark.parametrize("confirmed", [[], ["--yes", ""], ["--yes", "globex"]])
def test_nothing_is_removed_that_was_not_named_twice(
    turnout: Turnout, database: Database, acme: Company, confirmed: list[str]
) -> None:
    before = rows_of(database, acme)

    refused = turnout("company", "remove", "acme", *confirmed)

    assert "NOT_CONFIRMED" in refused.stderr
    assert rows_of(database, acme) == before


def test_only_a_company_that_there_is_can_be_removed(turnout: Turnout, acme: Company) -> None:
    turnout("company", "remove", "acme", "--yes", "acme")

    again = turnout("company", "remove", "acme", "--yes", "acme")

    assert "UNKNOWN_COMPANY" in again.stderr
    assert acme.slug not in turnout("company", "list").stdout


def test_a_company_whose_platform_may_still_send_stays(
    turnout: Turnout, database: Database, acme: Company, now: datetime
) -> None:
    with support(database.support) as session:
        key = issue_key(session, "acme", [Scope.WRITE_EVENTS], datetime.now(UTC))

    refused = turnout("company", "remove", "acme", "--yes", "acme")
    with support(database.support) as session:
        revoke_key(session, "acme", key.key_id, now)
    removed = turnout("company", "remove", "acme", "--yes", "acme")

    assert "COMPANY_HAS_KEYS" in refused.stderr
    assert removed.exit_code == 0


async def test_its_sessions_end_at_once(door: Door, database: Database, acme: Company, now: datetime) -> None:
    with support(database.support) as session:
        password = issue_password(session, "acme", None, now)
    opened = await sign_in(door, "acme", password.text, lambda: now)

    remove_company(database.admin, "acme", now)

    assert await find_session(door, opened.token, now) is None
    with pytest.raises(TurnoutError, match="SIGN_IN_FAILED"):
        await sign_in(door, "acme", password.text, lambda: now)


async def test_what_is_being_stored_is_stored_first_and_then_removed(
    door: Door, database: Database, acme: Company, now: datetime
) -> None:
    async with door.write(acme.company_id) as connection:
        await store(connection, acme.company_id, *read_batch([joined(1, now)], now), now)
        removing = asyncio.create_task(asyncio.to_thread(remove_company, database.admin, "acme", now))
        done, _ = await asyncio.wait([removing], timeout=0.5)
        assert not done

    assert (await removing)["stay"] == 1
    assert rows_of(database, acme) == {}


async def test_what_comes_too_late_is_refused_and_leaves_nothing(
    door: Door, database: Database, acme: Company, now: datetime
) -> None:
    sent = itertools.count()

    async def send_until_refused() -> str:
        while True:
            try:
                assert (await take(door, acme.company_id, [joined(next(sent), now)], now)).accepted == 1
            except TurnoutError as error:
                return error.code

    sending = [asyncio.create_task(send_until_refused()) for _ in range(3)]
    await asyncio.sleep(0.3)
    removed = await asyncio.to_thread(remove_company, database.admin, "acme", now)

    assert await asyncio.gather(*sending) == ["UNAUTHENTICATED"] * 3
    assert removed["stay"] == next(sent) - 3
    assert rows_of(database, acme) == {}
