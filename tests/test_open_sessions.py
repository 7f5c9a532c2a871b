"""Sessions that are open: until when, for which way in, and what the company sees and ends of them."""

from datetime import datetime, timedelta

import psycopg

from turnout.tenants.audit import COMMAND
from turnout.tenants.caller import Caller
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.credential import SessionKind
from turnout.tenants.own_sessions import end_other_sessions, end_session, list_sessions
from turnout.tenants.sessions import find_session, sign_in

from .databases import Database
from .signing import issue, the_id


async def test_a_session_in_a_cookie_ends_when_it_was_idle_for_half_an_hour(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)
    opened = await sign_in(door, "acme", password.text, lambda: now, kind=SessionKind.COOKIE)

    async def found(minutes: int) -> bool:
        instant = now + timedelta(minutes=minutes)
        return await find_session(door, opened.token, instant, SessionKind.COOKIE) is not None

    assert [await found(minutes) for minutes in (29, 58, 87)] == [True, True, True]
    assert [await found(minutes) for minutes in (117, 118)] == [False, False]


async def test_a_look_keeps_no_session_from_its_idle_end(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)
    opened = await sign_in(door, "acme", password.text, lambda: now, kind=SessionKind.COOKIE)

    looks = [now + timedelta(minutes=minutes) for minutes in (10, 20, 29, 31)]
    seen = [await find_session(door, opened.token, at, SessionKind.COOKIE, used=False) for at in looks]

    assert [credential is not None for credential in seen] == [True, True, True, False]


async def test_a_session_in_a_cookie_ends_after_twelve_hours_however_busy(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)
    opened = await sign_in(door, "acme", password.text, lambda: now, kind=SessionKind.COOKIE)

    quarters = [now + timedelta(minutes=15 * number) for number in range(1, 49)]
    found = [await find_session(door, opened.token, instant, SessionKind.COOKIE) for instant in quarters]

    assert [credential is not None for credential in found] == 47 * [True] + [False]


async def test_a_token_is_good_for_the_way_it_was_asked_for_alone(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)
    header = await sign_in(door, "acme", password.text, lambda: now)
    cookie = await sign_in(door, "acme", password.text, lambda: now, kind=SessionKind.COOKIE)

    assert await find_session(door, header.token, now, SessionKind.COOKIE) is None
    assert await find_session(door, cookie.token, now, SessionKind.BEARER) is None


async def test_when_a_session_was_last_seen_is_written_once_a_minute(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)
    opened = await sign_in(door, "acme", password.text, lambda: now)

    seen: list[datetime] = []
    for seconds in (59, 60, 119, 120):
        await find_session(door, opened.token, now + timedelta(seconds=seconds))
        seen += [row.seen_at for row in await list_sessions(door, acme, now)]

    assert [(instant - now).seconds for instant in seen] == [0, 60, 60, 120]


async def test_a_company_ends_its_other_sessions_and_nobody_elses(
    database: Database, door: Door, acme: Company, globex: Company, now: datetime
) -> None:
    ours, theirs = issue(database, "acme", now), issue(database, "globex", now)
    kept, *ended = [await sign_in(door, "acme", ours.text, lambda: now) for _ in range(3)]
    others = await sign_in(door, "globex", theirs.text, lambda: now)

    number = await end_other_sessions(door, acme, await the_id(door, kept, now), COMMAND, now)

    assert number == 2
    assert [await find_session(door, each.token, now) for each in ended] == [None, None]
    assert await find_session(door, kept.token, now)
    assert await find_session(door, others.token, now)
    assert not await end_session(door, acme, await the_id(door, others, now), COMMAND, now)


async def test_beginning_and_ending_a_session_is_noted(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)
    opened = await sign_in(door, "acme", password.text, lambda: now, caller=Caller("10.1.2.3", "curl/8", "r1"))
    await end_session(door, acme, await the_id(door, opened, now), COMMAND, now)

    with psycopg.connect(database.admin) as admin:
        notes = admin.execute(
            "select action, actor, host(address), user_agent from turnout.audit"
            " where action <> 'company.added' order by audit_id"
        )
        assert notes.fetchall() == [
            ("password.issued", "COMMAND", None, None),
            ("session.began", "COMPANY", "10.1.2.3", "curl/8"),
            ("session.ended", "COMMAND", None, None),
        ]
