"""What an answer says changes though nothing arrives: the day turns, a stay grows stale."""

import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import pytest

from tests.databases import Database
from turnout.analytics.peaks import Section, daily_peaks
from turnout.analytics.periods import by_dates
from turnout.analytics.reading import Reading
from turnout.analytics.refresher import Refresher
from turnout.ingest.intake import take
from turnout.tenants.company import Company
from turnout.tenants.connection import Door

# Midnight in Berlin, where acme is.
MIDNIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = MIDNIGHT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def refresher(database: Database, clock: Clock) -> AsyncGenerator[Refresher]:
    refresher = Refresher(database.refresher, clock)
    await refresher.connect()
    yield refresher
    await refresher.stop()


async def join(door: Door, company: Company, at: datetime) -> None:
    data = {"event": "e", "connection": "c"}
    envelope = {
        "specversion": "1.0",
        "source": "test",
        "id": "1",
        "type": "turnout.stay.joined",
        "time": at.isoformat(),
    }
    await take(door, company.company_id, [json.dumps(envelope | {"data": data}).encode()], MIDNIGHT)


async def peaks(door: Door, refresher: Refresher, clock: Clock, company: Company) -> list[int]:
    """Connections on the day that ends at the midnight and on the one that begins there."""
    reading = Reading(door, refresher, company, clock, patience=30)
    today = MIDNIGHT.astimezone(company.zone).date()
    rows = await daily_peaks(reading, by_dates(company, today - timedelta(days=1), today), [Section.TOTAL])
    return [row.connections for row in rows]


async def test_a_day_computed_at_its_first_instant_has_the_open_stays_a_moment_later(
    door: Door, acme: Company, refresher: Refresher, clock: Clock
) -> None:
    await join(door, acme, MIDNIGHT - timedelta(hours=3))
    assert await peaks(door, refresher, clock, acme) == [1, 0]

    clock.now += timedelta(microseconds=1)

    assert await peaks(door, refresher, clock, acme) == [1, 1]


async def test_a_stay_that_has_grown_stale_leaves_the_days_it_had_entered(
    door: Door, acme: Company, refresher: Refresher, clock: Clock
) -> None:
    await join(door, acme, MIDNIGHT - timedelta(hours=3))
    clock.now += timedelta(hours=20)
    assert await peaks(door, refresher, clock, acme) == [1, 1]

    clock.now = MIDNIGHT + timedelta(hours=21)

    assert await peaks(door, refresher, clock, acme) == [0, 0]
