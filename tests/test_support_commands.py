"""What support staff do on the command line: accounts, companies, limits and accesses."""

import json
import re
from datetime import UTC, datetime

import pytest

from turnout.tenants.authentication import authenticate
from turnout.tenants.company import Company
from turnout.tenants.connection import Door

from .commanding import Turnout, turnout

__all__ = ["turnout"]
NOWHERE = "00000000-0000-0000-0000-000000000000"


def codes(*answers: object) -> list[str]:
    return [str(answer.stderr).split(":")[0] for answer in answers]  # type: ignore[attr-defined]


def test_an_account_is_made_with_a_password_alone_on_standard_output(turnout: Turnout) -> None:
    added, again = turnout("support", "add", "Ann"), turnout("support", "add", "Ann")
    renewed = turnout("support", "password", "Ann")
    suspended = turnout("support", "suspend", "Ann")
    [row] = json.loads(turnout("support", "list", "--json").stdout)
    restored = turnout("support", "restore", "Ann")

    assert re.fullmatch(r"\w{5}-\w{5}-\w{5}-\w{5}\n", added.stdout)
    assert re.fullmatch(r"\w{5}-\w{5}-\w{5}-\w{5}\n", renewed.stdout)
    assert added.stdout != renewed.stdout
    assert codes(again) == ["STAFF_EXISTS"]
    assert (row["name"], row["lastUsedAt"], bool(row["suspendedAt"])) == ("Ann", None, True)
    assert suspended.exit_code == restored.exit_code == 0


def test_a_company_is_renamed_suspended_and_restored(turnout: Turnout, acme: Company) -> None:
    turnout("company", "rename", "acme", "Acme & Sons")
    turnout("company", "suspend", "acme")
    [suspended] = json.loads(turnout("company", "list", "--json").stdout)
    turnout("company", "restore", "acme")
    [restored] = json.loads(turnout("company", "list", "--json").stdout)

    assert (suspended["name"], bool(suspended["suspendedAt"])) == ("Acme & Sons", True)
    assert restored["suspendedAt"] is None
    assert noted(turnout) == ["company.restored", "company.suspended", "company.renamed", "company.added"]


def noted(turnout: Turnout) -> list[str]:
    return [row["action"] for row in json.loads(turnout("audit", "list", "acme", "--json").stdout)]


def test_another_stale_after_is_in_force_when_the_command_ends(turnout: Turnout, acme: Company) -> None:
    changed = turnout("company", "change", "acme", "--stale-after", "1.5")

    [row] = json.loads(turnout("company", "list", "--json").stdout)
    assert (changed.exit_code, row["staleAfterHours"]) == (0, 1.5)
    assert codes(turnout("company", "change", "acme", "--stale-after", "0")) == ["INVALID_STALE_AFTER"]


def test_how_minutes_are_billed_is_agreed_on_and_noted(turnout: Turnout, acme: Company) -> None:
    agreed = turnout("company", "change", "acme", "--billed-minutes", "per-stay", "--billed-from", "2026-01-01")
    nonsense = turnout("company", "change", "acme", "--billed-minutes", "roughly")
    closed = turnout("company", "close", "acme")

    [closing, entry, _] = json.loads(turnout("audit", "list", "acme", "--json").stdout)
    assert (agreed.exit_code, nonsense.exit_code, closed.exit_code) == (0, 2, 0)
    assert closing["action"] == "billing.closed"
    assert entry["details"]["billedMinutes"] == {"from": [], "to": ["PER_STAY:2026-01-01"]}


def test_limits_are_set_replaced_and_removed(turnout: Turnout, acme: Company) -> None:
    for limit in ("USERS=5", "CONNECTIONS@WEBINAR=500:2026-01-01:2026-12-31", "USERS=7"):
        assert turnout("company", "limit", "set", "acme", limit).exit_code == 0
    connections, users = json.loads(turnout("company", "limit", "list", "acme", "--json").stdout)
    removed = turnout("company", "limit", "remove", "acme", str(users["id"]))
    again = turnout("company", "limit", "remove", "acme", str(users["id"]))

    assert (connections["section"], connections["from"], connections["to"]) == ("WEBINAR", "2026-01-01", "2026-12-31")
    assert users["value"] == 7
    assert (removed.exit_code, *codes(again)) == (0, "UNKNOWN_LIMIT")
    assert codes(turnout("company", "limit", "set", "acme", "USERS=x")) == ["INVALID_LIMIT"]


async def test_an_access_gives_a_token_that_asks_as_the_company_until_it_is_closed(
    turnout: Turnout, door: Door, acme: Company
) -> None:
    async def found(token: str) -> object:
        return await authenticate(door, f"Bearer {token}", datetime.now(UTC))

    opened = turnout("access", "open", "acme", "--reason", "ticket 7", "--minutes", "5")
    [row] = json.loads(turnout("access", "list", "acme", "--json").stdout)
    before = await found(opened.stdout.strip())
    closed = turnout("access", "close", "acme", row["id"])

    assert getattr(before, "company", None) == acme
    assert (row["by"], row["reason"], row["closedAt"]) == ("command line", "ticket 7", None)
    assert (closed.exit_code, await found(opened.stdout.strip())) == (0, None)
    assert codes(turnout("access", "close", "acme", NOWHERE)) == ["UNKNOWN_ACCESS"]


def test_an_access_needs_a_reason_and_ends_within_the_hour(turnout: Turnout, acme: Company) -> None:
    blank = turnout("access", "open", "acme", "--reason", " ")
    long = turnout("access", "open", "acme", "--reason", "x", "--minutes", "61")

    assert codes(blank, long) == ["INVALID_REASON", "INVALID_ACCESS_TIME"]
    assert turnout("access", "open", "acme").exit_code == 2


@pytest.mark.parametrize("column", ["slug", "storageShare", "lastActiveDay"])
def test_the_overview_is_ordered_by_a_column(turnout: Turnout, acme: Company, globex: Company, column: str) -> None:
    rows = json.loads(turnout("company", "overview", "--by", column, "--json").stdout)

    assert [row["slug"] for row in rows] == ["acme", "globex"]
    assert turnout("company", "overview", "--by", "nothing").exit_code == 2
