"""Commands that issue, list, rotate and end what companies sign in with."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from turnout.database.errors import TurnoutError
from turnout.tenants.caller import NOBODY
from turnout.tenants.choosing import activate
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.keys import find_key
from turnout.tenants.sessions import sign_in

from .commanding import Turnout, turnout

__all__ = ["turnout"]

NOWHERE = "00000000-0000-0000-0000-000000000000"


async def test_an_issued_password_stands_alone_on_standard_output_and_signs_in(
    turnout: Turnout, door: Door, acme: Company
) -> None:
    issued = turnout("password", "issue", "acme", "--label", "front desk")

    assert re.fullmatch(r"\w{5}-\w{5}-\w{5}-\w{5}\n", issued.stdout)
    signed_in = await sign_in(door, "acme", issued.stdout, lambda: datetime.now(UTC))
    assert signed_in.company == acme
    [listed] = json.loads(turnout("password", "list", "acme", "--json").stdout)
    assert (listed["label"], listed["revokedAt"]) == ("front desk", None)


def test_passwords_are_revoked_one_by_one_or_all_together(turnout: Turnout, acme: Company) -> None:
    for _ in range(3):
        turnout("password", "issue", "acme")
    first = json.loads(turnout("password", "list", "acme", "--json").stdout)[0]["id"]

    one = turnout("password", "revoke", "acme", "--id", first)
    others = turnout("password", "revoke", "acme", "--all")

    assert (one.exit_code, others.exit_code) == (0, 0)
    assert "Revoked 2 of the passwords" in others.stderr
    assert all(row["revokedAt"] for row in json.loads(turnout("password", "list", "acme", "--json").stdout))


def test_a_password_is_issued_for_a_while_or_for_activation_alone(turnout: Turnout, acme: Company) -> None:
    turnout("password", "issue", "acme", "--label", "auditor", "--expires", "90d")
    turnout("password", "issue", "acme", "--must-change")

    activation, auditor = json.loads(turnout("password", "list", "acme", "--json").stdout)

    assert [(row["kind"], lasting(row)) for row in (auditor, activation)] == [
        ("GENERATED", timedelta(days=90)),
        ("ACTIVATION", timedelta(hours=72)),
    ]
    assert auditor["lastUsedAt"] is None


async def test_a_password_is_rotated_and_the_old_one_stays_for_a_day(
    turnout: Turnout, door: Door, acme: Company
) -> None:
    old = turnout("password", "issue", "acme").stdout
    first = json.loads(turnout("password", "list", "acme", "--json").stdout)[0]["id"]

    kept = turnout("password", "rotate", "acme", "--id", first)

    signed_in = [await sign_in(door, "acme", text, lambda: datetime.now(UTC)) for text in (old, kept.stdout)]
    assert [each.company for each in signed_in] == [acme, acme]
    assert turnout("password", "rotate", "acme", "--id", first, "--overlap", "0").exit_code == 0
    with pytest.raises(TurnoutError, match="SIGN_IN_FAILED"):
        await sign_in(door, "acme", old, lambda: datetime.now(UTC))


async def test_a_link_stands_alone_on_standard_output_and_works_until_it_is_revoked(
    turnout: Turnout, door: Door, acme: Company
) -> None:
    used, revoked = (turnout("password", "link", "acme", "--label", "desk").stdout.strip() for _ in range(2))
    last, _ = json.loads(turnout("password", "links", "acme", "--json").stdout)

    ended = turnout("password", "unlink", "acme", last["id"])

    begun = await activate(door, used, "kein Schwein ruft mich an", lambda: datetime.now(UTC), caller=NOBODY)
    assert (begun.company, begun.credential.label, ended.exit_code) == (acme, "desk", 0)
    with pytest.raises(TurnoutError, match="LINK_INVALID"):
        await activate(door, revoked, "kein Schwein ruft mich an", lambda: datetime.now(UTC), caller=NOBODY)


@pytest.mark.parametrize("text", ["", "-1d", "1", "1w", "1.5h", "99999999d"])
def test_a_time_that_cannot_be_read_is_refused(turnout: Turnout, acme: Company, text: str) -> None:
    refused = turnout("password", "rotate", "acme", "--id", NOWHERE, "--overlap", text)

    assert "INVALID_DURATION" in refused.stderr


def lasting(row: dict[str, str]) -> timedelta:
    took = datetime.fromisoformat(row["expiresAt"]) - datetime.fromisoformat(row["createdAt"])
    return timedelta(seconds=round(took.total_seconds(), -1))


def test_revoking_without_saying_what_is_refused(turnout: Turnout, acme: Company) -> None:
    assert turnout("password", "revoke", "acme").exit_code == 2
    assert turnout("password", "revoke", "acme", "--all", "--id", NOWHERE).exit_code == 2


async def test_an_issued_key_stands_alone_on_standard_output_and_works_until_revoked(
    turnout: Turnout, door: Door, acme: Company
) -> None:
    issued = turnout("key", "issue", "acme", "--scope", "read:stats", "--scope", "write:events", "--expires-days", "7")
    found = await find_key(door, issued.stdout.strip(), datetime.now(UTC))
    [listed] = json.loads(turnout("key", "list", "acme", "--json").stdout)
    revoked = turnout("key", "revoke", "acme", listed["id"])

    assert found
    assert (found.company, found.scopes) == (acme, {"read:stats", "write:events"})
    assert listed["prefix"] == issued.stdout[:23]
    assert revoked.exit_code == 0
    assert not await find_key(door, issued.stdout.strip(), datetime.now(UTC))


async def test_a_key_is_rotated_and_the_old_one_works_for_as_long_as_it_is_told(
    turnout: Turnout, door: Door, acme: Company
) -> None:
    old = turnout("key", "issue", "acme", "--scope", "read:stats").stdout.strip()
    [first] = json.loads(turnout("key", "list", "acme", "--json").stdout)

    new = turnout("key", "rotate", "acme", first["id"], "--overlap", "2h").stdout.strip()

    now = datetime.now(UTC)
    after = [[await find_key(door, key, now + timedelta(hours=hours)) for hours in (1, 3)] for key in (old, new)]
    assert [[found is not None for found in each] for each in after] == [[True, False], [True, True]]
