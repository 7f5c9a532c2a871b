"""clients: what users signed in with, worked out by hand."""

from datetime import datetime
from typing import Any

from .asking import ask
from .clients import Client, activity
from .telling import Told

PERIOD = {"dates": {"from": "2026-02-28", "to": "2026-03-03"}}
WINDOWS = {"device": "DESKTOP", "client": "Windows app", "os": "Windows 11"}
ANDROID = {"device": "MOBILE", "client": "Android app", "os": "Android 16"}
TABLET = {"device": "TABLET", "client": "Web", "os": "iPadOS"}
UNKNOWN = {"device": "UNKNOWN", "client": "Unknown", "os": None}
OTHER = {"device": "UNKNOWN", "client": "Other", "os": None}


def row(day: str | None, client: dict[str, Any], sign_ins: int, users: int) -> dict[str, Any]:
    return {"day": day} | client | {"signIns": sign_ins, "users": users}


async def test_each_day_has_its_own_rows(told: Told) -> None:
    answer = await ask(told.little, "clients", period=PERIOD)

    assert answer == [
        row("2026-02-28", WINDOWS, 1, 1),
        row("2026-03-01", WINDOWS, 3, 2),
        row("2026-03-01", ANDROID, 1, 1),
        row("2026-03-01", UNKNOWN, 1, 1),
        row("2026-03-02", TABLET, 1, 1),
    ]


async def test_what_does_not_fit_into_a_day_is_other(told: Told) -> None:
    answer = await ask(told.little, "clients", period=PERIOD, limit=1)

    assert answer == [
        row("2026-02-28", WINDOWS, 1, 1),
        row("2026-03-01", WINDOWS, 3, 2),
        row("2026-03-01", OTHER, 2, 1),
        row("2026-03-02", TABLET, 1, 1),
    ]


async def test_a_period_as_a_whole_has_no_days_and_counts_users_once(told: Told) -> None:
    whole = await ask(told.little, "clients", period=PERIOD, perDay=False)
    two = await ask(told.little, "clients", period=PERIOD, perDay=False, limit=2)

    assert whole == [
        row(None, WINDOWS, 4, 2),
        row(None, ANDROID, 1, 1),
        row(None, TABLET, 1, 1),
        row(None, UNKNOWN, 1, 1),
    ]
    assert two == [*whole[:2], row(None, OTHER, 2, 2)]


async def test_a_cut_day_counts_its_part(told: Told) -> None:
    part = {"instants": {"from": "2026-03-01T08:31:00Z", "to": "2026-03-01T08:33:00Z"}}

    assert await ask(told.little, "clients", period=part) == [
        row("2026-03-01", WINDOWS, 1, 1),
        row("2026-03-01", ANDROID, 1, 1),
    ]


async def test_a_client_of_any_name_that_is_taken_can_be_counted_by_day(at_acme: Client, now: datetime) -> None:
    """Longer than an entry of an index may be, and of signs that do not repeat."""
    signs = "".join(chr(0x20000 + 7919 * number % 40_000) for number in range(4000))
    said = {"client": signs[:2000], "os": signs[2000:]}
    longer = activity("longer", "turnout.user.signedIn", now, user="anna", client=signs[:2001])

    refused = await at_acme.ingest([activity("long", "turnout.user.signedIn", now, user="anna", **said), longer])
    answer = await ask(at_acme, "clients", period={"preset": "TODAY"})

    assert [(item["id"], item["code"]) for item in refused.json()["quarantined"]] == [("longer", "INVALID")]
    assert answer == [row("2026-03-02", {"device": "UNKNOWN"} | said, 1, 1)]
