"""Passwords that a company chooses itself: on a link, or instead of the one it has."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from turnout.database.errors import TurnoutError
from turnout.tenants.activation import IssuedLink, issue_link, revoke_link
from turnout.tenants.audit import COMMAND
from turnout.tenants.caller import NOBODY, Caller
from turnout.tenants.choosing import activate, change_password
from turnout.tenants.companies import lock_company
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.passwords import issue_password, list_passwords, revoke_passwords, rotate_password
from turnout.tenants.sessions import SignedIn, find_session, sign_in
from turnout.tenants.support import support

from .databases import Database

CHOSEN = "kein Schwein ruft mich an"
OTHER = "Nobody Calls Me, Ever!"


async def test_a_link_lets_a_company_choose_its_password_and_signs_it_in(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    link = issued_link(database, now)

    begun = await activate(door, link.secret, CHOSEN, lambda: now, caller=NOBODY)

    assert begun.company == acme
    assert await find_session(door, begun.token, now)
    assert await sign_in(door, "acme", CHOSEN, lambda: now)
    with support(database.support) as session:
        [listed] = list_passwords(session, "acme")
    assert (listed.kind, listed.label) == ("CHOSEN", "desk")


async def test_a_link_that_is_unknown_used_expired_or_revoked_gets_the_same_answer(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    used, expired, revoked = (issued_link(database, now) for _ in range(3))
    with support(database.support) as session:
        revoke_link(session, "acme", revoked.link_id, now)
    await activate(door, used.secret, CHOSEN, lambda: now, caller=NOBODY)
    tomorrow = now + timedelta(hours=24)

    tried = [(used.secret, now), (expired.secret, tomorrow), (revoked.secret, now)]
    tried += [("turnout_link_" + "x" * 43, now), ("", now), ("\ud800", now), ("x" * 100_000, now)]
    answers = {await refusal(door, secret, at) for secret, at in tried}

    assert {code for code, _, _ in answers} == {"LINK_INVALID"}
    assert len(answers) == 1


async def test_a_link_that_two_use_at_once_works_for_one(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    link = issued_link(database, now)

    outcomes = await asyncio.gather(
        *(activate(door, link.secret, chosen, lambda: now, caller=NOBODY) for chosen in (CHOSEN, OTHER)),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["SignedIn", "TurnoutError"]
    with support(database.support) as session:
        assert len(list_passwords(session, "acme")) == 1


async def test_a_link_that_is_being_revoked_while_it_is_used_works_no_more(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    link = issued_link(database, now)
    with support(database.support) as session:
        lock_company(session, "acme")
        late = asyncio.create_task(code_of(activate(door, link.secret, CHOSEN, lambda: now, caller=NOBODY)))
        await asyncio.sleep(0.5)  # it has hashed the password and waits for the lock on the company
        assert not late.done()
        revoke_link(session, "acme", link.link_id, now)

    assert await late == "LINK_INVALID"


async def test_a_password_that_is_refused_leaves_the_link_as_it_was(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    link = issued_link(database, now)

    with pytest.raises(TurnoutError, match="WEAK_PASSWORD"):
        await activate(door, link.secret, "acme acme acme acme", lambda: now, caller=NOBODY)

    assert await activate(door, link.secret, CHOSEN, lambda: now, caller=NOBODY)


def test_an_open_link_keeps_the_place_of_its_password(database: Database, acme: Company, now: datetime) -> None:
    for _ in range(3):
        issued_link(database, now)

    with pytest.raises(TurnoutError, match="TOO_MANY_PASSWORDS"), support(database.support) as session:
        issue_password(session, "acme", None, now)
    with support(database.support) as session:
        issue_password(session, "acme", None, now + timedelta(hours=24))


async def test_only_the_digest_of_a_link_is_kept(database: Database, acme: Company, now: datetime) -> None:
    link = issued_link(database, now)

    with psycopg.connect(database.admin) as admin:
        kept = admin.execute("select l::text from turnout.activation_link l").fetchall()
        noted = admin.execute("select a::text from turnout.audit a").fetchall()
    assert link.secret.removeprefix("turnout_link_") not in str(kept + noted)


@pytest.mark.parametrize("entered", [CHOSEN.upper(), f" {CHOSEN}", CHOSEN.replace(" ", "-"), CHOSEN[:-1]])
async def test_a_chosen_password_is_taken_exactly(
    database: Database, door: Door, acme: Company, now: datetime, entered: str
) -> None:
    await activate(door, issued_link(database, now).secret, CHOSEN, lambda: now, caller=NOBODY)

    with pytest.raises(TurnoutError, match="SIGN_IN_FAILED"):
        await sign_in(door, "acme", entered, lambda: now)


async def test_a_chosen_password_that_looks_like_a_generated_one_is_taken_exactly_too(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    looks = "k7qfm-2xwpa-9rtbc-hd4ve"
    await activate(door, issued_link(database, now).secret, looks, lambda: now, caller=NOBODY)

    assert await sign_in(door, "acme", looks, lambda: now)
    with pytest.raises(TurnoutError, match="SIGN_IN_FAILED"):
        await sign_in(door, "acme", looks.upper(), lambda: now)


async def test_a_changed_password_ends_the_old_one_and_its_other_sessions(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    old, beside = issued_password(database, now), issued_password(database, now)
    this, other = [await sign_in(door, "acme", old, lambda: now) for _ in range(2)]
    of_another = await sign_in(door, "acme", beside, lambda: now)

    await changed(door, this, old, CHOSEN, now)

    assert [await is_open(door, each, now) for each in (this, other, of_another)] == [True, False, True]
    assert await sign_in(door, "acme", CHOSEN, lambda: now)
    with pytest.raises(TurnoutError, match="SIGN_IN_FAILED"):
        await sign_in(door, "acme", old, lambda: now)


async def test_a_session_goes_on_under_the_password_it_has_chosen(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    secret = issued_password(database, now, must_change=True)
    this = await sign_in(door, "acme", secret, lambda: now)

    await changed(door, this, secret, CHOSEN, now)

    found = await find_session(door, this.token, now + timedelta(hours=1))
    assert this.credential.must_change
    assert found
    assert (found.must_change, found.credential_id) == (False, this.credential.credential_id)
    assert await sign_in(door, "acme", CHOSEN, lambda: now + timedelta(days=4))
    with support(database.support) as session:
        revoke_passwords(session, "acme", now)
    assert not await is_open(door, this, now)


async def test_nobody_prolongs_a_password_by_changing_it(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    with support(database.support) as session:
        lasting, ending = issue_password(session, "acme", None, now), now + timedelta(days=30)
        temporary = issue_password(session, "acme", None, now, expires_at=ending)
    this, other = [await sign_in(door, "acme", each.text, lambda: now) for each in (lasting, temporary)]
    with support(database.support) as session:
        rotate_password(session, "acme", lasting.password_id, now)

    await changed(door, this, lasting.text, CHOSEN, now)
    await changed(door, other, temporary.text, OTHER, now)

    with support(database.support) as session:
        ends = {listed.expires_at for listed in list_passwords(session, "acme") if listed.kind == "CHOSEN"}
    assert ends == {now + timedelta(hours=24), ending}
    with pytest.raises(TurnoutError, match="SIGN_IN_FAILED"):
        await sign_in(door, "acme", CHOSEN, lambda: now + timedelta(hours=24))


@pytest.mark.parametrize(
    ("current", "new", "code"),
    [
        ("wrong", CHOSEN, "WRONG_PASSWORD"),
        ("{}", "too short", "WEAK_PASSWORD"),
        ("{}", "{}", "WEAK_PASSWORD"),
        ("\ud800", CHOSEN, "WRONG_PASSWORD"),
        ("{}", "\ud800" * 20, "WEAK_PASSWORD"),
    ],
)
async def test_a_change_that_is_refused_changes_nothing(
    database: Database, door: Door, acme: Company, now: datetime, current: str, new: str, code: str
) -> None:
    old = issued_password(database, now)
    this, other = [await sign_in(door, "acme", old, lambda: now) for _ in range(2)]

    with pytest.raises(TurnoutError, match=code):
        await changed(door, this, current.replace("{}", old), new.replace("{}", old), now)

    assert [await is_open(door, each, now) for each in (this, other)] == [True, True]
    assert await sign_in(door, "acme", old, lambda: now)


async def test_guessing_the_current_password_is_throttled(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    this = await sign_in(door, "acme", issued_password(database, now), lambda: now, caller=Caller("10.0.0.1"))

    codes = [await code_of(changed(door, this, "wrong", CHOSEN, now)) for _ in range(6)]

    assert codes == ["WRONG_PASSWORD"] * 5 + ["THROTTLED"]


async def test_choosing_is_noted_without_a_secret(database: Database, door: Door, acme: Company, now: datetime) -> None:
    link = issued_link(database, now)
    begun = await activate(door, link.secret, CHOSEN, lambda: now, caller=Caller("10.1.2.3"))
    await changed(door, begun, CHOSEN, OTHER, now)

    with psycopg.connect(database.admin) as admin:
        notes = admin.execute(
            "select action, name, details::text from turnout.audit where action <> 'company.added' order by audit_id"
        ).fetchall()
    assert [action for action, _, _ in notes] == ["link.issued", "link.used", "session.began", "password.changed"]
    assert CHOSEN not in str(notes)


def issued_link(database: Database, now: datetime) -> IssuedLink:
    with support(database.support) as session:
        return issue_link(session, "acme", "desk", now)


def issued_password(database: Database, now: datetime, *, must_change: bool = False) -> str:
    with support(database.support) as session:
        return issue_password(session, "acme", None, now, must_change=must_change).text


async def changed(door: Door, signed_in: SignedIn, current: str, new: str, now: datetime) -> None:
    await change_password(door, signed_in.credential, current, new, lambda: now, COMMAND)


async def is_open(door: Door, signed_in: SignedIn, now: datetime) -> bool:
    return await find_session(door, signed_in.token, now) is not None


async def refusal(door: Door, secret: str, now: datetime) -> tuple[str, str, str]:
    with pytest.raises(TurnoutError) as refused:
        await activate(door, secret, CHOSEN, lambda: now, caller=NOBODY)
    return refused.value.code, refused.value.message, refused.value.hint


async def code_of(work: Any) -> str:
    with pytest.raises(TurnoutError) as refused:
        await work
    return refused.value.code
