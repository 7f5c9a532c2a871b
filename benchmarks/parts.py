"""What a refresh of one day of a company with 20,000 stays is made of: each part beside the one about stays.

Run: .venv/bin/python -m benchmarks.parts [--rounds 5]
"""

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psycopg

from benchmarks.refresh import FILL, LAST_DAY, NOW
from turnout.database import calendar
from turnout.database.embedded import attach
from turnout.database.migrating import prepare
from turnout.database.statements import statements

HISTORY: Final = statements("benchmarks", "history.sql")
BUSY: Final = statements("benchmarks", "parts.sql")
REFRESH: Final = statements("turnout.analytics", "refresh.sql")
DATABASE: Final = "a_busy_day"
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
            report(measure(server.conninfo(user="turnout_refresher", dbname=DATABASE), given.rounds))


def fill(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True, options="-c search_path=turnout") as admin:
        calendar.extend(admin, "UTC", NOW)
        admin.execute("set session_replication_role = replica")  # nothing here is worth a foreign key's look-up
        for name in FILL:
            admin.execute(HISTORY[name], SIZES)
        for statement in BUSY.values():
            admin.execute(statement)
        admin.execute("vacuum (analyze)")


def measure(conninfo: str, rounds: int) -> dict[str, list[float]]:
    """Seconds that each part takes, round by round; the first warms up. Nothing is kept."""
    times: dict[str, list[float]] = defaultdict(list)
    with psycopg.connect(conninfo) as connection:
        for number in range(rounds + 1):
            for part, seconds in parts(connection):
                if number:
                    times[part].append(seconds)
            connection.rollback()
    return times


def parts(connection: psycopg.Connection) -> Iterator[tuple[str, float]]:
    """The day begun and cleared as one part, then whatever is computed of it."""
    connection.execute(REFRESH["enter"], THE_DAY)
    cleared = ["begin_days", "bump_months", *(name for name in REFRESH if name.startswith("clear_"))]
    yield "clearing", clock(connection, cleared)
    for name in REFRESH:
        if name.startswith("compute_"):
            yield name.removeprefix("compute_"), clock(connection, [name])


def clock(connection: psycopg.Connection, names: Sequence[str]) -> float:
    began = time.perf_counter()
    for name in names:
        connection.execute(REFRESH[name], THE_DAY)
    return time.perf_counter() - began


def report(times: Mapping[str, Sequence[float]]) -> None:
    medians = {part: statistics.median(seconds) for part, seconds in times.items()}
    whole = sum(medians.values())
    print("one day of 20,000 stays: medians, the slowest in brackets")
    for part, median in medians.items():
        print(
            f"  {part:12} {1e3 * median:7.0f} ms ({1e3 * max(times[part]):.0f})"
            f"   {100 * median / whole:5.1f} % of a refresh   {median / medians['stays']:.2f} × stays"
        )
    print(f"  {'all':12} {1e3 * whole:7.0f} ms   {whole / medians['stays']:.2f} × stays")


if __name__ == "__main__":
    main()
