"""Refreshing after 1,000 stays on 50 company-days: with 1 month of history, with 12, and as a materialized view.

Run: .venv/bin/python -m benchmarks.refresh [--months 1 12] [--events 8] [--rounds 7]

36 months of 8 events a day are nine million stays; with `--events 2` they are filled in a minute or two.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import AsyncConnection

from turnout.analytics.refreshing import Refresh
from turnout.database import calendar
from turnout.database.embedded import Server, attach
from turnout.database.migrating import prepare
from turnout.database.statements import statements
from turnout.ingest.intake import take
from turnout.tenants.connection import Door

SQL = statements("benchmarks", "history.sql")
COMPANIES, STAYS_AN_EVENT = 50, 20
STAYS_A_DAY = 20
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILL = ("add_companies", "add_rollups", "add_events", "add_connections", "add_persons", "add_stays")
LAST_DAY = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Result:
    """Medians in seconds, the spread of the refreshes, and what there was to refresh."""

    months: int
    stays: int
    refresh: float
    slowest: float
    view: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, nargs=2, default=(1, 12))
    parser.add_argument("--events", type=int, default=8, help="of each company and day, with 20 stays each")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="turnout-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # whoever runs Postgres must come in
        with attach(Path(folder) / "data") as server:
            few, many = (measure(server, months, given.events, given.rounds) for months in given.months)
    report(few, many)


def measure(server: Server, months: int, events: int, rounds: int) -> Result:
    """A history of so many months in a database of its own, and what refreshing it takes."""
    database = f"history_of_{months}"
    prepare(server.conninfo(user="postgres", dbname="postgres"), database)
    admin = server.conninfo(user="postgres", dbname=database)
    with psycopg.connect(admin, autocommit=True, options="-c search_path=turnout") as connection:
        stays = fill(connection, months, events)
        times = asyncio.run(refreshes(server, database, events, rounds))
        views = [clock(connection, "refresh_view") for _ in range(2)]
        connection.execute(SQL["drop_view"])
    return Result(months, stays, statistics.median(times), max(times), min(views))


def fill(connection: psycopg.Connection, months: int, events: int) -> int:
    """A history of so many months, computed, analysed and settled."""
    connection.execute("set session_replication_role = replica")  # nothing here is worth a foreign key's look-up
    calendar.extend(connection, "UTC", NOW)
    span = {"first_day": LAST_DAY - timedelta(days=30 * months - 1), "last_day": LAST_DAY}
    sizes = {"companies": COMPANIES, "events": events, "stays": STAYS_AN_EVENT}
    for name in FILL:
        connection.execute(SQL[name], span | sizes)
    connection.execute("vacuum (analyze)")
    connection.execute(SQL["create_view"])
    connection.execute("reset session_replication_role")
    row = connection.execute("select count(*) from stay").fetchone()
    return row[0] if row else 0


def clock(connection: psycopg.Connection, name: str) -> float:
    began = time.perf_counter()
    connection.execute(SQL[name])
    return time.perf_counter() - began


async def refreshes(server: Server, database: str, events: int, rounds: int) -> list[float]:
    """Seconds that the refreshes of ten companies take after each round of new stays; the first warms up."""
    door = Door(server.conninfo(user="turnout_app", dbname=database))
    await door.open()
    login = server.conninfo(user="turnout_refresher", dbname=database)
    async with await AsyncConnection[tuple[Any, ...]].connect(login, autocommit=True) as connection:
        times = [await refresh_once(door, connection, number, events) for number in range(rounds + 1)]
    await door.close()
    return times[1:]


async def refresh_once(door: Door, connection: AsyncConnection[Any], number: int, events: int) -> float:
    companies = range(1, 11)
    for company in companies:
        await take(door, company, [body for day in range(5) for body in new_stays(number, day, events)], NOW)
    began = time.perf_counter()
    for company in companies:
        assert await Refresh(connection, company, 1).run(NOW) == 0
    return time.perf_counter() - began


def new_stays(number: int, day: int, events: int) -> list[bytes]:
    """Twenty stays on one day, joined and left."""
    return [body for n in range(STAYS_A_DAY) for body in stay(f"{number}-{day}-{n}", day, n, 1 + n % events)]


def stay(name: str, day: int, n: int, event: int) -> list[bytes]:
    at = LAST_DAY - timedelta(days=day) + timedelta(hours=9, minutes=n * 7)
    data = {"event": f"{at:%Y-%m-%d} 00:00:00+00/{event}", "connection": name, "user": f"u{n}"}
    shared = {"specversion": "1.0", "source": "benchmark", "data": data}
    return [
        json.dumps(shared | {"id": f"{name}-{kind}", "type": f"turnout.stay.{kind}", "time": when.isoformat()}).encode()
        for kind, when in (("joined", at), ("left", at + timedelta(minutes=30)))
    ]


def report(few: Result, many: Result) -> None:
    print("1,000 new stays on 50 company-days, then a refresh; medians, the slowest in brackets")
    for result in (few, many):
        print(
            f"  {result.months:>2} months, {result.stays:>9,} stays:"
            f" refresh {result.refresh * 1e3:7.0f} ms ({result.slowest * 1e3:.0f})"
            f"   REFRESH MATERIALIZED VIEW {result.view * 1e3:7.0f} ms"
            f"   = {result.view / result.refresh:.1f} × a refresh"
        )
    print(f"  refresh, {many.months} ÷ {few.months} months: {many.refresh / few.refresh:.2f} (bar: under 1.3)")
    print(f"  view,    {many.months} ÷ {few.months} months: {many.view / few.view:.2f}")


if __name__ == "__main__":
    main()
