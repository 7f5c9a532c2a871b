"""Taking activities in, beside psycopg's binary COPY of the same activities into one table with only its key.

Run: .venv/bin/python -m benchmarks.ingest [--rounds 5] [--companies 5] [--statements] [--post] [--memory 100000 400000]
"""

import argparse
import asyncio
import os
import statistics
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import psycopg

from benchmarks import measured_statements, posting
from benchmarks.companies import DATABASE, kept, served
from benchmarks.copying import SQL
from benchmarks.long_files import load
from benchmarks.mixed_day import FIRST_DAY
from benchmarks.ways_in import AT_ONCE, SMALL, Bench, Cost
from turnout.database import calendar
from turnout.database.embedded import Server
from turnout.database.statements import statements
from turnout.tenants.connection import Door

HISTORY: Final = statements("benchmarks", "history.sql")
MEBIBYTE: Final = 1 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--companies", type=int, default=5)
    parser.add_argument("--statements", action="store_true", help="what each statement of the database takes, too")
    parser.add_argument("--post", action="store_true", help="through a server as well")
    parser.add_argument("--memory", type=int, nargs="*", default=(), metavar="LINES", help="load files so long instead")
    given = parser.parse_args()
    with kept(None) as folder:
        if given.statements:
            measured_statements.preload(folder)
        with served(folder) as server:
            login = server.conninfo(user="postgres", dbname=DATABASE)
            with psycopg.connect(login, autocommit=True, options="-c search_path=turnout") as admin:
                fill(admin, given.companies)
                if given.memory:
                    report_memory(folder, given.memory)
                    return
                report(asyncio.run(measure(server, folder, admin, given)))
                if given.statements:
                    measured_statements.report(admin)


def fill(admin: psycopg.Connection, companies: int) -> None:
    calendar.extend(admin, "UTC", FIRST_DAY)
    admin.execute(HISTORY["add_companies"], {"companies": companies})
    admin.execute(HISTORY["add_rollups"])
    admin.execute(SQL["create_copied"])


async def measure(
    server: Server, folder: Path, admin: psycopg.Connection, given: argparse.Namespace
) -> dict[str, list[Cost]]:
    """What each way costs, round by round; the first warms up."""
    async with AsyncExitStack() as stack:
        door = Door(server.conninfo(user="turnout_app", dbname=DATABASE), writers=1)
        await door.open()
        stack.push_async_callback(door.close)
        posted = await stack.enter_async_context(posting.server(server, folder)) if given.post else None
        bench = Bench(admin, door, given.companies, os.getpid(), posting.postmaster(admin), posted)
        for number in range(given.rounds + 1):
            if number == 1:
                bench.costs.clear()
                if given.statements:
                    measured_statements.begin(admin)
            await bench.round(number)
    return bench.costs


def report(costs: Mapping[str, Sequence[Cost]]) -> None:
    """Medians, and beside them the processor's time, which says the same however much else the machine does."""
    clock = {way: statistics.median(cost.clock for cost in of) for way, of in costs.items()}
    both = {way: statistics.median(cost.program + cost.postgres for cost in of) for way, of in costs.items()}
    print("activities of a mixed day, each way: µs an activity, the slowest round in brackets; of the processor in the")
    print("program + in Postgres; how fast beside COPY, by the clock and by the processor")
    for way, of in costs.items():
        program = 1e6 * statistics.median(cost.program for cost in of)
        postgres = 1e6 * statistics.median(cost.postgres for cost in of)
        print(
            f"  {way:20} {1e6 * clock[way]:7.1f} ({1e6 * max(cost.clock for cost in of):.1f})"
            f"  {program:6.1f} + {postgres:.1f}"
            f"   {clock['COPY'] / clock[way]:.3f}  {both['COPY'] / both[way]:.3f}"
        )
    bars = (("one batch", f"batches of {SMALL}", "under 3"), ("the same again", "one batch", "at least 3"))
    for cheap, dear, bar in bars:
        by_clock, by_processor = clock[dear] / clock[cheap], both[dear] / both[cheap]
        print(f"  {dear} ÷ {cheap}: {by_clock:.2f}, by processor {by_processor:.2f} (bar: {bar})")
    print(f"  a file, beside COPY: {clock['COPY'] / clock['a file']:.3f} (bar: at least 0.2); batches of {AT_ONCE:,}")


def report_memory(folder: Path, lengths: Sequence[int]) -> None:
    print("`turnout load` of one file: the most memory it had, and the time with its days computed")
    for number, lines in enumerate(lengths):
        peak, seconds = load(folder, f"company-{1 + number}", lines)
        print(f"  {lines:10,} lines: {peak / MEBIBYTE:6.1f} MiB, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
