"""Each statistic over twelve months of the demo's biggest company, beside plain SQL over the same rollups.

Run: .venv/bin/python -m benchmarks.statistics [NAME ...] [--rounds 20] [--cut] [--plans] [--data FOLDER]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.asked import FRESHNESS, STATISTICS, Statistic
from benchmarks.reads import Reads, plans_of, reads_of
from benchmarks.year import NOW, Year, year
from turnout.analytics.periods import Period, by_instants
from turnout.analytics.reading import Reading
from turnout.database.embedded import Server, attach
from turnout.database.statements import statements
from turnout.tenants.connection import Statement

PLAIN: Final = statements("benchmarks", "statistics.sql")
# After so many executions a connection has settled on a plan for each statement, as those of a server have.
WARM_UP: Final = 11


@dataclass(frozen=True)
class Times:
    """Seconds that asking took, round by round."""

    product: list[float]
    plain: list[float]

    @property
    def ratio(self) -> float:
        """Of the medians."""
        return statistics.median(self.product) / statistics.median(self.plain)

    @property
    def undisturbed(self) -> float:
        """Of the fastest rounds, which had the machine for themselves."""
        return min(self.product) / min(self.plain)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="which statistics; all without any")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--cut", action="store_true", help="begin and end inside a day: only what is read is printed")
    parser.add_argument("--plans", action="store_true", help="print the plans and measure nothing")
    parser.add_argument("--data", type=Path, help="a folder that keeps the loaded company for another run")
    given = parser.parse_args()
    with _folder(given.data) as folder:
        Path(folder).chmod(0o755)  # whoever runs Postgres must come in
        with attach(Path(folder) / "data") as server:
            asyncio.run(_with_a_year(server, given))


def _folder(kept: Path | None) -> AbstractContextManager[str]:
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        return nullcontext(str(kept))
    return tempfile.TemporaryDirectory(prefix="turnout-benchmark-", ignore_cleanup_errors=True)


async def _with_a_year(server: Server, given: argparse.Namespace) -> None:
    chosen = [statistic for statistic in STATISTICS if statistic.name in (given.names or [statistic.name])]
    async with year(server) as of:
        if given.plans:
            await _print_plans(of, chosen)
        elif given.cut:
            await _print_reads(of, chosen)
        else:
            await _compare(of, chosen, given.rounds)


async def _compare(of: Year, chosen: list[Statistic], rounds: int) -> None:
    fixed = min((await _times(of, FRESHNESS, rounds)).product)
    print(f"{'':28} {'product':>9} {'plain':>9}  ratio  undisturbed  statement alone  facts read")
    for statistic in chosen:
        times = await _times(of, statistic, rounds)
        reads = await reads_of(of, _asking(statistic, of.period))
        product, plain = (1000 * statistics.median(seconds) for seconds in (times.product, times.plain))
        print(f"{statistic.name:28} {product:6.1f} ms {plain:6.1f} ms ", end="")
        facts = _said(reads, statistic.bounded or "NOT EXPECTED")
        alone = max(0, min(times.product) - fixed) / min(times.plain)
        print(f"{times.ratio:6.2f} {times.undisturbed:12.2f} {alone:16.2f}  {facts}", flush=True)


async def _times(of: Year, statistic: Statistic, rounds: int) -> Times:
    """Both ways in turn, so that whatever else the machine does meets both."""

    async def product() -> object:
        return await statistic.ask(of.reading(), of.period)

    async def plain() -> object:
        return await _plain(of, statistic)

    for ask in [product, plain] * WARM_UP:
        await ask()
    times = Times([], [])
    for number in range(rounds):
        both = [(product, times.product), (plain, times.plain)]
        for ask, seconds in both if number % 2 else reversed(both):
            seconds.append(await _clock(ask))
    return times


async def _plain(of: Year, statistic: Statistic) -> list[Any]:
    text = PLAIN[statistic.like or statistic.name]
    parameters = {
        "company": of.company.company_id,
        "generation": of.segment if statistic.like else of.company.generation,
        "first_day": of.period.first_day,
        "last_day": of.period.last_day,
        "today": NOW.astimezone(of.company.zone).date(),
        "time_zone": of.company.time_zone,
        "as_of": NOW,
    }
    [rows] = await of.door.read(of.company.company_id, [Statement(text, parameters, lambda *columns: columns)])
    if isinstance(rows, Exception):
        raise rows
    return rows


async def _clock(ask: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await ask()
    return time.perf_counter() - began


async def _print_reads(of: Year, chosen: list[Statistic]) -> None:
    """Of a period whose first and last day are cut: what is read of these two days comes from facts."""
    cut = by_instants(of.company, of.period.start + timedelta(hours=10), NOW - timedelta(hours=1))
    for statistic in chosen:
        reads = await reads_of(of, _asking(statistic, cut))
        print(f"{statistic.name:28} {_said(reads, statistic.bounded or 'of the two cut days')}", flush=True)


async def _print_plans(of: Year, chosen: list[Statistic]) -> None:
    for statistic in chosen:
        for plan in await plans_of(of, _asking(statistic, of.period)):
            print(f"-- {statistic.name}\n{plan}\n")


def _asking(statistic: Statistic, period: Period) -> Callable[[Reading], Awaitable[object]]:
    return lambda reading: statistic.ask(reading, period)


def _said(reads: Reads, why: str) -> str:
    read = ", ".join(f"{table} {rows:,}" for table, rows in reads.facts.items())
    whole = f"; from end to end: {', '.join(reads.scanned_facts)}" if reads.scanned_facts else ""
    return f"{read}{whole} ({why})" if read else "none"


if __name__ == "__main__":
    main()
