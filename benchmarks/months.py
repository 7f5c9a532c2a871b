"""What materialized months and the materialized overview gain: the same questions with them current and not current.

Run: .venv/bin/python -m benchmarks.months [--companies 50] [--years 3] [--rounds 15]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import AsyncConnection

from turnout.analytics.periods import by_dates
from turnout.analytics.reading import Reading
from turnout.analytics.refresher import Refresher
from turnout.analytics.summary import period_summary
from turnout.analytics.views import refresh_views
from turnout.database import calendar
from turnout.database.embedded import attach
from turnout.database.migrating import prepare
from turnout.database.statements import statements
from turnout.tenants.company import Company
from turnout.tenants.connection import Door

SQL = statements("benchmarks", "months.sql")
NOW = datetime.now(UTC)
OVERVIEW = "select count(*), sum(peak_connections) from operator_overview"
ACME = Company(1, "company-1", "Company 1", "UTC", 1)

Ask = Callable[[], Awaitable[object]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=50)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="turnout-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # whoever runs Postgres must come in
        with attach(Path(folder) / "data") as server:
            prepare(server.conninfo(user="postgres", dbname="postgres"))
            fill(server.conninfo(user="postgres", dbname="turnout"), given.companies, given.years)
            app, refresher, support = (
                server.conninfo(user=f"turnout_{name}", dbname="turnout") for name in ("app", "refresher", "support")
            )
            asyncio.run(compare(app, refresher, support, given.rounds))


def fill(conninfo: str, companies: int, years: int) -> None:
    last = NOW.date()
    about = {"companies": companies, "first_day": last - timedelta(days=365 * years), "last_day": last}
    with psycopg.connect(conninfo, options="-c search_path=turnout", autocommit=True) as admin:
        calendar.extend(admin, "UTC", NOW)
        for name in ("add_companies", "add_generations", "add_days", "add_sections", "add_months"):
            admin.execute(SQL[name], about)
        admin.execute("insert into company_secret select company_id, decode(repeat('00', 64), 'hex') from company")
        admin.execute("vacuum analyze")


async def compare(app: str, refresher: str, support: str, rounds: int) -> None:
    door, working = Door(app), Refresher(refresher, lambda: NOW)
    await door.open()
    await working.connect()
    async with (
        await AsyncConnection.connect(refresher, autocommit=True) as maintainer,
        await AsyncConnection.connect(support, autocommit=True) as staff,
    ):
        await maintainer.execute("select set_config('app.company', '1', false)")
        questions: dict[str, Ask] = {
            "summary of 12 months": lambda: summary(door, working, NOW.date() - timedelta(days=365)),
            "summary of all time": lambda: summary(door, working, NOW.date() - timedelta(days=1090)),
            "overview of all companies": lambda: staff.execute(OVERVIEW),
        }
        started = time.perf_counter()
        await refresh_views(maintainer)
        print(f"refreshing the views        {1000 * (time.perf_counter() - started):8.1f} ms")
        current = {name: await median(ask, rounds) for name, ask in questions.items()}
        await forget(maintainer)
        stale = {name: await median(ask, rounds) for name, ask in questions.items()}
    for name in questions:
        print(f"{name:27} {1000 * current[name]:8.1f} ms, from days {1000 * stale[name]:8.1f} ms, ", end="")
        print(f"gain {stale[name] / current[name]:.2f}")
    await door.close()
    await working.stop()


async def forget(maintainer: AsyncConnection[tuple[object, ...]]) -> None:
    """Let no row be current: every month of every company has changed."""
    company = 1
    await maintainer.execute("select set_config('app.company', '1', false)")
    while (await maintainer.execute(SQL["touch_months"])).rowcount:
        company += 1
        await maintainer.execute("select set_config('app.company', %s, false)", (str(company),))


async def summary(door: Door, working: Refresher, first: date) -> object:
    reading = Reading(door, working, ACME, lambda: NOW)
    return await period_summary(reading, by_dates(ACME, first, NOW.date()))


async def median(ask: Ask, rounds: int) -> float:
    await ask()
    seconds: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        await ask()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
