"""A company that is suspended: every door is shut at once, to whoever held it open too."""

from datetime import datetime

import pytest

from tests.databases import Database
from turnout.database.errors import TurnoutError
from turnout.server.services import Services
from turnout.tenants.accesses import open_access
from turnout.tenants.company import Company
from turnout.tenants.sessions import sign_in
from turnout.tenants.support import support
from turnout.tenants.suspending import restore_company, suspend_company

from .clients import Client, joined
from .test_session import signed_in

WHO = "{ company { slug } }"


def suspend(database: Database, company: Company, now: datetime) -> None:
    with support(database.support) as session:
        suspend_company(session, company.slug, now)


def restore(database: Database, company: Company, now: datetime) -> None:
    with support(database.support) as session:
        restore_company(session, company.slug, now)


async def test_signing_in_is_answered_like_a_wrong_password(
    nobody: Client, at_acme: Client, acme: Company, database: Database, now: datetime
) -> None:
    wrong = await signed_in(nobody, "acme", "wrong")

    suspend(database, acme, now)
    suspended = await signed_in(nobody, "acme", at_acme.password)

    assert (suspended.status_code, suspended.content) == (wrong.status_code, wrong.content)


async def test_sessions_keys_and_accesses_find_nothing_and_nothing_is_taken_in(
    at_acme: Client, at_globex: Client, acme: Company, database: Database, now: datetime
) -> None:
    with support(database.support) as session:
        token = open_access(session, acme.slug, "ticket 7", now).token

    suspend(database, acme, now)

    answers = [await Client(at_acme.http, token=one).post(WHO) for one in (at_acme.token, at_acme.key, token)]
    ingested = await at_acme.ingest([joined("e", "c", now)])
    assert [answer.status_code for answer in (*answers, ingested)] == [401] * 4
    assert (await at_globex.query(WHO))["company"] == {"slug": "globex"}


async def test_restoring_brings_all_back_but_sessions(
    nobody: Client, at_acme: Client, acme: Company, database: Database, now: datetime
) -> None:
    suspend(database, acme, now)

    restore(database, acme, now)

    assert (await at_acme.post(WHO)).status_code == 401
    assert (await signed_in(nobody, "acme", at_acme.password)).json()["data"]["signIn"]["company"]["slug"] == "acme"
    assert (await at_acme.ingest([joined("e", "c", now)])).status_code == 200


async def test_who_has_entered_the_right_password_before_it_begins_no_session_after(
    services: Services, at_acme: Client, acme: Company, database: Database, now: datetime
) -> None:
    def clock() -> datetime:
        """Asked between the check of the password and the beginning of the session."""
        suspend(database, acme, now)
        return now

    with pytest.raises(TurnoutError, match="SIGN_IN_FAILED"):
        await sign_in(services.door, acme.slug, at_acme.password, clock)


async def test_what_was_told_before_is_there_again(
    at_acme: Client, acme: Company, database: Database, now: datetime, nobody: Client
) -> None:
    await at_acme.meets("e", now.replace(hour=9), minutes=9, people=2)
    suspend(database, acme, now)
    restore(database, acme, now)

    token = (await signed_in(nobody, "acme", at_acme.password)).json()["data"]["signIn"]["token"]

    peaks = await Client(nobody.http, token=token).query("{ dailyPeaks(period: {preset: TODAY}) { connections } }")
    assert peaks["dailyPeaks"] == [{"connections": 2}]
