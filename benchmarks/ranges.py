"""What a year of a company with 10,000 users costs the database: its users, rooms and events, and its unique people.

Run: .venv/bin/python -m benchmarks.ranges [NAME ...] [--rounds 9] [--plans] [--data FOLDER]
"""

import argparse
import asyncio
import json
import statistics
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.companies import LARGE, Made, kept, made, served
from benchmarks.processor import processor_seconds
from benchmarks.reads import FACTS
from turnout.analytics.events import event_stats
from turnout.analytics.paging import Wanted
from turnout.analytics.periods import Period, by_dates
from turnout.analytics.reading import Reading
from turnout.analytics.refresher import Refresher
from turnout.analytics.rooms import room_stats
from turnout.analytics.summary import section_summaries
from turnout.analytics.users import user_stats
from turnout.database.embedded import Server
from turnout.tenants.connection import Door, Statement

PAGE: Final = 50
YEAR: Final = timedelta(days=365)
TABLE, PEOPLE = 50.0, 20.0


@dataclass(frozen=True)
class Range:
    """A question of a period, the word that its statement has and its companions have not, and its bar in ms."""

    name: str
    ask: Callable[[Reading, Period], Awaitable[object]]
    marker: str
    bar: float


RANGES: Final = (
    Range(
        "users", lambda reading, period: user_stats(reading, period, Wanted(PAGE, "EVENTS_HELD")), "comes_after", TABLE
    ),
    Range("rooms", lambda reading, period: room_stats(reading, period, Wanted(PAGE, "SESSIONS")), "comes_after", TABLE),
    Range(
        "events",
        lambda reading, period: event_stats(reading, period, Wanted(PAGE, "PARTICIPATION_MINUTES")),
        "comes_after",
        TABLE,
    ),
    Range("unique people", section_summaries, "in_webinar", PEOPLE),
)


class _Listener(Door):
    """A door that notes what goes through it."""

    heard: Sequence[Statement[Any]] = ()

    async def read(
        self,
        company_id: int,
        statements: Sequence[Statement[Any]],
        *,
        user_key: str | None = None,
        about_little: bool = False,
    ) -> list[list[Any] | Exception]:
        """As Door.read."""
        self.heard = [*self.heard, *statements]
        return await super().read(company_id, statements, user_key=user_key, about_little=about_little)


@dataclass(frozen=True)
class Plan:
    """What Postgres says of one execution; milliseconds, those of a processor, and pages that it looked at."""

    milliseconds: float
    processor: float
    pages: int
    scanned: frozenset[str]

    @property
    def scanned_facts(self) -> list[str]:
        """Tables of facts that were read from beginning to end."""
        return sorted(self.scanned & FACTS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(each.name for each in RANGES)}; all without any")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--plans", action="store_true", help="print the plans too")
    parser.add_argument("--data", type=Path, help="a folder that keeps the company for another run")
    given = parser.parse_args()
    with kept(given.data) as folder, served(folder) as server:
        asyncio.run(_run(server, given))


async def _run(server: Server, given: argparse.Namespace) -> None:
    of = await made(server, LARGE)
    door = _Listener(of.login("turnout_app"), readers=1, writers=1)
    refresher = Refresher(of.login("turnout_refresher"), lambda: of.made_at)
    await door.open()
    await refresher.connect()
    try:
        print(f"{'':16} {'median':>9} {'processor':>10} {'bar':>8} {'pages':>8}  facts read from end to end")
        for each in RANGES:
            if each.name in (given.names or [each.name]):
                await _measure(of, door, refresher, each, given)
    finally:
        await refresher.stop()
        await door.close()


async def _measure(of: Made, door: _Listener, refresher: Refresher, each: Range, given: argparse.Namespace) -> None:
    today = of.made_at.date()
    period = by_dates(of.company, today - YEAR + timedelta(days=1), today)
    door.heard = ()
    await each.ask(Reading(door, refresher, of.company, lambda: of.made_at), period)
    [statement] = [heard for heard in door.heard if each.marker in heard.text]
    plans = [await _plan(of, door, statement) for _ in range(given.rounds + 1)][1:]
    median = statistics.median(plan.milliseconds for plan in plans)
    facts = ", ".join(plans[0].scanned_facts) or "none"
    met = "met" if median < each.bar else "NOT MET"
    work = statistics.median(plan.processor for plan in plans)
    print(
        f"{each.name:16} {median:6.1f} ms {work:7.1f} ms {each.bar:5.0f} ms {plans[0].pages:8,}  {facts}; bar {met}",
        flush=True,
    )
    if given.plans:
        print(await _explained(of, door, statement))


async def _plan(of: Made, door: Door, statement: Statement[Any]) -> Plan:
    """One execution, the clocks of its steps off: they would cost more than some of the steps."""
    asked = Statement(
        f"explain (analyze, buffers, timing off, format json) {statement.text}", statement.parameters, _first
    )
    [backend] = await _read(of, door, Statement("select pg_backend_pid()", {}, int))
    before = processor_seconds(backend)
    [[found]] = await _read(of, door, asked)
    processor = 1000 * (processor_seconds(backend) - before)
    root = found["Plan"]
    pages = root["Shared Hit Blocks"] + root["Shared Read Blocks"]
    return Plan(found["Planning Time"] + found["Execution Time"], processor, pages, frozenset(_scanned(root)))


def _scanned(step: dict[str, Any]) -> Iterator[str]:
    if step["Node Type"] == "Seq Scan" and step["Actual Loops"]:
        yield step["Relation Name"]
    for below in step.get("Plans", ()):
        yield from _scanned(below)


async def _explained(of: Made, door: Door, statement: Statement[Any]) -> str:
    asked = Statement(f"explain (analyze, buffers) {statement.text}", statement.parameters, str)
    return "\n".join(await _read(of, door, asked))


async def _read(of: Made, door: Door, asked: Statement[Any]) -> list[Any]:
    [rows] = await door.read(of.company.company_id, [asked])
    if isinstance(rows, Exception):
        raise rows
    return rows


def _first(answer: list[Any] | str) -> list[Any]:
    return answer if isinstance(answer, list) else json.loads(answer)


if __name__ == "__main__":
    main()
