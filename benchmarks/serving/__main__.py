"""The dashboard and a list of 5,000 rows: Turnout beside stock Strawberry, an endpoint by hand, and PostGraphile 5.

Four servers over one database, one process each, the same company, key, role and row security; asked in turn, round by
round, by one client. PostGraphile is installed by npm into a temporary folder, or one given with --rivals.

Run: .venv/bin/python -m benchmarks.serving [--rounds 12] [--no-rivals | --rivals FOLDER] [--data FOLDER]
"""

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from benchmarks.companies import USUAL, Made, kept, made, served
from benchmarks.processor import processor_seconds
from benchmarks.serving import rival
from benchmarks.serving.client import Asked, Crowd, at_once, sequential
from benchmarks.serving.questions import QUESTIONS, Question
from benchmarks.serving.servers import BY_HAND, POSTGRAPHILE, STOCK, TURNOUT, Contestant, running
from turnout.server.services import utc_now
from turnout.tenants.keys import issue_key
from turnout.tenants.support import support

WARM_UP: Final = 12  # executions after which a connection has settled on its plans
CONNECTIONS: Final = 16
SECONDS: Final = 3.0
# How many times as fast Turnout is to be as another.
BARS: Final[Mapping[str, Mapping[str, float]]] = {
    "dashboard": {STOCK: 5, POSTGRAPHILE: 3, BY_HAND: 0.8},
    "5,000 rows": {BY_HAND: 1.0},
}
STEADY: Final = 5.0


@dataclass
class Times:
    """Seconds that answers took: one after another, and with all connections asking at once.

    Beside them the seconds of a processor that an answer took in the server and in Postgres, which say the same
    however busy the machine is.
    """

    alone: list[float] = field(default_factory=list[float])
    server: list[float] = field(default_factory=list[float])
    postgres: list[float] = field(default_factory=list[float])
    crowd: Crowd = field(default_factory=Crowd)

    @property
    def median(self) -> float:
        return statistics.median(self.alone)

    @property
    def work(self) -> float:
        """Seconds of a processor for an answer."""
        return statistics.median(self.server) + statistics.median(self.postgres)

    @property
    def steadiness(self) -> float:
        """The 99th percentile as a multiple of the median, with all connections asking."""
        return at(self.crowd.answered, 0.99) / at(self.crowd.answered, 0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--rivals", type=Path, help="a folder that keeps what npm installs for another run")
    parser.add_argument("--no-rivals", action="store_true", help="leave PostGraphile out")
    parser.add_argument("--data", type=Path, help="a folder that keeps the company for another run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="turnout-rivals-") as temporary, kept(given.data) as folder:
        rivals = None if given.no_rivals else _rivals(given.rivals or Path(temporary))
        with served(folder) as server:
            of = asyncio.run(made(server, USUAL))
            with running(of, folder, rivals) as contestants:
                compare(of, contestants, given.rounds)


def _rivals(folder: Path) -> Path | None:
    why_not = None if rival.node(folder).exists() else rival.install(folder)
    if why_not:
        print(f"PostGraphile is absent: {why_not}", flush=True)
    return None if why_not else folder


def compare(of: Made, contestants: Sequence[Contestant], rounds: int) -> None:
    """Ask all of them both questions, in turn, and print what it took."""
    with support(of.login("turnout_support")) as session:
        key = issue_key(
            session, of.company.slug, ["read:stats", "read:people"], utc_now(), lasting=timedelta(days=1)
        ).text
    last, postgres = of.made_at.date(), of.postmaster
    for question in QUESTIONS:
        asked = {each.name: each.asked(question, key, last) for each in contestants}
        times = {each.name: Times() for each in contestants}
        for each in contestants:
            sequential(asked[each.name], WARM_UP)
        for number in range(rounds):
            for each in contestants if number % 2 else reversed(contestants):
                _ask_in_turn(each, asked[each.name], question.at_a_time, postgres, times[each.name])
        for each in contestants if question.crowded else ():
            at_once(asked[each.name], CONNECTIONS, SECONDS)
            times[each.name].crowd = at_once(asked[each.name], CONNECTIONS, SECONDS)
        report(question, times)


def _ask_in_turn(each: Contestant, asked: Asked, number: int, postgres: int, times: Times) -> None:
    before = processor_seconds(each.process), processor_seconds(postgres)
    times.alone += sequential(asked, number)
    times.server.append((processor_seconds(each.process) - before[0]) / number)
    times.postgres.append((processor_seconds(postgres) - before[1]) / number)


def report(question: Question, times: Mapping[str, Times]) -> None:
    """A row for each server, and whether the bars are met."""
    print(f"\n{question.name}: one after another, and the processor's time for an answer, in ms")
    print(f"  {'':18} {'p50':>8} {'p99':>8} {'÷ ours':>7} {'server':>9} {'Postgres':>9} {'÷ ours':>7}")
    mine = times[TURNOUT]
    for name, of in times.items():
        alone = [1000 * at(of.alone, share) for share in (0.5, 0.99)]
        work = [1000 * statistics.median(each) for each in (of.server, of.postgres)]
        print(
            f"  {name:18} {alone[0]:8.2f} {alone[1]:8.2f} {of.median / mine.median:7.2f}"
            f" {work[0]:9.2f} {work[1]:9.2f} {of.work / mine.work:7.2f}"
        )
    for name, bar in BARS[question.name].items():
        if name in times:
            ratio = times[name].median / mine.median
            _print_bar(f"{bar:g} × {name}", ratio, ratio >= bar)
    if question.crowded:
        _report_crowds(times)
        _print_bar(f"p99 under {STEADY:g} × p50", mine.steadiness, mine.steadiness < STEADY)


def _report_crowds(times: Mapping[str, Times]) -> None:
    print(f"  {CONNECTIONS} connections at once, in ms")
    print(f"  {'':18} {'p50':>8} {'p99':>8} {'p99/p50':>7} {'a second':>9} {'turned away':>12}")
    for name, of in times.items():
        crowd = of.crowd
        together = [1000 * at(crowd.answered, share) for share in (0.5, 0.99)]
        print(
            f"  {name:18} {together[0]:8.1f} {together[1]:8.1f} {of.steadiness:7.2f}"
            f" {len(crowd.answered) / crowd.seconds:9.1f} {crowd.turned_away:12}"
        )


def _print_bar(what: str, found: float, met: bool) -> None:
    print(f"  bar {what}: {found:.2f}, {'met' if met else 'NOT MET'}", flush=True)


def at(seconds: Sequence[float], share: float) -> float:
    """The value below which a share of them lies."""
    return sorted(seconds)[min(int(share * len(seconds)), len(seconds) - 1)]


if __name__ == "__main__":
    main()
