"""Accounts of support staff: passwords, sessions and their ends."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlmodel import Session

from turnout.database.errors import TurnoutError
from turnout.tenants.accesses import list_accesses, open_access
from turnout.tenants.caller import NOBODY, Caller
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk
from turnout.tenants.hashing import OF_STAFF, QUEUE, SLOW
from turnout.tenants.staff import add_staff, list_staff, renew_password, restore_staff, suspend_staff
from turnout.tenants.staff_sessions import IDLE, LIFETIME, StaffSignedIn, find_member, sign_in
from turnout.tenants.support import support
from turnout.tenants.throttling import admit

from .databases import Database

CALLER = Caller("192.0.2.7", "tests", "r-1")


@pytest.fixture
def desk(database: Database) -> Generator[Desk]:
    desk = Desk(lambda: database.support)
    yield desk
    desk.close()


@pytest.fixture
def password(database: Database, now: datetime) -> str:
    with support(database.support) as session:
        return add_staff(session, "Ann", now).text


async def begin(desk: Desk, door: Door, password: str, now: datetime, name: str = "Ann") -> StaffSignedIn:
    return await sign_in(desk, door, name, password, lambda: now, CALLER)


def is_found(database: Database, token: str, at: datetime) -> bool:
    with support(database.support) as session:
        return find_member(session, token, at) is not None


async def test_a_password_signs_in_however_it_is_written(desk: Desk, door: Door, password: str, now: datetime) -> None:
    signed_in = await begin(desk, door, f" {password.lower().replace('-', '')} ", now)

    assert signed_in.member.name == "Ann"
    assert signed_in.expires_at == now + timedelta(hours=12)


async def test_neither_password_nor_token_is_kept(
    desk: Desk, door: Door, database: Database, password: str, now: datetime
) -> None:
    token = (await begin(desk, door, password, now)).token

    with psycopg.connect(database.admin) as admin:
        kept = str(admin.execute("select s::text, n::text from turnout.staff s, turnout.staff_session n").fetchall())
        noted = str(admin.execute("select a::text from turnout.staff_audit a").fetchall())

    assert "$argon2id$v=19$m=19456,t=2,p=1$" in kept
    for secret in (password, password.replace("-", ""), token):
        assert secret not in kept
        assert secret not in noted


@pytest.mark.parametrize(
    ("name", "entered"), [("Ann", "wrong"), ("Bob", "x"), ("", ""), ("\ud800", "\0"), ("a" * 200, "x")]
)
async def test_whatever_is_wrong_is_refused_alike_after_one_hash(
    desk: Desk, door: Door, password: str, now: datetime, monkeypatch: pytest.MonkeyPatch, name: str, entered: str
) -> None:
    hashed: list[object] = []
    run = OF_STAFF.prompt.run

    async def counted(work: Callable[[], bool]) -> bool:
        hashed.append(work)
        return await run(work)

    monkeypatch.setattr(OF_STAFF.prompt, "run", counted)

    with pytest.raises(TurnoutError, match="STAFF_SIGN_IN_FAILED"):
        await begin(desk, door, entered, now, name)

    assert len(hashed) == 1


@pytest.mark.parametrize("name", ["Ann", "Bob", "\ud800"])
async def test_guessing_is_throttled_alike_whether_there_is_such_an_account(
    desk: Desk, door: Door, password: str, now: datetime, name: str
) -> None:
    async def refused() -> tuple[str, object]:
        with pytest.raises(TurnoutError) as refusal:
            await begin(desk, door, "wrong", now, name)
        return refusal.value.code, refusal.value.details.get("seconds")

    answers = [await refused() for _ in range(6)]

    assert answers == [("STAFF_SIGN_IN_FAILED", None)] * 5 + [("THROTTLED", 1)]


async def test_who_has_signed_in_before_is_not_kept_out_from_there(
    desk: Desk, door: Door, password: str, now: datetime
) -> None:
    await begin(desk, door, password, now)
    for _ in range(7):
        with pytest.raises(TurnoutError):
            await begin(desk, door, "wrong", now)

    assert (await begin(desk, door, password, now)).member.name == "Ann"


async def test_no_company_is_throttled_or_kept_waiting_by_who_tries_to_sign_in_as_support(
    desk: Desk, door: Door, password: str, now: datetime
) -> None:
    for _ in range(6):
        with pytest.raises(TurnoutError):
            await begin(desk, door, "wrong", now, "acme")

    assert (await admit(door, "acme", CALLER.address, now)).wait == 0
    assert not {OF_STAFF.prompt, OF_STAFF.slow} & {QUEUE, SLOW}


async def test_a_session_ends_after_twelve_hours_however_much_it_is_used(
    desk: Desk, door: Door, database: Database, password: str, now: datetime
) -> None:
    token = (await begin(desk, door, password, now)).token
    step = timedelta(minutes=20)

    for used in range(1, LIFETIME // step):
        assert is_found(database, token, now + used * step)

    assert not is_found(database, token, now + LIFETIME)


async def test_a_session_ends_after_half_an_hour_without_a_request(
    desk: Desk, door: Door, database: Database, password: str, now: datetime
) -> None:
    token = (await begin(desk, door, password, now)).token

    assert is_found(database, token, now + timedelta(minutes=29))
    assert is_found(database, token, now + timedelta(minutes=58))
    assert not is_found(database, token, now + timedelta(minutes=58) + IDLE)


async def test_requests_within_a_minute_are_one_write(
    desk: Desk, door: Door, database: Database, password: str, now: datetime
) -> None:
    token = (await begin(desk, door, password, now)).token

    for seconds in (1, 30, 59):
        assert is_found(database, token, now + timedelta(seconds=seconds))

    with psycopg.connect(database.admin) as admin:
        assert admin.execute("select seen_at from turnout.staff_session").fetchall() == [(None,)]


async def test_another_password_ends_the_old_one_and_its_sessions(
    desk: Desk, door: Door, database: Database, password: str, now: datetime
) -> None:
    token = (await begin(desk, door, password, now)).token

    with support(database.support) as session:
        renewed = renew_password(session, "Ann", now).text

    assert not is_found(database, token, now)
    with pytest.raises(TurnoutError, match="STAFF_SIGN_IN_FAILED"):
        await begin(desk, door, password, now)
    assert (await begin(desk, door, renewed, now)).member.name == "Ann"


async def test_who_is_suspended_meanwhile_begins_no_session(
    desk: Desk, door: Door, database: Database, password: str, now: datetime
) -> None:
    asked: list[datetime] = []

    def clock() -> datetime:
        """Asked before the password is looked up, and between its check and the beginning of the session."""
        if asked:
            with support(database.support) as session:
                suspend_staff(session, "Ann", now)
        asked.append(now)
        return now

    with pytest.raises(TurnoutError, match="STAFF_SIGN_IN_FAILED"):
        await sign_in(desk, door, "Ann", password, clock, NOBODY)


@pytest.mark.parametrize("shut_out", [suspend_staff, renew_password])
def test_what_a_member_may_read_ends_with_the_password_and_each_company_sees_it(
    database: Database,
    password: str,
    acme: Company,
    globex: Company,
    now: datetime,
    shut_out: Callable[[Session, str, datetime], object],
) -> None:
    opened = [opened_by_ann(database, company, now) for company in (globex, acme)]
    with support(database.support) as session:
        by_command = open_access(session, acme.slug, "ticket 8", now).access_id

    with support(database.support) as session:
        shut_out(session, "Ann", now)

    with psycopg.connect(database.admin) as admin:
        noted = admin.execute("select target from turnout.audit where action = 'access.closed'").fetchall()
        still = admin.execute("select access_id from turnout.support_access where closed_at is null").fetchall()
    assert {target for (target,) in noted} == {str(access_id) for access_id in opened}
    assert still == [(by_command,)]


def test_who_is_suspended_opens_no_access(database: Database, password: str, acme: Company, now: datetime) -> None:
    with support(database.support) as session:
        suspend_staff(session, "Ann", now)

    with pytest.raises(TurnoutError, match="UNAUTHENTICATED"):
        opened_by_ann(database, acme, now)


@pytest.mark.parametrize("shut_out", [suspend_staff, renew_password])
def test_an_access_that_is_being_opened_is_closed_by_whoever_shuts_the_member_out(
    database: Database,
    password: str,
    acme: Company,
    now: datetime,
    shut_out: Callable[[Session, str, datetime], object],
) -> None:
    session_id = session_of_ann(database, now)

    with ThreadPoolExecutor(1) as threads:
        with support(database.support) as session:
            open_access(session, acme.slug, "ticket 7", now, session_id=session_id)
            shutting = threads.submit(in_transaction, database, lambda other: shut_out(other, "Ann", now))
            with pytest.raises(TimeoutError):
                shutting.result(0.3)
        shutting.result(10)

    with support(database.support) as session:
        assert [access.closed_at for access in list_accesses(session, acme.slug)] == [now]


@pytest.mark.parametrize("shut_out", [suspend_staff, renew_password])
def test_no_access_is_opened_while_the_member_is_being_shut_out(
    database: Database,
    password: str,
    acme: Company,
    now: datetime,
    shut_out: Callable[[Session, str, datetime], object],
) -> None:
    session_id = session_of_ann(database, now)

    def opening(other: Session) -> object:
        return open_access(other, acme.slug, "ticket 7", now, session_id=session_id)

    with ThreadPoolExecutor(1) as threads:
        with support(database.support) as session:
            shut_out(session, "Ann", now)
            opened = threads.submit(in_transaction, database, opening)
            with pytest.raises(TimeoutError):
                opened.result(0.3)
        with pytest.raises(TurnoutError, match="UNAUTHENTICATED"):
            opened.result(10)

    with support(database.support) as session:
        assert list_accesses(session, acme.slug) == []


def in_transaction(database: Database, work: Callable[[Session], object]) -> None:
    with support(database.support) as session:
        work(session)


def session_of_ann(database: Database, now: datetime) -> UUID:
    """A session as signing in begins it, without the time that hashing takes."""
    session_id = uuid4()
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        admin.execute(
            "insert into staff_session (session_id, staff_id, digest, created_at, expires_at)"
            " select %s, staff_id, %s, %s, %s from staff where name = 'Ann'",
            (session_id, session_id.bytes, now, now + LIFETIME),
        )
    return session_id


def opened_by_ann(database: Database, company: Company, now: datetime) -> UUID:
    session_id = session_of_ann(database, now)
    with support(database.support) as session:
        return open_access(session, company.slug, "ticket 7", now, session_id=session_id).access_id


async def test_who_is_restored_signs_in_again_and_finds_no_session(
    desk: Desk, door: Door, database: Database, password: str, now: datetime
) -> None:
    token = (await begin(desk, door, password, now)).token

    with support(database.support) as session:
        suspend_staff(session, "Ann", now)
        restore_staff(session, "Ann", now)

    assert not is_found(database, token, now)
    assert (await begin(desk, door, password, now)).member.name == "Ann"


def test_accounts_are_listed_and_of_one_person_each(database: Database, password: str, now: datetime) -> None:
    with support(database.support) as session:
        add_staff(session, "bob", now)
        suspend_staff(session, "bob", now)
        listed = list_staff(session)
    with pytest.raises(TurnoutError, match="STAFF_EXISTS"), support(database.support) as session:
        add_staff(session, "Ann", now)

    assert [(row.name, row.suspended_at) for row in listed] == [("Ann", None), ("bob", now)]


@pytest.mark.parametrize("name", ["", " Ann", "A\x1b[2J", "a" * 101])
def test_what_cannot_be_a_name_is_refused(database: Database, now: datetime, name: str) -> None:
    with pytest.raises(TurnoutError, match="INVALID_STAFF_NAME"), support(database.support) as session:
        add_staff(session, name, now)


def test_what_is_done_to_an_account_that_is_not_there_is_refused(database: Database, now: datetime) -> None:
    for act in (suspend_staff, restore_staff, renew_password):
        with pytest.raises(TurnoutError, match="UNKNOWN_STAFF"), support(database.support) as session:
            act(session, "nobody", now)


def test_all_of_it_is_noted(database: Database, password: str, now: datetime) -> None:
    with support(database.support) as session:
        renew_password(session, "Ann", now)
        suspend_staff(session, "Ann", now)
        restore_staff(session, "Ann", now)

    with psycopg.connect(database.admin) as admin:
        noted = admin.execute("select action, target from turnout.staff_audit order by audit_id").fetchall()
    acts = ("added", "password_renewed", "suspended", "restored")
    assert noted == [(f"staff.{act}", "Ann") for act in acts]
