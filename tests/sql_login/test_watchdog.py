"""The end of a login, and of what lasts too long: its rows at once, its sessions within moments."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql

from tests.databases import Database
from turnout.server.services import utc_now
from turnout.server.watchdog import Patience, Watchdog
from turnout.tenants.sql_logins import (
    drop_sql_logins,
    end_sql_login,
    issue_sql_login,
    list_sql_logins,
    revoke_sql_login,
)
from turnout.tenants.support import driver, support

from .conftest import LogIn, Login

ENDED = (psycopg.errors.AdminShutdown, psycopg.OperationalError)


@pytest.fixture
async def watched(database: Database) -> AsyncGenerator[None]:
    """A watchdog with little patience."""
    async with Watchdog(database.refresher, Patience(1, 1, 5), period=0.2).watching():
        yield


@pytest.mark.usefixtures("watched")
async def test_a_statement_over_the_limit_is_cancelled_whatever_a_session_sets(little: Login) -> None:
    with little.connect() as connection:
        connection.execute("set statement_timeout = 0")

        with pytest.raises(psycopg.errors.QueryCanceled):
            await asyncio.to_thread(connection.execute, "select pg_sleep(60)")
        assert connection.execute("select 1").fetchall() == [(1,)]


@pytest.mark.usefixtures("watched")
async def test_a_transaction_that_nothing_goes_on_in_is_ended(little: Login) -> None:
    with little.connect() as connection:
        connection.execute("set idle_in_transaction_session_timeout = 0")
        connection.execute("begin")

        await asyncio.sleep(3)

        with pytest.raises(ENDED):
            connection.execute("select 1")


@pytest.mark.usefixtures("watched")
async def test_a_transaction_that_lasts_too_long_is_ended(little: Login) -> None:
    with little.connect() as connection:
        connection.execute("set transaction_timeout = 0")
        connection.execute("begin")

        await until_ended(connection)


@pytest.mark.usefixtures("watched")
async def test_whoever_is_within_the_limits_goes_on(little: Login) -> None:
    with little.connect() as connection:
        for _ in range(10):
            assert connection.execute("select count(*) from bi.freshness").fetchall() == [(1,)]
            await asyncio.sleep(0.2)


async def test_no_other_session_is_touched(database: Database) -> None:
    with psycopg.connect(database.app) as connection:
        connection.execute("select 1")
        async with Watchdog(database.refresher, Patience(0, 0, 0), period=0.1).watching():
            await asyncio.sleep(1)

        assert connection.execute("select 1").fetchall() == [(1,)]


def test_revoking_takes_the_rows_from_a_live_session_and_then_the_session(database: Database, log_in: LogIn) -> None:
    login = log_in("little")
    with login.connect() as connection:
        assert len(connection.execute("select * from bi.freshness").fetchall()) == 1

        with support(database.admin) as admin:
            end_sql_login(admin, "little", login.role, utc_now())
        assert connection.execute("select * from bi.event_stat").fetchall() == []
        with support(database.admin) as admin:
            drop_sql_logins(driver(admin), [login.role])

        with pytest.raises(ENDED):
            connection.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        login.connect()


@pytest.mark.usefixtures("watched")
async def test_what_support_revokes_loses_its_sessions_to_the_watch(database: Database, log_in: LogIn) -> None:
    login = log_in("little")
    with login.connect() as connection:
        with support(database.support) as session:
            revoke_sql_login(session, "little", login.role, utc_now())

        await until_ended(connection)


@pytest.mark.usefixtures("watched")
async def test_a_login_ends_with_its_time(database: Database, log_in: LogIn) -> None:
    login = log_in("little")
    with login.connect() as connection, psycopg.connect(database.admin) as admin:
        admin.execute("update turnout.sql_login set expires_at = now() where role_name = %s", (login.role,))
        admin.commit()

        assert connection.execute("select * from bi.freshness").fetchall() == []
        await until_ended(connection)


async def test_a_suspended_company_sees_nothing_until_it_is_restored(database: Database, other: Login) -> None:
    with other.connect() as connection, psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute("update turnout.company set suspended_at = now() where slug = 'other'")
        try:
            assert connection.execute("select * from bi.daily_peak").fetchall() == []
            async with Watchdog(database.refresher, period=0.2).watching():
                await until_ended(connection)
        finally:
            admin.execute("update turnout.company set suspended_at = null where slug = 'other'")
    assert len(other.rows("select * from bi.freshness")) == 1


@pytest.mark.usefixtures("watched")
async def test_the_list_says_who_is_connected_and_was_last(database: Database, log_in: LogIn) -> None:
    login = log_in("other")
    with login.connect():
        await asyncio.sleep(1)
        with support(database.support) as session:
            [listed] = [row for row in list_sql_logins(session, "other") if row.role_name == login.role]

    assert listed.sessions == 1
    assert listed.last_used_at
    assert utc_now() - listed.last_used_at < timedelta(minutes=1)


async def test_a_session_that_goes_on_though_it_was_cancelled_is_ended(database: Database, little: Login) -> None:
    watch = "select outcome from watch_sql_logins('0.1 s', '1 h', '1 h') where role_name = %s"
    with little.connect() as connection, psycopg.connect(database.refresher) as refresher:
        sleeping = asyncio.create_task(asyncio.to_thread(connection.execute, "select pg_sleep(60)"))
        await asyncio.sleep(1)

        ended = refresher.execute(watch, (little.role,)).fetchall()

        with pytest.raises(ENDED):
            await sleeping
    assert ended == [("STATEMENT_WENT_ON",)]


def test_issuing_is_undone_with_its_transaction(database: Database, little: Login) -> None:
    with support(database.admin) as admin:
        role = issue_sql_login(admin, "little", utc_now()).role_name
        admin.rollback()

    with psycopg.connect(database.admin) as connection:
        left = connection.execute("select from pg_roles where rolname = %s", (role,)).fetchall()
    assert left == []
    assert little.role != role


def test_the_log_never_has_the_password(database: Database, log_in: LogIn) -> None:
    login = log_in("little")
    password = login.url.split(":")[2].split("@")[0]

    with psycopg.connect(database.admin) as admin:
        kept = admin.execute(sql.SQL("select rolpassword from pg_authid where rolname = %s"), (login.role,)).fetchall()

    assert kept[0][0].startswith("SCRAM-SHA-256$")
    assert password not in kept[0][0]


async def until_ended(connection: psycopg.Connection) -> None:
    """Raises TimeoutError when a session is still there after some seconds."""
    async with asyncio.timeout(20):
        while not connection.broken:
            with suppress(*ENDED):
                connection.execute("select 1")
            await asyncio.sleep(0.1)
