"""What a refresh of one day of a company with 20,000 stays is made of: each part beside the reference for stays.

Run: .venv/bin/python -m benchmarks.parts [--rounds 5]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection

from benchmarks.refresh import FILL, LAST_DAY, NOW
from turnout.analytics.sweeping.sweep import Sweep
from turnout.database import calendar
from turnout.database.embedded import attach
from turnout.database.migrating import prepare
from turnout.database.statements import statements

HISTORY: Final = statements("benchmarks", "history.sql")
BUSY: Final = statements("benchmarks", "parts.sql")
REFRESH: Final = statements("turnout.analytics", "refresh.sql")
DATABASE: Final = "a_busy_day"
THE_REFERENCE: Final = "measure() of the day"
SIZES: Final = {"companies": 1, "events": 1000, "stays": 20, "first_day": LAST_DAY, "last_day": LAST_DAY}
THE_DAY: Final[Mapping[str, Any]] = {
    "company": 1,
    "generation": 1,
    "as_of": NOW,
    "days": [LAST_DAY.date()],
    "starts": [LAST_DAY],
    "ends": [LAST_DAY + timedelta(days=1)],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="turnout-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # whoever runs Postgres must come in
        with attach(Path(folder) / "data") as server:
            prepare(server.conninfo(user="postgres", dbname="postgres"), DATABASE)
            fill(server.conninfo(user="postgres", dbname=DATABASE))
            login = server.conninfo(user="turnout_refresher", dbname=DATABASE)
            report(asyncio.run(measure(login, given.rounds)))


def fill(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True, options="-c search_path=turnout") as admin:
        calendar.extend(admin, "UTC", NOW)
        admin.execute("set session_replication_role = replica")  # nothing here is worth a foreign key's look-up
        for name in FILL:
            admin.execute(HISTORY[name], SIZES)
        for name, statement in BUSY.items():
            if name.startswith(("add_", "name_")):
                admin.execute(statement)
        admin.execute("vacuum (analyze)")


async def measure(conninfo: str, rounds: int) -> dict[str, list[float]]:
    """Seconds that each part takes, round by round; the first warms up. Nothing is kept."""
    times: dict[str, list[float]] = defaultdict(list)
    async with await AsyncConnection[tuple[Any, ...]].connect(conninfo) as connection:
        for number in range(rounds + 1):
            async for part, seconds in parts(connection):
                if number:
                    times[part].append(seconds)
            await connection.rollback()
    return times


async def parts(connection: AsyncConnection[Any]) -> AsyncIterator[tuple[str, float]]:
    """The reference; then the day begun and cleared as one part, and whatever is computed of it."""
    await connection.execute(REFRESH["enter"], THE_DAY)
    yield THE_REFERENCE, await clock(connection.execute(BUSY["measure_the_day"], THE_DAY))
    cleared = ["begin_days", "bump_months", *(name for name in REFRESH if name.startswith("clear_"))]
    yield "clearing", sum([await clock(connection.execute(REFRESH[name], THE_DAY)) for name in cleared])
    yield "sweep", await clock(sweep(connection))
    for name in REFRESH:
        if name.startswith("compute_"):
            yield name.removeprefix("compute_"), await clock(connection.execute(REFRESH[name], THE_DAY))


async def sweep(connection: AsyncConnection[Any]) -> None:
    days = (THE_DAY["days"], THE_DAY["starts"], THE_DAY["ends"])
    await Sweep(connection, 1, 1).write(*days, NOW, "UTC")


async def clock(doing: Awaitable[object]) -> float:
    began = time.perf_counter()
    await doing
    return time.perf_counter() - began


def report(times: Mapping[str, Sequence[float]]) -> None:
    medians = {part: statistics.median(seconds) for part, seconds in times.items()}
    reference = medians.pop(THE_REFERENCE)
    whole = sum(medians.values())
    print("one day of 20,000 stays: medians, the slowest in brackets")
    for part, median in medians.items():
        print(
            f"  {part:12} {1e3 * median:7.0f} ms ({1e3 * max(times[part]):.0f})"
            f"   {100 * median / whole:5.1f} % of a refresh   {median / reference:.2f} × the reference"
        )
    print(f"  {'all':12} {1e3 * whole:7.0f} ms   {whole / reference:.2f} × the reference")


if __name__ == "__main__":
    main()
