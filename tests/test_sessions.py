"""Signing in and out: to whom a token leads, and that nobody learns why a sign-in failed."""

import asyncio
import statistics
import time
from datetime import datetime, timedelta
from ipaddress import ip_address
from itertools import count

import psycopg
import pytest
from argon2 import PasswordHasher, extract_parameters

from turnout.database.errors import TurnoutError
from turnout.tenants.audit import COMMAND
from turnout.tenants.authentication import authenticate
from turnout.tenants.caller import Caller
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.credential import Credential, SessionKind
from turnout.tenants.hashing import DUMMY
from turnout.tenants.own_sessions import end_session
from turnout.tenants.passwords import (
    MOST_VERIFIED,
    IssuedPassword,
    issue_password,
    list_passwords,
    revoke_password,
    revoke_passwords,
    rotate_password,
)
from turnout.tenants.sessions import LIFETIME, find_session, sign_in
from turnout.tenants.support import support

from .databases import Database
from .signing import issue, the_id

# Company and password of sign-ins that must fail; {} stands for a password that is right for acme.
FAILING = [
    ("acme", "K7QFM-2XWPA-9RTBC-HD4VE"),
    ("globex", "{}"),
    ("hooli", "{}"),
    ("", "{}"),
    ("ACME", "{}"),
    ("acme\0", "{}"),
    ("\ud800", "{}"),
    ("a" * 100_000, "{}"),
    ("acme", ""),
    ("acme", "\0"),
    ("acme", "\ud800"),
    ("acme", "a" * 1_000_000),
]
ADDRESSES = (ip_address("10.0.0.0") + number for number in count())
SCOPES = frozenset({"read:stats", "read:people", "admin:keys", "admin:alerts", "admin:segments"})


async def test_the_right_password_opens_a_session_of_twelve_hours(
    database: Database, door: Door, acme: Company, globex: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)

    signed_in = await sign_in(door, "acme", password.text, lambda: now)

    assert (signed_in.company, signed_in.expires_at) == (acme, now + timedelta(hours=12))
    found = await find_session(door, signed_in.token, now + timedelta(hours=11, minutes=59))
    assert found
    assert (found.company, found.kind, found.scopes) == (acme, "session", SCOPES)
    assert await find_session(door, signed_in.token, now + timedelta(hours=12)) is None


async def test_each_of_three_passwords_opens_a_session(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    passwords = [issue(database, "acme", now) for _ in range(3)]

    tokens = {(await sign_in(door, "acme", password.text, lambda: now)).token for password in passwords}

    assert len(tokens) == 3


async def test_a_sign_in_fails_the_same_way_whatever_was_wrong(
    database: Database, door: Door, acme: Company, globex: Company, now: datetime
) -> None:
    right, revoked, _theirs = issue(database, "acme", now), issue(database, "acme", now), issue(database, "globex", now)
    revoke(database, revoked, now)

    answers = {
        await refusal(door, slug, password.replace("{}", right.text), now)
        for slug, password in [*FAILING, ("acme", revoked.text)]
    }

    assert len(answers) == 1
    assert answers.pop()[0] == "SIGN_IN_FAILED"


async def test_a_sign_in_that_fails_verifies_four_hashes_whatever_was_wrong(
    database: Database, door: Door, acme: Company, globex: Company, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, _also_right = issue(database, "acme", now), issue(database, "acme", now)
    verified = counted(monkeypatch)

    for slug, password in FAILING:
        verified.clear()
        await refusal(door, slug, password.replace("{}", right.text), now)
        assert len(verified) == MOST_VERIFIED, (slug[:20], password[:20])


@pytest.mark.thorough
@pytest.mark.timeout(600)
async def test_a_sign_in_that_fails_takes_the_same_time_whatever_was_wrong(
    database: Database, door: Door, acme: Company, globex: Company, now: datetime
) -> None:
    right = issue(database, "acme", now)
    took: dict[tuple[str, str], list[float]] = {failing: [] for failing in FAILING}

    for hour in range(20):  # so that nothing is throttled
        for (slug, password), times in took.items():
            began = time.perf_counter()
            await refusal(door, slug, password.replace("{}", right.text), now + timedelta(hours=hour))
            times.append(time.perf_counter() - began)

    medians = [statistics.median(times) for times in took.values()]
    assert max(medians) < min(medians) * 1.1


async def test_signing_out_ends_one_session_at_once(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)
    first, second = [await sign_in(door, "acme", password.text, lambda: now) for _ in range(2)]

    session_id = await the_id(door, first, now)
    assert await end_session(door, acme, session_id, COMMAND, now)
    assert not await end_session(door, acme, session_id, COMMAND, now)

    assert await find_session(door, first.token, now) is None
    assert await find_session(door, second.token, now)


async def test_revoking_a_password_ends_its_sessions_and_no_others(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    first, second = issue(database, "acme", now), issue(database, "acme", now)
    ended, kept = [await sign_in(door, "acme", password.text, lambda: now) for password in (first, second)]

    revoke(database, first, now)

    assert await find_session(door, ended.token, now) is None
    assert await find_session(door, kept.token, now)
    assert count_sessions(database) == 1


async def test_revoking_all_passwords_ends_all_sessions_of_that_company_alone(
    database: Database, door: Door, acme: Company, globex: Company, now: datetime
) -> None:
    ours, theirs = issue(database, "acme", now), issue(database, "globex", now)
    ended = await sign_in(door, "acme", ours.text, lambda: now)
    kept = await sign_in(door, "globex", theirs.text, lambda: now)

    with support(database.support) as session:
        revoke_passwords(session, "acme", now)

    assert await find_session(door, ended.token, now) is None
    assert await find_session(door, kept.token, now) == Credential(
        globex, "session", await the_id(door, kept, now), SCOPES
    )


async def test_a_sign_in_while_its_password_is_being_revoked_fails(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)
    with support(database.support) as session:
        revoke_password(session, "acme", password.password_id, now)
        late = asyncio.create_task(refusal(door, "acme", password.text, now))
        await asyncio.sleep(0.5)  # it has verified the password and waits for the lock on it
        assert not late.done()

    assert (await late)[0] == "SIGN_IN_FAILED"
    assert count_sessions(database) == 0


async def test_sessions_that_have_expired_go_a_few_at_a_time_when_another_begins(
    database: Database, door: Door, acme: Company, globex: Company, now: datetime
) -> None:
    ours, theirs = issue(database, "acme", now), issue(database, "globex", now)
    await sign_in(door, "globex", theirs.text, lambda: now)
    for _ in range(6):
        await sign_in(door, "acme", ours.text, lambda: now)
    before = count_sessions(database)

    kept = await sign_in(door, "acme", ours.text, lambda: now + LIFETIME)
    after = count_sessions(database)
    await sign_in(door, "acme", ours.text, lambda: now + LIFETIME)

    assert (before, after, count_sessions(database)) == (7, 3, 3)
    assert await find_session(door, kept.token, now + LIFETIME)


async def test_only_the_digest_of_a_token_is_kept(database: Database, door: Door, acme: Company, now: datetime) -> None:
    password = issue(database, "acme", now)

    signed_in = await sign_in(door, "acme", password.text, lambda: now)

    with psycopg.connect(database.admin) as admin:
        [(kept,)] = admin.execute("select s::text from turnout.company_session s").fetchall()
    assert signed_in.token.removeprefix("turnout_session_") not in kept


@pytest.mark.parametrize(
    "token", ["", "turnout_session_", "turnout_session_" + "x" * 43, "\0", "\ud800", "x" * 100_000]
)
async def test_a_token_that_nobody_was_given_is_nobodys(door: Door, now: datetime, token: str) -> None:
    assert await find_session(door, token, now) is None
    assert await find_session(door, token, now, SessionKind.COOKIE) is None


async def test_a_token_is_taken_from_the_authorization_header(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)
    signed_in = await sign_in(door, "acme", password.text, lambda: now)

    found = await authenticate(door, f"Bearer {signed_in.token}", now)

    assert found
    assert (found.company, found.kind, found.scopes) == (acme, "session", SCOPES)


async def test_a_password_that_has_expired_opens_nothing_and_ends_its_sessions(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    ends = now + timedelta(hours=1)
    with support(database.support) as session:
        password = issue_password(session, "acme", None, now, expires_at=ends)

    opened = await sign_in(door, "acme", password.text, lambda: now)

    assert opened.expires_at == ends
    assert await find_session(door, opened.token, ends - timedelta(seconds=1))
    assert await find_session(door, opened.token, ends) is None
    assert (await refusal(door, "acme", password.text, ends))[0] == "SIGN_IN_FAILED"


async def test_a_password_that_is_rotated_opens_sessions_until_the_overlap_is_over(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    old = issue(database, "acme", now)
    opened = await sign_in(door, "acme", old.text, lambda: now)

    with support(database.support) as session:
        new = rotate_password(session, "acme", old.password_id, now, overlap=timedelta(hours=1))

    soon, later = now + timedelta(minutes=59), now + timedelta(hours=1)
    assert await find_session(door, opened.token, soon)
    assert await sign_in(door, "acme", old.text, lambda: soon)
    assert await find_session(door, opened.token, later) is None
    assert (await refusal(door, "acme", old.text, later))[0] == "SIGN_IN_FAILED"
    assert await sign_in(door, "acme", new.text, lambda: later)


async def test_a_password_that_is_rotated_without_overlap_ends_its_sessions_at_once(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    old = issue(database, "acme", now)
    opened = await sign_in(door, "acme", old.text, lambda: now)

    with support(database.support) as session:
        rotate_password(session, "acme", old.password_id, now, overlap=timedelta(0))

    assert await find_session(door, opened.token, now) is None
    assert count_sessions(database) == 0


async def test_signing_in_writes_down_when_a_password_was_last_used(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)
    later = now + timedelta(days=3)

    await sign_in(door, "acme", password.text, lambda: later)

    with support(database.support) as session:
        assert [row.last_used_at for row in list_passwords(session, "acme")] == [later]


async def test_signing_in_replaces_a_hash_of_yesterday(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    password = issue(database, "acme", now)
    cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(password.text.replace("-", ""))
    with psycopg.connect(database.admin) as admin:
        admin.execute("update turnout.company_password set hash = %s", (cheap,))

    for _ in range(2):
        await sign_in(door, "acme", password.text, lambda: now)

    with psycopg.connect(database.admin) as admin:
        [(kept,)] = admin.execute("select hash from turnout.company_password").fetchall()
    assert extract_parameters(kept) == extract_parameters(DUMMY)


def revoke(database: Database, password: IssuedPassword, now: datetime) -> None:
    with support(database.support) as session:
        revoke_password(session, "acme", password.password_id, now)


async def refusal(door: Door, slug: str, password: str, now: datetime) -> tuple[str, str, str]:
    """Each time from another address, so that nothing is throttled."""
    with pytest.raises(TurnoutError) as refused:
        await sign_in(door, slug, password, lambda: now, caller=Caller(str(next(ADDRESSES))))
    return refused.value.code, refused.value.message, refused.value.hint


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that are verified from now on."""
    verified: list[str] = []
    verify = PasswordHasher.verify

    def spy(self: PasswordHasher, hash: str, password: bytes) -> bool:  # noqa: A002 -- the name that argon2 gave it
        verified.append(hash)
        return verify(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", spy)
    return verified


def count_sessions(database: Database) -> int:
    with psycopg.connect(database.admin) as admin:
        return admin.execute("select count(*) from turnout.company_session").fetchall()[0][0]
