"""The dashboard and a list of 5,000 rows: Turnout beside stock Strawberry, an endpoint by hand, and PostGraphile 5.

Four servers over one database, one process each, the same company, key, role and row security; asked in turn, round by
round, by one client. PostGraphile is installed by npm into a temporary folder, or one given with --rivals.

Run: .venv/bin/python -m benchmarks.serving [--rounds 12] [--no-rivals | --rivals FOLDER] [--data FOLDER]
"""

import argparse
import asyncio
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from benchmarks.companies import USUAL, Made, kept, made, served
from benchmarks.serving import rival
from benchmarks.serving.client import at_once, sequential
from benchmarks.serving.questions import QUESTIONS, Question
from benchmarks.serving.servers import BY_HAND, POSTGRAPHILE, STOCK, TURNOUT, Contestant, running
from turnout.server.services import utc_now
from turnout.tenants.keys import issue_key
from turnout.tenants.support import support

WARM_UP: Final = 40  # executions after which every connection of a pool has settled on its plans
A_ROUND: Final = 10
CONNECTIONS: Final = 16
SECONDS: Final = 2.0
# How many times as fast Turnout is to be as another.
BARS: Final[Mapping[str, Mapping[str, float]]] = {
    "dashboard": {STOCK: 5, POSTGRAPHILE: 3, BY_HAND: 0.8},
    "5,000 rows": {BY_HAND: 1.0},
}
STEADY: Final = 5.0


@dataclass
class Times:
    """Seconds that answers took: one after another, and with all connections asking at once."""

    alone: list[float] = field(default_factory=list[float])
    together: list[float] = field(default_factory=list[float])
    rates: list[float] = field(default_factory=list[float])

    @property
    def median(self) -> float:
        return statistics.median(self.alone)

    @property
    def steadiness(self) -> float:
        """The 99th percentile as a multiple of the median, with all connections asking."""
        return at(self.together, 0.99) / at(self.together, 0.5)


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
        key = issue_key(session, of.company.slug, ["read:stats", "read:people"], utc_now(), lasting=timedelta(days=1)).text
    last = of.made_at.date()
    for question in QUESTIONS:
        asked = {each.name: each.asked(question, key, last) for each in contestants}
        for each in asked.values():
            at_once(each, CONNECTIONS, 0.3)
            sequential(each, WARM_UP)
        times: dict[str, Times] = defaultdict(Times)
        for number in range(rounds):
            for name in sorted(asked, reverse=number % 2 == 1):
                times[name].alone += sequential(asked[name], A_ROUND)[1:]
        for _ in range(2):
            for name in asked:
                together, rate = at_once(asked[name], CONNECTIONS, SECONDS)
                times[name].together += together
                times[name].rates.append(rate)
        report(question, times)


def report(question: Question, times: Mapping[str, Times]) -> None:
    """A row for each server, and whether the bars are met."""
    print(f"\n{question.name}: milliseconds one after another; then {CONNECTIONS} connections at once")
    print(f"  {'':18} {'p50':>8} {'p99':>8}  {'÷ Turnout':>9}   {'p50':>8} {'p99':>8} {'p99/p50':>8} {'a second':>9}")
    mine = times[TURNOUT]
    for name, of in times.items():
        alone, together = ([1000 * at(seconds, share) for share in (0.5, 0.99)] for seconds in (of.alone, of.together))
        print(
            f"  {name:18} {alone[0]:8.2f} {alone[1]:8.2f}  {of.median / mine.median:9.2f}   {together[0]:8.1f}"
            f" {together[1]:8.1f} {of.steadiness:8.2f} {statistics.median(of.rates):9.0f}"
        )
    for name, bar in BARS[question.name].items():
        if name in times:
            _print_bar(f"{bar:g} × {name}", times[name].median / mine.median, times[name].median / mine.median >= bar)
    _print_bar(f"p99 under {STEADY:g} × p50", mine.steadiness, mine.steadiness < STEADY)


def _print_bar(what: str, found: float, met: bool) -> None:
    print(f"  bar {what}: {found:.2f}, {'met' if met else 'NOT MET'}", flush=True)


def at(seconds: Sequence[float], share: float) -> float:
    """The value below which a share of them lies."""
    return sorted(seconds)[min(int(share * len(seconds)), len(seconds) - 1)]


if __name__ == "__main__":
    main()
