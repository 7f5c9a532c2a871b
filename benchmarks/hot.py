"""A day of 100,000 stays with an activity a second: what a refresh of it takes, and what its readers pay for it.

Run: .venv/bin/python -m benchmarks.hot [--stays 100000] [--seconds 30] [--rounds 9]
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection

from turnout.analytics.peaks import Section, daily_peaks
from turnout.analytics.periods import PeriodPreset, by_preset
from turnout.analytics.reading import Clock, Reading
from turnout.analytics.refresher import Refresher
from turnout.analytics.refreshing import Refresh
from turnout.analytics.summary import period_summary
from turnout.database import calendar
from turnout.database.embedded import Server, attach
from turnout.database.migrating import prepare
from turnout.database.statements import statements
from turnout.ingest.intake import take
from turnout.tenants.company import Company
from turnout.tenants.connection import Door

HISTORY: Final = statements("benchmarks", "history.sql")
HOT: Final = statements("benchmarks", "hot.sql")
DATABASE: Final = "a_hot_day"
NOW: Final = datetime(2026, 3, 2, 18, tzinfo=UTC)
COMPANY: Final = Company(1, "company-1", "Company 1", "UTC", 1)


@dataclass(frozen=True)
class Hot:
    """The company of the day, whoever refreshes it, and a clock that goes on from the day's evening."""

    door: Door
    refresher: Refresher
    connection: AsyncConnection[Any]
    clock: Clock

    async def read(self) -> float:
        """Seconds that a dashboard's question about today takes, refreshing included."""
        reading = Reading(self.door, self.refresher, COMPANY, self.clock, patience=60)
        today = by_preset(COMPANY, PeriodPreset.TODAY, reading.now, None)
        began = time.perf_counter()
        await asyncio.gather(period_summary(reading, today), daily_peaks(reading, today, list(Section)))
        return time.perf_counter() - began

    async def tell(self, number: int) -> None:
        """Somebody joins one of the day's events; the refresher is woken as a server wakes it."""
        data = {"event": f"hot/{1 + number % 1000}", "connection": f"new {number}", "user": f"u{1 + number}"}
        activity = {"specversion": "1.0", "source": "benchmark", "id": f"{number}", "type": "turnout.stay.joined"}
        told = activity | {"time": self.clock().isoformat(), "data": data}
        await take(self.door, COMPANY.company_id, [json.dumps(told).encode()], self.clock())
        self.refresher.wake()

    async def refresh(self) -> float:
        """Seconds that refreshing takes, by nobody's order."""
        began = time.perf_counter()
        assert await Refresh(self.connection, COMPANY.company_id, 1).run(self.clock()) == 0
        return time.perf_counter() - began

    async def quiet(self) -> None:
        """Wait until nothing is marked."""
        # The marks lie in the database: nobody tells when they are gone.
        while (await (await self.connection.execute(HOT["marks_left"])).fetchone()) != (0,):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stays", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=30, help="for how long there is an activity a second")
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="turnout-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # whoever runs Postgres must come in
        with attach(Path(folder) / "data") as server:
            prepare(server.conninfo(user="postgres", dbname="postgres"), DATABASE)
            fill(server.conninfo(user="postgres", dbname=DATABASE), given.stays)
            asyncio.run(measure(server, given.rounds, given.seconds))


def fill(conninfo: str, stays: int) -> None:
    sizes = {"companies": 1, "now": NOW, "events": stays // 20, "persons": max(stays // 5, 1000)}
    with psycopg.connect(conninfo, autocommit=True, options="-c search_path=turnout") as admin:
        calendar.extend(admin, "UTC", NOW)
        admin.execute("set session_replication_role = replica")  # nothing here is worth a foreign key's look-up
        admin.execute(HISTORY["add_companies"], sizes)
        for name, statement in HOT.items():
            if name != "marks_left":
                admin.execute(statement, sizes)
        admin.execute("vacuum (analyze)")


async def measure(server: Server, rounds: int, seconds: int) -> None:
    async with hot(server) as day:
        print(f"the day computed for the first time: {1e3 * await day.refresh():.0f} ms")
        for number in range(2):  # what is prepared and planned at first is not measured
            await day.tell(number)
            await day.refresh()
            await day.read()
        refreshes, clean, marked = await in_turns(day, rounds)
        await day.refresher.start()
        between = await readers_meanwhile(day, seconds)
    said("a refresh after one activity", refreshes)
    said("a reader of a clean day", clean)
    said("a reader right after an activity", marked, clean)
    said("a reader at any time, with an activity a second (bar: under 2)", between, clean)


async def in_turns(day: Hot, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """One after the other, round by round, so that whatever else the machine does meets all of them."""
    refreshes: list[float] = []
    clean: list[float] = []
    marked: list[float] = []
    for number in range(rounds):
        await day.tell(100 + 2 * number)
        refreshes.append(await day.refresh())
        clean.append(await day.read())
        await day.tell(101 + 2 * number)
        marked.append(await day.read())
    return refreshes, clean, marked


async def readers_meanwhile(day: Hot, seconds: int) -> list[float]:
    """Readers at random moments, while somebody joins every second."""
    dice = random.Random(7)
    telling = asyncio.create_task(an_activity_a_second(day, seconds))
    times: list[float] = []
    while not telling.done():
        await asyncio.sleep(dice.uniform(0, 0.4))
        times.append(await day.read())
    await telling
    await day.quiet()
    return times


async def an_activity_a_second(day: Hot, seconds: int) -> None:
    for number in range(seconds):
        told = asyncio.create_task(day.tell(10_000 + number))
        await asyncio.sleep(1)
        await told


@asynccontextmanager
async def hot(server: Server) -> AsyncGenerator[Hot]:
    clock = going_on(NOW)
    door = Door(server.conninfo(user="turnout_app", dbname=DATABASE))
    login = server.conninfo(user="turnout_refresher", dbname=DATABASE)
    refresher = Refresher(login, clock)
    await door.open()
    await refresher.connect()
    async with await AsyncConnection[tuple[Any, ...]].connect(login, autocommit=True) as connection:
        await connection.execute("select set_config('app.company', '1', false)")
        yield Hot(door, refresher, connection, clock)
    await refresher.stop()
    await door.close()


def going_on(since: datetime) -> Callable[[], datetime]:
    began = time.monotonic()
    return lambda: since + timedelta(seconds=time.monotonic() - began)


def said(what: str, seconds: Sequence[float], beside: Sequence[float] = ()) -> None:
    median = statistics.median(seconds)
    ratio = f" = {median / statistics.median(beside):.2f} × a clean day" if beside else ""
    print(f"{what}: {1e3 * median:.0f} ms ({1e3 * min(seconds):.0f} to {1e3 * max(seconds):.0f}){ratio}")


if __name__ == "__main__":
    main()
