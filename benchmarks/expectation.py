"""How far off expected peaks are: on the demo companies, day by day as they would have been asked for.

Beside them what the same weekday had when it was last over. Run: .venv/bin/python -m benchmarks.expectation [--days 56]
"""

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from turnout.analytics.expectation import ExpectedPeak, expected_peaks
from turnout.analytics.peaks import Section, daily_peaks
from turnout.analytics.periods import by_dates
from turnout.analytics.reading import Reading
from turnout.analytics.refresher import Refresher
from turnout.analytics.witness import PeakMetric
from turnout.database.embedded import Server, attach
from turnout.database.migrating import prepare
from turnout.server.demo.loading import load_demo
from turnout.server.deployment import Deployment
from turnout.tenants.companies import list_companies
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.support import support

AHEAD = 14
# Long enough for 26 weeks of the past of the first day that is asked for.
HISTORY = 190


@dataclass(frozen=True)
class Miss:
    """One coming day: how many days ahead it was asked for, and what came of it."""

    ahead: int
    expected: float
    before: float
    came: int
    inside: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=56, help="how many past days are asked about")
    parser.add_argument("--history", type=int, default=HISTORY, help="how many days there are before them")
    given = parser.parse_args()
    now = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    with tempfile.TemporaryDirectory(prefix="turnout-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # whoever runs Postgres must come in
        with attach(Path(folder) / "data") as server:
            prepare(server.conninfo(user="postgres", dbname="postgres"))
            found = deployment(server)
            load_demo(found, now=now, days_back=given.days + given.history)
            with support(found.support) as session:
                companies = [listed.company for listed in list_companies(session)]
            asyncio.run(report(found, companies, now, given.days))


def deployment(server: Server) -> Deployment:
    """Where the database is, for each role."""
    roles = ("turnout_app", "turnout_refresher", "turnout_support")
    return Deployment({role: server.conninfo(user=role, dbname="turnout") for role in roles}, trusted=True)


async def report(found: Deployment, companies: list[Company], now: datetime, days: int) -> None:
    door, refresher = Door(found.app), Refresher(found.refresher, lambda: now)
    await door.open()
    await refresher.connect()
    print(f"{'company':12} {'ahead':>7} {'mean peak':>9} {'error':>7} {'last week':>9} {'ratio':>6} {'inside':>7}")
    for company in companies:
        misses = await missed(door, refresher, company, now, days)
        for first, last in ((1, 1), (2, 7), (8, AHEAD)):
            say(company.slug, f"{first}-{last}", [miss for miss in misses if first <= miss.ahead <= last])
    await door.close()
    await refresher.stop()


def say(slug: str, ahead: str, misses: list[Miss]) -> None:
    error = statistics.mean(abs(miss.expected - miss.came) for miss in misses)
    before = statistics.mean(abs(miss.before - miss.came) for miss in misses)
    inside = statistics.mean(miss.inside for miss in misses)
    peak = statistics.mean(miss.came for miss in misses)
    print(f"{slug:12} {ahead:>7} {peak:9.1f} {error:7.2f} {before:9.2f} {error / before:6.2f} {inside:7.0%}")


async def missed(door: Door, refresher: Refresher, company: Company, now: datetime, days: int) -> list[Miss]:
    """What was expected at noon of each of so many past days, and what came."""
    today = now.astimezone(company.zone).date()
    reading = Reading(door, refresher, company, lambda: now, patience=600)
    period = by_dates(company, today - timedelta(days=days + 28), today - timedelta(days=1))
    came = {row.day: row.connections for row in await daily_peaks(reading, period, [Section.TOTAL])}
    misses: list[Miss] = []
    for back in range(days, 0, -1):
        at = now - timedelta(days=back)
        asking = Reading(door, refresher, company, lambda at=at: at)
        found = await expected_peaks(asking, PeakMetric.CONNECTIONS, Section.TOTAL, AHEAD)
        misses += compared(found, came)
    return misses


def compared(found: list[ExpectedPeak], came: Mapping[date, int]) -> Iterator[Miss]:
    """Those of the days that are over by now."""
    for ahead, row in enumerate(found, 1):
        if row.day in came:
            before = came[row.day - timedelta(days=7 * (ahead // 7 + 1))]
            inside = row.low <= came[row.day] <= row.high
            yield Miss(ahead, row.expected, before, came[row.day], inside)


if __name__ == "__main__":
    main()
