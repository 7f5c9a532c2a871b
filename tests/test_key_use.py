"""Keys in use: from where, when last, and while another takes their place."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from turnout.database.errors import TurnoutError
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.key_rows import MOST_ACTIVE, IssuedKey
from turnout.tenants.keys import ListedKey, find_key, issue_key, list_keys, revoke_key, rotate_key
from turnout.tenants.rotation import overlap_of
from turnout.tenants.support import support

from .databases import Database

OFFICE = ["203.0.113.0/24", "2001:db8::/32"]


@pytest.mark.parametrize("address", ["203.0.113.0", "203.0.113.255", "2001:db8::1"])
async def test_a_key_is_known_from_its_addresses(
    database: Database, door: Door, acme: Company, now: datetime, address: str
) -> None:
    key = issue(database, now, OFFICE)

    assert await find_key(door, key.text, now, address)


@pytest.mark.parametrize("address", ["203.0.114.0", "10.0.0.1", "2001:db9::1", "::ffff:203.0.113.1", None])
async def test_from_elsewhere_it_is_as_unknown_as_any_and_not_used(
    database: Database, door: Door, acme: Company, now: datetime, address: str | None
) -> None:
    key = issue(database, now, OFFICE)

    assert await find_key(door, key.text, now, address) is None
    assert listed(database)[0].last_used_at is None


async def test_when_a_key_was_last_used_is_known_to_the_minute(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    key = issue(database, now)
    uses = [now + timedelta(seconds=seconds) for seconds in (0, 59, 60, 61, 3600, 30)]

    seen: list[datetime | None] = []
    for use in uses:
        assert await find_key(door, key.text, use)
        seen.append(listed(database)[0].last_used_at)

    assert seen == [uses[0], uses[0], uses[2], uses[2], uses[4], uses[4]]


async def test_nobody_waits_to_write_that_a_key_was_used(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    key = issue(database, now)

    with psycopg.connect(database.admin) as other:
        other.execute("select from turnout.api_key for update")
        async with asyncio.timeout(5):
            assert await find_key(door, key.text, now)

    assert listed(database)[0].last_used_at is None


async def test_a_key_of_a_suspended_company_is_unknown_until_it_is_restored(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    key = issue(database, now)

    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute("update turnout.company set suspended_at = now()")
        assert await find_key(door, key.text, now) is None
        admin.execute("update turnout.company set suspended_at = null")

    assert await find_key(door, key.text, now)


async def test_both_work_while_one_takes_the_place_of_the_other(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    old = issue(database, now, OFFICE, user_key="anna", lasting=timedelta(days=10))
    rotated = now + timedelta(days=4)

    with support(database.support) as session:
        new = rotate_key(session, "acme", old.key_id, rotated, overlap=timedelta(hours=2))

    works = [await find_key(door, key.text, rotated + timedelta(hours=1), "203.0.113.1") for key in (old, new)]
    successor, replaced = listed(database)
    assert all(works)
    assert not await find_key(door, old.text, rotated + timedelta(hours=2), "203.0.113.1")
    assert new.expires_at == successor.expires_at == rotated + timedelta(days=10)
    assert (replaced.expires_at, replaced.replaced_by) == (rotated + timedelta(hours=2), new.key_id)
    for field in ("scopes", "addresses", "user_key", "label"):
        assert getattr(successor, field) == getattr(replaced, field)


def test_a_key_that_is_about_to_end_is_not_prolonged_by_being_replaced(
    database: Database, acme: Company, now: datetime
) -> None:
    old = issue(database, now, lasting=timedelta(hours=5))

    with support(database.support) as session:
        rotate_key(session, "acme", old.key_id, now, overlap=timedelta(days=7))

    assert listed(database)[-1].expires_at == now + timedelta(hours=5)


def test_a_key_is_replaced_once_and_only_while_it_works(database: Database, acme: Company, now: datetime) -> None:
    old, revoked = issue(database, now), issue(database, now)
    with support(database.support) as session:
        rotate_key(session, "acme", old.key_id, now)
        revoke_key(session, "acme", revoked.key_id, now)

    for key, when, code in (
        (old, now, "KEY_REPLACED"),
        (old, now + timedelta(days=1), "UNKNOWN_KEY"),
        (revoked, now, "UNKNOWN_KEY"),
    ):
        with pytest.raises(TurnoutError, match=code), support(database.support) as session:
            rotate_key(session, "acme", key.key_id, when)


def test_another_companys_key_is_not_replaced(
    database: Database, acme: Company, globex: Company, now: datetime
) -> None:
    ours = issue(database, now)

    with pytest.raises(TurnoutError, match="UNKNOWN_KEY"), support(database.support) as session:
        rotate_key(session, "globex", ours.key_id, now)


@pytest.mark.parametrize("hours", [-0.1, 168.1, float("nan"), float("inf")])
def test_keys_overlap_for_a_week_at_most(hours: float) -> None:
    with pytest.raises(TurnoutError, match="INVALID_OVERLAP"):
        overlap_of(hours)


def test_what_was_rotated_and_revoked_is_in_the_audit_and_no_text_of_a_key_is(
    database: Database, acme: Company, now: datetime
) -> None:
    old = issue(database, now)
    with support(database.support) as session:
        new = rotate_key(session, "acme", old.key_id, now)
        revoke_key(session, "acme", new.key_id, now)

    with psycopg.connect(database.admin) as admin:
        rows = admin.execute(
            "select action, target, a::text from turnout.audit a where action like 'key.%' order by audit_id"
        ).fetchall()
    assert [row[:2] for row in rows] == [
        ("key.issued", str(old.key_id)),
        ("key.rotated", str(old.key_id)),
        ("key.revoked", str(new.key_id)),
    ]
    assert not any(key.text[23:] in row[2] for row in rows for key in (old, new))


def test_a_company_has_a_hundred_active_keys_at_most(database: Database, acme: Company, now: datetime) -> None:
    with support(database.support) as session:
        keys = [issue_key(session, "acme", ["read:stats"], now) for _ in range(MOST_ACTIVE)]

    with pytest.raises(TurnoutError, match="TOO_MANY_KEYS"):
        issue(database, now)
    with support(database.support) as session:
        revoke_key(session, "acme", keys[-1].key_id, now)
    assert issue(database, now)


def issue(
    database: Database,
    now: datetime,
    addresses: list[str] | None = None,
    *,
    user_key: str | None = None,
    lasting: timedelta = timedelta(days=365),
) -> IssuedKey:
    bounds: dict[str, Any] = {"addresses": addresses or (), "user_key": user_key, "lasting": lasting}
    with support(database.support) as session:
        return issue_key(session, "acme", ["read:stats"], now, label="bi", **bounds)


def listed(database: Database) -> list[ListedKey]:
    with support(database.support) as session:
        return list_keys(session, "acme")
