"""The desks: who asks for too much at once, or for what is locked, is told to try again, and keeps nobody waiting."""

import asyncio
import threading
from collections.abc import Generator
from datetime import datetime

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from sqlmodel import Session

from turnout.database.errors import TurnoutError
from turnout.tenants.companies import lock_company
from turnout.tenants.company import Company
from turnout.tenants.desk import AT_ONCE, Desk
from turnout.tenants.keys import issue_key
from turnout.tenants.support import driver, support

from .databases import Database


@pytest.fixture
def desk(database: Database) -> Generator[Desk]:
    desk = Desk(lambda: make_conninfo(database.support, options="-c application_name=desk"), waiting=1)
    yield desk
    desk.close()


async def test_whoever_finds_no_place_to_wait_is_told_so_at_once(desk: Desk) -> None:
    gate = threading.Event()
    running = [asyncio.create_task(desk.run(lambda _: gate.wait())) for _ in range(AT_ONCE + 1)]
    await asyncio.sleep(0)

    with pytest.raises(TurnoutError, match="BUSY"):
        await desk.run(lambda _: gate.wait())
    gate.set()

    assert await asyncio.gather(*running) == [True] * (AT_ONCE + 1)
    assert await desk.run(lambda _: gate.wait())


async def test_what_is_locked_is_waited_for_no_longer_than_two_seconds(
    desk: Desk, database: Database, acme: Company, now: datetime
) -> None:
    with support(database.support) as session:
        lock_company(session, "acme")

        with pytest.raises(TurnoutError, match="Something else is changing"):
            await asyncio.wait_for(desk.run(lambda session: issue_key(session, "acme", ["read:stats"], now)), 10)

    assert await desk.run(lambda session: issue_key(session, "acme", ["read:stats"], now))


async def test_the_options_of_the_connection_hold_beside_the_timeouts(desk: Desk) -> None:
    def settings(session: Session) -> list[str]:
        names = ("lock_timeout", "statement_timeout", "application_name")
        return [driver(session).execute("select current_setting(%s)", [name]).fetchall()[0][0] for name in names]

    assert await desk.run(settings) == ["2s", "15s", "desk"]


async def test_what_takes_too_long_is_stopped_and_said_so(desk: Desk) -> None:
    def slow(session: Session) -> None:
        driver(session).execute("set local statement_timeout = '10ms'")
        driver(session).execute("select pg_sleep(5)")

    with pytest.raises(psycopg.errors.QueryCanceled):
        await desk.run(slow)
