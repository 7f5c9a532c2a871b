"""A key cannot make a stronger key: every combination of bounds, and what the database then holds."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from itertools import combinations, product
from typing import Any

import psycopg
import pytest
from sqlmodel import Session, select

from turnout.database.errors import TurnoutError
from turnout.tenants.addresses import read_ranges
from turnout.tenants.audit import Actor, ActorKind
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.credential import Credential, Scope
from turnout.tenants.key_rows import IssuedKey
from turnout.tenants.keys import find_key, issue_key
from turnout.tenants.models import CompanyPasswordRow
from turnout.tenants.own_keys import Wish, issue_own_key, revoke_own_key, rotate_own_key
from turnout.tenants.passwords import issue_password, revoke_passwords, rotate_password
from turnout.tenants.reach import Reach
from turnout.tenants.sessions import sign_in
from turnout.tenants.support import support
from turnout.tenants.suspending import suspend_company

from .databases import Database

MAKER = Actor(ActorKind.KEY, "deploy")
RANGES = [(), ("10.0.0.0/8",), ("10.1.0.0/16",), ("2001:db8::/32",), ("10.1.0.0/16", "2001:db8::/48")]
# Which of them let nobody in whom another keeps out.
WITHIN = {(a, b) for a in range(5) for b in range(5) if b == 0 or a == b or (a, b) in {(2, 1), (2, 4)}}
USERS = [None, "anna", "ben"]
HOURS = [1, 2]
EVERY = tuple(Scope)
# A few of the scopes, and a few sets of them with which a key makes others; all of them by --thorough.
FEW = (Scope.READ_STATS, Scope.WRITE_EVENTS, Scope.ADMIN_KEYS)
MAKING = [
    frozenset(held)
    for held in ([Scope.ADMIN_KEYS], [Scope.ADMIN_KEYS, Scope.READ_STATS], {*Scope} - {Scope.READ_PEOPLE}, Scope)
]


def scopes(of: Collection[Scope] = EVERY) -> Iterator[frozenset[Scope]]:
    """Every set of scopes but the empty one."""
    for size in range(1, len(of) + 1):
        yield from map(frozenset, combinations(of, size))


def making() -> list[Any]:
    """Every set of scopes with which a key makes others."""
    every = [held for held in scopes() if Scope.ADMIN_KEYS in held]
    return [
        pytest.param(held, marks=() if held in MAKING else pytest.mark.thorough, id=" ".join(sorted(held)))
        for held in every
    ]


def reaches(
    of: Collection[Scope], now: datetime
) -> Iterator[tuple[tuple[frozenset[Scope], int, int, str | None], Reach]]:
    for held, place, hours, user in product(scopes(of), range(len(RANGES)), HOURS, USERS):
        reach = Reach(frozenset[str](held), tuple(read_ranges(RANGES[place])), now + timedelta(hours=hours), user)
        yield (held, place, hours, user), reach


@pytest.mark.parametrize("of", [FEW, pytest.param(EVERY, marks=pytest.mark.thorough)], ids=["three", "all"])
def test_of_all_combinations_exactly_those_are_allowed_that_go_beyond_in_nothing(
    of: Collection[Scope], now: datetime
) -> None:
    every = list(reaches(of, now))

    for (held, place, hours, user), maker in every:
        for (wanted, where, until, whose), other in every:
            allowed = wanted <= held and (where, place) in WITHIN and until <= hours and user in (None, whose)
            assert (not maker.excesses(other)) is allowed


@pytest.mark.parametrize("held", making())
async def test_no_key_gives_another_a_scope_that_it_has_not(
    database: Database, door: Door, acme: Company, now: datetime, held: frozenset[Scope]
) -> None:
    maker = await holder(database, door, now, held)

    for wanted in scopes():
        made = attempt(database, maker, Wish(sorted(wanted)), now)
        assert isinstance(made, IssuedKey) is (wanted <= held)
        if isinstance(made, IssuedKey):
            found = await find_key(door, made.text, now)
            assert found
            assert found.scopes == wanted


@pytest.mark.parametrize(
    ("bound", "beyond"),
    [
        ({"addresses": ["10.0.0.0/8"]}, {"addresses": []}),
        ({"addresses": ["10.0.0.0/8"]}, {"addresses": ["10.0.0.0/7"]}),
        ({"addresses": ["10.0.0.0/8"]}, {"addresses": ["10.0.0.0/8", "2001:db8::1"]}),
        ({"lasting": timedelta(days=2)}, {"expires_at": timedelta(days=2, microseconds=1)}),
    ],
)
async def test_no_key_gives_another_more_addresses_or_a_later_end(
    database: Database, door: Door, acme: Company, now: datetime, bound: dict[str, Any], beyond: dict[str, Any]
) -> None:
    maker = await holder(database, door, now, {Scope.ADMIN_KEYS, Scope.READ_STATS}, **bound)
    asked: dict[str, Any] = {
        name: now + value if isinstance(value, timedelta) else value for name, value in beyond.items()
    }

    refused = attempt(database, maker, Wish([Scope.READ_STATS], **asked), now)

    assert isinstance(refused, TurnoutError)
    assert refused.code == "KEY_TOO_STRONG"


async def test_a_key_that_is_told_nothing_makes_one_that_ends_with_itself(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    maker = await holder(database, door, now, {Scope.ADMIN_KEYS}, lasting=timedelta(days=3))

    made = attempt(database, maker, Wish([Scope.ADMIN_KEYS]), now + timedelta(days=1))

    assert isinstance(made, IssuedKey)
    assert made.expires_at == now + timedelta(days=3)


async def test_no_key_outlives_itself_by_rotating(database: Database, door: Door, acme: Company, now: datetime) -> None:
    maker = await holder(database, door, now, {Scope.ADMIN_KEYS}, lasting=timedelta(days=3))
    later = now + timedelta(days=1)

    with support(database.support) as session:
        made = rotate_own_key(session, maker, maker.credential_id, later, overlap=timedelta(), actor=MAKER)

    assert made.expires_at == now + timedelta(days=3)


async def test_a_key_neither_rotates_nor_ends_one_that_goes_beyond_itself(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    maker = await holder(database, door, now, {Scope.ADMIN_KEYS})
    with support(database.support) as session:
        stronger = issue_key(session, "acme", [Scope.READ_PEOPLE], now)

    with pytest.raises(TurnoutError, match="KEY_TOO_STRONG"), support(database.support) as session:
        rotate_own_key(session, maker, stronger.key_id, now, overlap=timedelta(), actor=MAKER)
    with pytest.raises(TurnoutError, match="KEY_TOO_STRONG"), support(database.support) as session:
        revoke_own_key(session, maker, stronger.key_id, now, MAKER)

    assert await find_key(door, stronger.text, now)


async def test_a_key_that_has_been_revoked_in_the_meantime_makes_nothing(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    maker = await holder(database, door, now, {Scope.ADMIN_KEYS})
    with support(database.support) as session:
        revoke_own_key(session, maker, maker.credential_id, now, MAKER)

    refused = attempt(database, maker, Wish([Scope.ADMIN_KEYS]), now)

    assert isinstance(refused, TurnoutError)
    assert refused.code == "UNKNOWN_KEY"


@pytest.mark.parametrize("end", [revoke_passwords, suspend_company])
async def test_who_is_shut_out_while_making_a_key_makes_none(
    database: Database, door: Door, acme: Company, now: datetime, end: Callable[[Session, str, datetime], object]
) -> None:
    maker = await signed_in(database, door, now)

    with support(database.support) as session:
        end(session, "acme", now)
        making = asyncio.create_task(asyncio.to_thread(attempt, database, maker, Wish([Scope.READ_STATS]), now))
        await asyncio.sleep(0.3)
        assert not making.done()
    refused = await making

    assert isinstance(refused, TurnoutError)
    assert refused.code == "UNAUTHENTICATED"


async def test_a_session_makes_keys_until_its_password_or_itself_ends(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    maker = await signed_in(database, door, now)
    with support(database.support) as session:
        password = session.exec(select(CompanyPasswordRow)).one()
        rotate_password(session, "acme", password.password_id, now, overlap=timedelta(hours=1))
    other = await signed_in(database, door, now)

    made = [
        isinstance(attempt(database, who, Wish([Scope.READ_STATS]), now + timedelta(hours=hours)), IssuedKey)
        for who, hours in ((maker, 0.9), (maker, 1), (other, 11.9), (other, 12))
    ]

    assert made == [True, False, True, False]


@pytest.mark.parametrize("scope", [Scope.WRITE_EVENTS, Scope.ADMIN_KEYS])
def test_a_key_of_one_user_neither_tells_nor_makes_keys(
    database: Database, acme: Company, now: datetime, scope: Scope
) -> None:
    with pytest.raises(TurnoutError, match="INVALID_SCOPE"), support(database.support) as session:
        issue_key(session, "acme", [scope, Scope.READ_STATS], now, user_key="anna")


def test_what_a_key_has_made_says_so_in_the_audit(database: Database, acme: Company, now: datetime) -> None:
    with support(database.support) as session:
        made = issue_key(session, "acme", ["read:stats"], now, user_key="anna", addresses=["10.0.0.0/8"], actor=MAKER)

    with psycopg.connect(database.admin) as admin:
        [row] = admin.execute(
            "select actor, name, action, target, details from turnout.audit where action like 'key.%'"
        ).fetchall()
    assert row[:4] == ("KEY", "deploy", "key.issued", str(made.key_id))
    assert row[4] == {
        "scopes": ["read:stats"],
        "addresses": ["10.0.0.0/8"],
        "expiresAt": made.expires_at.isoformat(),
        "oneUser": True,
    }


async def signed_in(database: Database, door: Door, now: datetime) -> Credential:
    """Whoever has signed in with a new password."""
    with support(database.support) as session:
        password = issue_password(session, "acme", None, now).text
    return (await sign_in(door, "acme", password, lambda: now)).credential


async def holder(database: Database, door: Door, now: datetime, held: Any, **bounds: Any) -> Credential:
    """Whoever holds a key of these bounds."""
    with support(database.support) as session:
        key = issue_key(session, "acme", held, now, label="deploy", **bounds)
    address = bounds.get("addresses", ["10.0.0.0/8"])[0].partition("/")[0]
    found = await find_key(door, key.text, now, address)
    assert found
    return found


def attempt(database: Database, maker: Credential, wish: Wish, now: datetime) -> IssuedKey | TurnoutError:
    try:
        with support(database.support) as session:
            return issue_own_key(session, maker, wish, now, MAKER)
    except TurnoutError as refused:
        return refused
