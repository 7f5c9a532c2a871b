"""API keys: their shape, whom they lead to, and how they end."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from turnout.database.errors import TurnoutError
from turnout.tenants.authentication import authenticate
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.credential import Credential
from turnout.tenants.key_rows import IssuedKey
from turnout.tenants.key_texts import generate, is_whole
from turnout.tenants.keys import find_key, issue_key, lifetime, list_keys, revoke_key
from turnout.tenants.support import support

from .databases import Database

BOTH = ["write:events", "read:stats"]


def test_a_key_says_what_it_is_and_ends_with_its_checksum() -> None:
    key = generate()

    assert re.fullmatch(r"turnout_live_key_[0-9A-Za-z]{38}", key)
    assert is_whole(key)


def test_one_wrong_character_is_noticed_without_asking_the_database() -> None:
    key = generate()

    for place in range(len("turnout_live_key_"), len(key)):
        mistyped = key[:place] + ("a" if key[place] != "a" else "b") + key[place + 1 :]
        assert not is_whole(mistyped)


@pytest.mark.parametrize("text", ["", "turnout_live_key_", "\ud800", "turnout_live_key_" + "٣" * 38])
def test_what_has_not_the_shape_of_a_key_is_none(text: str) -> None:
    assert not is_whole(text)


async def test_a_key_leads_to_its_company_and_scopes(
    database: Database, door: Door, acme: Company, globex: Company, now: datetime
) -> None:
    ours, theirs = issue(database, "acme", now), issue(database, "globex", now, ["read:stats"])

    found = [await find_key(door, key.text, now) for key in (ours, theirs)]

    assert found == [
        Credential(acme, "key", ours.key_id, frozenset(BOTH)),
        Credential(globex, "key", theirs.key_id, frozenset({"read:stats"})),
    ]


async def test_a_key_works_for_a_year_unless_told_otherwise(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    usual = issue(database, "acme", now)
    with support(database.support) as session:
        short = issue_key(session, "acme", BOTH, now, lasting=lifetime(1))

    assert await find_key(door, usual.text, now + timedelta(days=365, seconds=-1))
    assert not await find_key(door, usual.text, now + timedelta(days=365))
    assert await find_key(door, short.text, now + timedelta(hours=23))
    assert not await find_key(door, short.text, now + timedelta(days=1))


async def test_a_revoked_key_is_refused_from_then_on(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    key, other = issue(database, "acme", now), issue(database, "acme", now)

    with support(database.support) as session:
        revoke_key(session, "acme", key.key_id, now)

    assert not await find_key(door, key.text, now)
    assert await find_key(door, other.text, now)


async def test_a_key_that_nobody_issued_is_refused(door: Door, acme: Company, now: datetime) -> None:
    assert not await find_key(door, generate(), now)


def test_the_text_of_a_key_is_nowhere_in_the_database(database: Database, acme: Company, now: datetime) -> None:
    key = issue(database, "acme", now)

    with psycopg.connect(database.admin) as admin:
        [(kept,)] = admin.execute("select k::text from turnout.api_key k").fetchall()
    assert key.text[:23] in kept
    assert key.text[23:] not in kept


def test_keys_are_listed_the_latest_first(database: Database, acme: Company, globex: Company, now: datetime) -> None:
    first, second = issue(database, "acme", now), issue(database, "acme", now + timedelta(hours=1))
    issue(database, "globex", now)

    with support(database.support) as session:
        listed = list_keys(session, "acme")

    assert [row.key_id for row in listed] == [second.key_id, first.key_id]
    assert listed[1].prefix == first.text[:23]
    assert listed[1].scopes == ["read:stats", "write:events"]
    assert listed[1].expires_at == now + timedelta(days=365)


def test_another_companys_key_cannot_be_revoked(
    database: Database, acme: Company, globex: Company, now: datetime
) -> None:
    theirs = issue(database, "globex", now)

    for key_id in (theirs.key_id, uuid4()):
        with pytest.raises(TurnoutError, match="UNKNOWN_KEY"), support(database.support) as session:
            revoke_key(session, "acme", key_id, now)


@pytest.mark.parametrize("scopes", [[], ["read:everything"], ["read:stats", "admin"], ["READ:STATS"]])
def test_only_scopes_of_the_closed_list_are_given(
    database: Database, acme: Company, now: datetime, scopes: list[str]
) -> None:
    with pytest.raises(TurnoutError, match="INVALID_SCOPE"), support(database.support) as session:
        issue_key(session, "acme", scopes, now)


@pytest.mark.parametrize("days", [-1, 0, 100_000, 10**20])
def test_a_key_neither_begins_ended_nor_lasts_for_ever(days: int) -> None:
    with pytest.raises(TurnoutError, match="INVALID_LIFETIME"):
        lifetime(days)


async def test_a_key_is_taken_from_the_authorization_header(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    key = issue(database, "acme", now)

    found = await authenticate(door, f"Bearer {key.text}", now)

    assert found
    assert (found.company, found.kind, found.credential_id) == (acme, "key", key.key_id)
    assert await authenticate(door, f"bearer {key.text}", now)


@pytest.mark.parametrize(
    "header",
    ["{}", "Bearer", "Bearer  {}", " Bearer {}", "Bearer {}\n", "Basic {}", "Bearer {} x", "Bearer {},Bearer {}"],
)
async def test_a_header_of_another_form_is_nobodys(
    database: Database, door: Door, acme: Company, now: datetime, header: str
) -> None:
    key = issue(database, "acme", now)

    assert await authenticate(door, header.replace("{}", key.text), now) is None


@pytest.mark.parametrize(
    "header", [None, "", "Bearer \0", "Bearer \ud800", "Bearer " + "a" * 100_000, "Bearer turnout_"]
)
async def test_a_header_of_nonsense_is_nobodys(door: Door, now: datetime, header: str | None) -> None:
    assert await authenticate(door, header, now) is None


def issue(database: Database, slug: str, now: datetime, scopes: list[str] = BOTH) -> IssuedKey:
    with support(database.support) as session:
        return issue_key(session, slug, scopes, now)
