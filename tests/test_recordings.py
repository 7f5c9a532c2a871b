"""Recordings, from the ingest of what was told to the figures of days that had been computed before."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, LiteralString, cast

import psycopg
import pytest

from tests.databases import Database
from tests.oracle import Oracle
from tests.worlds.comparing import Comparison
from tests.worlds.product import Product
from turnout.analytics.periods import by_instants
from turnout.analytics.recordings import RecordingTotals, recording_totals
from turnout.analytics.refreshing import Refresh
from turnout.tenants.company import Company

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The night in which Berlin's clocks are put forward: the day has 23 hours.
NOON = datetime(2026, 3, 29, 10, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 28, 23, tzinfo=UTC)
# What the migration does with recordings of which was told before it.
MIGRATION = files("turnout.database.migrations").joinpath("versions", "v0004_recordings.sql")
FOLDING = cast(
    "LiteralString", "with recursive " + MIGRATION.read_text(encoding="utf-8").partition("with recursive ")[2]
)
START, END = MIDNIGHT - 7 * DAY, MIDNIGHT + 23 * HOUR


@pytest.fixture
async def company(product: Product) -> Company:
    product.now = NOON
    return await product.add_company("acme", "Europe/Berlin", timedelta(hours=24))


def told(what: str, at: datetime, id_: str = "", event: str | None = "e", **data: Any) -> dict[str, Any]:
    """An activity; of a recording unless it is of its event."""
    about = {"recording": "r"} if what.startswith("recording") else {}
    said = about | ({"event": event} if event else {}) | data
    envelope = {"specversion": "1.0", "id": id_ or f"{what}-{at:%dT%H%M}", "source": "test", "type": f"turnout.{what}"}
    return envelope | {"time": at.isoformat(), "data": said}


def retracted(activity: dict[str, Any], at: datetime) -> dict[str, Any]:
    return told("activity.retracted", at, event=None) | {"replaces": activity["id"], "data": {}}


async def compare(
    product: Product, company: Company, activities: Sequence[dict[str, Any]], turn: int | None = None
) -> None:
    """All about the last eight days and about a cut one, or in its turn the figures and one kind of question."""
    oracle = Oracle(company.time_zone, timedelta(hours=24), [], activities)
    for number, span in enumerate([(START, END), (MIDNIGHT - HOUR, MIDNIGHT + HOUR / 2)], start=turn or 1):
        await Comparison(product, company, oracle, number, in_turns=turn is not None).compare(*span)


async def totals(product: Product, company: Company, start: datetime, end: datetime) -> RecordingTotals:
    return await recording_totals(product.reading(company), by_instants(company, start, end))


async def test_a_recording_over_a_midnight_is_in_both_days_less_its_pause(product: Product, company: Company) -> None:
    first = [told("recording.started", MIDNIGHT - HOUR), told("recording.paused", MIDNIGHT - HOUR / 2)]
    then = [told("recording.resumed", MIDNIGHT + HOUR / 2), told("recording.stopped", MIDNIGHT + 4 * HOUR)]

    await product.tell(company, [*first, *then])

    before, after = [await totals(product, company, *days) for days in ((START, MIDNIGHT), (MIDNIGHT, END))]
    assert (before.recorded_minutes, before.peak_at) == (30.0, MIDNIGHT - HOUR)
    assert (after.recorded_minutes, after.peak_at) == (210.0, MIDNIGHT + HOUR / 2)


async def test_a_recording_that_runs_grows_by_itself(product: Product, company: Company) -> None:
    await product.tell(company, [told("recording.started", NOON - HOUR), told("recording.stored", NOON - 2 * HOUR)])

    found = [await totals(product, company, START, END)]
    product.now += HOUR
    found.append(await totals(product, company, START, END))

    assert [(each.recorded_minutes, each.stored_minutes) for each in found] == [(60.0, 60.0), (120.0, 120.0)]


async def test_whatever_comes_later_moves_days_that_were_computed(product: Product, company: Company) -> None:
    """One activity after the other, in an order in which nothing happens, each answered at once."""
    ended = told("event.ended", MIDNIGHT + HOUR, event="top")
    stored = told("recording.stored", MIDNIGHT - 2 * DAY, seconds=60, bytes=5, event=None)
    deleted = told("recording.deleted", MIDNIGHT - DAY, event=None)
    stopped = told("recording.stopped", MIDNIGHT - DAY - HOUR)
    steps = [
        told("recording.started", MIDNIGHT - 3 * DAY),
        told("event.started", MIDNIGHT - 4 * DAY, parent="top"),
        ended,
        deleted,
        stored,
        told("event.ended", MIDNIGHT - 3 * DAY + HOUR, event="other"),
        told("event.started", MIDNIGHT - 3 * DAY, event="e", parent="other"),
        stopped,
        told("recording.started", MIDNIGHT + 2 * HOUR),
        *(retracted(each, NOON) for each in (stopped, deleted, ended, stored)),
    ]

    for number in range(len(steps)):
        await product.tell(company, [steps[number]])
        await compare(product, company, steps[: number + 1], turn=number)


async def test_a_silent_recording_ends_and_goes_on_when_its_event_does(
    product: Product, company: Company, database: Database
) -> None:
    steps = [told("recording.started", NOON - 2 * DAY), told("recording.stored", NOON - DAY, event=None, bytes=7)]
    await product.tell(company, steps)
    await compare(product, company, steps)

    async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        await Refresh(connection, company.company_id, company.generation).settle(product.now)
    await compare(product, company, steps)
    steps.append(told("message.posted", NOON - HOUR, place="PUBLIC_CHAT"))
    await product.tell(company, steps[-1:])

    await compare(product, company, steps)
    product.now += 30 * HOUR
    await compare(product, company, steps)


async def test_what_was_told_before_an_upgrade_is_folded_as_by_the_ingest(product: Product, company: Company) -> None:
    takes = [("started", 0), ("paused", 1), ("resumed", 2), ("stopped", 3), ("started", 5), ("started", 6)]
    await product.tell(company, [told(f"recording.{what}", NOON - DAY + hour * HOUR) for what, hour in takes])
    placed = {"seconds": 90.5, "startedAt": (MIDNIGHT - HOUR).isoformat()}
    lastings: list[dict[str, Any]] = [{"seconds": 60}, placed, {}, {"bytes": 3}]
    for number, lasting in enumerate(lastings):
        said = told("recording.stored", MIDNIGHT, f"s{number}", recording=f"s{number}", **lasting)
        await product.tell(company, [said, told("event.ended", NOON - DAY + 4 * HOUR, f"{number}")])
    by_ingest = await product.runs(company)

    await product.support.execute("delete from recording_run")
    await product.support.execute(FOLDING)

    assert len(by_ingest) == 5
    assert await product.runs(company) == by_ingest


async def test_those_who_tell_of_one_recording_at_once_leave_it_as_one_after_the_other(
    product: Product, company: Company
) -> None:
    verbs = ("started", "paused", "resumed", "stopped")
    steps = [told(f"recording.{verb}", NOON - 5 * HOUR + n * HOUR) for n, verb in enumerate(verbs)]
    steps += [
        told("event.ended", NOON - 4 * HOUR + HOUR / 2),
        told("recording.stored", NOON - HOUR, event="f", bytes=1),
    ]

    await asyncio.gather(*(product.tell(company, [step]) for step in steps))

    await compare(product, company, steps)
