"""Closed billing periods: what was said once is said for ever, revision by revision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Final

from aiodataloader import DataLoader

from turnout.analytics.contract import MetricUsage, UsageMetric
from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.reading import Question, Reading
from turnout.analytics.revisions import figure_of
from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.limits import Section
from turnout.tenants.rounding import MinuteRounding

_SQL: Final = statements("turnout.analytics", "billing.sql")


class ClosingReason(Enum):
    """Why there is a revision."""

    CLOSED = "CLOSED"
    LATE_DATA = "LATE_DATA"
    CORRECTION = "CORRECTION"
    DEFINITION = "DEFINITION"
    CONTRACT = "CONTRACT"


class Figures(DataLoader[tuple[date, int], list[MetricUsage]]):
    """The figures of revisions, those of a whole list in one question."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self._reading = reading

    async def batch_load_fn(self, keys: list[tuple[date, int]]) -> list[list[MetricUsage]]:
        """As a DataLoader wants them."""
        asked = {"first_days": [day for day, _ in keys], "revisions": [revision for _, revision in keys]}
        found: dict[tuple[date, int], list[MetricUsage]] = {key: [] for key in keys}
        for key, figure in await self._reading.ask(Question(_SQL["figures"], _keyed, asked)):
            found[key].append(figure)
        return [found[key] for key in keys]


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """One revision of a billing period."""

    first_day: date
    last_day: date
    start: datetime
    end: datetime
    time_zone: str
    revision: int
    minute_rounding: MinuteRounding
    definition: int
    reasons: list[ClosingReason]
    closed_at: datetime
    _figures: Figures = field(repr=False, compare=False)

    async def figures(self) -> list[MetricUsage]:
        """By metric, then section; all of them, whether limited or not."""
        return await self._figures.load((self.first_day, self.revision))


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """A figure that is not the same in two revisions; None where a revision does not have it."""

    metric: UsageMetric
    section: Section
    before: float | None
    after: float | None
    before_at: datetime | None
    after_at: datetime | None
    before_limit: float | None
    after_limit: float | None
    reasons: list[ClosingReason]

    @property
    def change(self) -> float | None:
        """After less before; None where one of them is."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class PeriodDifferences:
    """Two revisions of one period, and what is not the same in them."""

    before: ClosedPeriod
    after: ClosedPeriod
    reasons: list[ClosingReason]
    figures: list[FigureDifference]


async def billing_periods(reading: Reading, wanted: Wanted) -> Page[ClosedPeriod]:
    """Closed periods, each in its latest revision."""
    question = Question(paged(_SQL["billing_periods"], wanted), line_of(_listed(reading)), wanted.parameters())
    return page_of(await reading.ask(question), wanted)


async def closed_period(reading: Reading, first_day: date, revision: int | None) -> ClosedPeriod:
    """A revision of the period that begins on a day, without a number the latest.

    Raises TurnoutError UNKNOWN_BILLING_PERIOD, UNKNOWN_REVISION.
    """
    revisions = await _revisions(reading, first_day)
    return revisions[-1] if revision is None else _revision(revisions, revision)


async def period_differences(reading: Reading, first_day: date, before: int, after: int) -> PeriodDifferences:
    """What a later revision says otherwise than an earlier one, and why.

    Raises TurnoutError UNKNOWN_BILLING_PERIOD, UNKNOWN_REVISION, REVISIONS_REVERSED.
    """
    revisions = await _revisions(reading, first_day)
    earlier, later = _revision(revisions, before), _revision(revisions, after)
    if before > after:
        raise TurnoutError(
            "REVISIONS_REVERSED",
            f"`from` is {before} and `to` is {after}.",
            "`from` is the earlier revision of the two, `to` the later.",
            argument="from",
            value=before,
        )
    said = {"first_day": first_day, "before": before, "after": after}
    figures = await reading.ask(Question(_SQL["differences"], _difference, said))
    reasons = {reason for each in revisions if before < each.revision <= after for reason in each.reasons}
    return PeriodDifferences(earlier, later, [reason for reason in ClosingReason if reason in reasons], figures)


async def _revisions(reading: Reading, first_day: date) -> list[ClosedPeriod]:
    found = await reading.ask(Question(_SQL["revisions"], _closed(reading), {"first_day": first_day}))
    if not found:
        raise TurnoutError(
            "UNKNOWN_BILLING_PERIOD",
            f"No billing period that begins on {first_day} has been closed.",
            "`billingPeriods` lists those that have.",
            argument="firstDay",
            value=first_day.isoformat(),
        )
    return found


def _revision(revisions: Sequence[ClosedPeriod], number: int) -> ClosedPeriod:
    for each in revisions:
        if each.revision == number:
            return each
    raise TurnoutError(
        "UNKNOWN_REVISION",
        f"The period that begins on {revisions[0].first_day} has no revision {number}.",
        f"It has {len(revisions)}, counted from 1.",
        value=number,
        minimum=1,
        maximum=len(revisions),
    )


def _closed(reading: Reading) -> Callable[..., ClosedPeriod]:
    """Makes periods of the columns of their revisions."""
    figures = Figures(reading)

    def make(
        first_day: date,
        last_day: date,
        start: datetime,
        end: datetime,
        time_zone: str,
        revision: int,
        rounding: str,
        definition: int,
        reasons: list[str],
        closed_at: datetime,
    ) -> ClosedPeriod:
        said = MinuteRounding(rounding), definition, _reasons(reasons), closed_at
        return ClosedPeriod(first_day, last_day, start, end, time_zone, revision, *said, figures)

    return make


def _listed(reading: Reading) -> Callable[..., ClosedPeriod]:
    """The same of the rows of a list, which begin with an id."""
    make = _closed(reading)

    def listed(_id: str, *columns: object) -> ClosedPeriod:
        return make(*columns)

    return listed


def _keyed(
    first_day: date,
    revision: int,
    *figure: *tuple[str, str, int, datetime | None, float | None, float | None, datetime | None],
) -> tuple[tuple[date, int], MetricUsage]:
    return (first_day, revision), figure_of(*figure)


def _difference(
    metric: str,
    section: str,
    before: int | None,
    after: int | None,
    before_at: datetime | None,
    after_at: datetime | None,
    before_limit: float | None,
    after_limit: float | None,
    reasons: list[str],
) -> FigureDifference:
    of = UsageMetric(metric)
    return FigureDifference(
        of,
        Section(section),
        None if before is None else of.in_units(before),
        None if after is None else of.in_units(after),
        before_at,
        after_at,
        before_limit,
        after_limit,
        _reasons(reasons),
    )


def _reasons(words: Sequence[str]) -> list[ClosingReason]:
    return [ClosingReason(word) for word in words]
