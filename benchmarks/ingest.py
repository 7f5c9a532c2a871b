"""Taking activities in, beside psycopg's binary COPY of the same activities into one table with only its key.

Run: .venv/bin/python -m benchmarks.ingest [--rounds 5] [--companies 5] [--statements]
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import psycopg

from benchmarks import measured_statements
from benchmarks.copying import SQL, columns_of, copy
from benchmarks.mixed_day import FIRST_DAY, Day
from turnout.database import calendar
from turnout.database.embedded import Server, attach
from turnout.database.migrating import prepare
from turnout.database.statements import statements
from turnout.ingest.intake import read_batch, take
from turnout.tenants.connection import Door

HISTORY: Final = statements("benchmarks", "history.sql")
DATABASE: Final = "taken_in"
AT_ONCE: Final = 10_000
SMALL: Final = 100
Times = dict[str, list[float]]


@dataclass(frozen=True)
class Bench:
    """Where it is measured: an own connection for COPY, and the door for everything else."""

    admin: psycopg.Connection
    door: Door
    companies: int

    async def round(self, number: int) -> dict[str, float]:
        """Seconds that each way takes for as many activities; the days of a round are no other round's."""
        company = 1 + number % self.companies
        in_order, shuffled, small = (Day(number, way) for way in ("in-order", "shuffled", "small"))
        bodies, mixed, few = in_order.activities(AT_ONCE), shuffled.activities(AT_ONCE), small.activities(AT_ONCE)
        random.Random(number).shuffle(mixed)
        rows = columns_of(company, bodies)
        return {
            "COPY": copy(self.admin, rows),
            "reading alone": clock_reading(bodies, in_order.end),
            "in order": await self._take(company, [bodies], in_order.end),
            "again": await self._take(company, [bodies], in_order.end),
            "shuffled": await self._take(company, [mixed], shuffled.end),
            f"batches of {SMALL}": await self._take(company, list(cut(few)), small.end),
        }

    async def _take(self, company: int, batches: Sequence[list[bytes]], now: datetime) -> float:
        began = time.perf_counter()
        for batch in batches:
            assert not (await take(self.door, company, batch, now)).quarantined
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--companies", type=int, default=5)
    parser.add_argument("--statements", action="store_true", help="what each statement of the database takes, too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="turnout-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # whoever runs Postgres must come in
        data = Path(folder) / "data"
        if given.statements:
            measured_statements.preload(data)
        with attach(data) as server:
            prepare(server.conninfo(user="postgres", dbname="postgres"), DATABASE)
            login = server.conninfo(user="postgres", dbname=DATABASE)
            with psycopg.connect(login, autocommit=True, options="-c search_path=turnout") as admin:
                fill(admin, given.companies)
                report(asyncio.run(measure(server, admin, given)))
                if given.statements:
                    measured_statements.report(admin, AT_ONCE * given.rounds)


def fill(admin: psycopg.Connection, companies: int) -> None:
    calendar.extend(admin, "UTC", FIRST_DAY)
    admin.execute(HISTORY["add_companies"], {"companies": companies})
    admin.execute(HISTORY["add_rollups"])
    admin.execute(SQL["create_copied"])


async def measure(server: Server, admin: psycopg.Connection, given: argparse.Namespace) -> Times:
    """Seconds of each way, round by round; the first warms up."""
    door = Door(server.conninfo(user="turnout_app", dbname=DATABASE))
    await door.open()
    bench, times = Bench(admin, door, given.companies), defaultdict[str, list[float]](list)
    for number in range(given.rounds + 1):
        if number == 1 and given.statements:
            measured_statements.begin(admin)
        for way, seconds in (await bench.round(number)).items():
            if number:
                times[way].append(seconds)
    await door.close()
    return times


def clock_reading(bodies: list[bytes], now: datetime) -> float:
    began = time.perf_counter()
    read_batch(bodies, now)
    return time.perf_counter() - began


def cut(bodies: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(bodies), SMALL):
        yield bodies[start : start + SMALL]


def report(times: Times) -> None:
    medians = {way: statistics.median(seconds) for way, seconds in times.items()}
    print(f"{AT_ONCE:,} activities of a mixed day, medians of {len(times['COPY'])} rounds, the slowest in brackets")
    for way, median in medians.items():
        print(
            f"  {way:15} {1e6 * median / AT_ONCE:6.1f} µs an activity ({1e6 * max(times[way]) / AT_ONCE:.1f})"
            f"   {medians['COPY'] / median:5.3f} of COPY's speed"
        )
    print(f"  of COPY's speed, in order: {medians['COPY'] / medians['in order']:.3f} (bar: at least 0.2)")
    small = medians[f"batches of {SMALL}"] / medians["in order"]
    print(f"  batches of {SMALL} ÷ of {AT_ONCE:,}: {small:.2f} (bar: under 3)")
    print(f"  new ÷ known: {medians['in order'] / medians['again']:.2f} (bar: at least 3)")


if __name__ == "__main__":
    main()
