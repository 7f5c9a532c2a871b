"""A rebuild of every company's rollups from facts, as a new generation, beside a numpy sweep over the same stays.

Run: .venv/bin/python -m benchmarks.rebuild [--companies 10] [--months 1] [--events 8]

Fifty companies with 12 months of 8 events a day are three million stays.
"""

import argparse
import asyncio
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection

from benchmarks import numpy_sweep
from benchmarks.numpy_sweep import SQL
from benchmarks.refresh import FILL, LAST_DAY, NOW, STAYS_AN_EVENT
from benchmarks.refresh import SQL as HISTORY
from turnout.analytics.refresher import Refresher
from turnout.database import calendar
from turnout.database.embedded import Server, attach
from turnout.database.migrating import prepare

DATABASE: Final = "rebuilt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=10)
    parser.add_argument("--months", type=int, default=1)
    parser.add_argument("--events", type=int, default=8, help="of each company and day, with 20 stays each")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="turnout-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # whoever runs Postgres must come in
        with attach(Path(folder) / "data") as server:
            prepare(server.conninfo(user="postgres", dbname="postgres"), DATABASE)
            admin = server.conninfo(user="postgres", dbname=DATABASE)
            with psycopg.connect(admin, autocommit=True, options="-c search_path=turnout") as connection:
                stays = fill(connection, given.companies, given.months, given.events)
                print(f"{given.companies} companies, {given.months} months, {stays:,} stays")
                asyncio.run(compare(server, given.companies))
                row = connection.execute(SQL["rows_written"]).fetchone()
                print("  rows written: {:,} and {:,}".format(*(row or (0, 0))))


def fill(connection: psycopg.Connection, companies: int, months: int, events: int) -> int:
    connection.execute("set session_replication_role = replica")  # nothing here is worth a foreign key's look-up
    calendar.extend(connection, "UTC", NOW)
    span = {"first_day": LAST_DAY - timedelta(days=30 * months - 1), "last_day": LAST_DAY}
    sizes = {"companies": companies, "events": events, "stays": STAYS_AN_EVENT}
    for name in FILL:
        connection.execute(HISTORY[name], span | sizes)
    connection.execute(SQL["begin_generation"], {"now": NOW, "companies": companies})
    connection.execute(SQL["add_tables"])
    connection.execute("vacuum (analyze)")
    row = connection.execute("select count(*) from stay").fetchone()
    return row[0] if row else 0


async def compare(server: Server, companies: int) -> None:
    """Company by company, one after the other of the two, so that whatever else the machine does meets both."""
    refresher = Refresher(server.conninfo(user="turnout_refresher", dbname=DATABASE), lambda: NOW)
    await refresher.connect()
    admin = server.conninfo(user="postgres", dbname=DATABASE)
    ours = rival = 0.0
    async with await AsyncConnection[tuple[Any, ...]].connect(
        admin, autocommit=True, options="-c search_path=turnout"
    ) as connection:
        for company in range(1, companies + 1):
            began = time.perf_counter()
            await refresher.build(company, 2)
            built = time.perf_counter()
            await numpy_sweep.rebuild(connection, company)
            ours, rival = ours + built - began, rival + time.perf_counter() - built
    await refresher.stop()
    print(f"  rebuilt as a new generation: {ours:.1f} s")
    print(f"  numpy sweep with its reading and writing: {rival:.1f} s")
    print(f"  rebuilt ÷ numpy: {ours / rival:.1f} (bar: under 2)")


if __name__ == "__main__":
    main()
