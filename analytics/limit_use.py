"""How a limit is used: the time spent near it and beyond it, and what any other limit would have covered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from turnout.analytics.peaks import MICROSECONDS_A_MINUTE, Section
from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, limit_day, period_parameters, whole_days
from turnout.analytics.witness import PeakMetric, check_listeners
from turnout.database.statements import statements

Row = TypeVar("Row")

_SQL: Final = statements("turnout.analytics", "limit_use.sql")


@dataclass(frozen=True, slots=True)
class Use:
    """What a limit is about, and when; what is known of it is asked for apart."""

    period: Period
    metric: PeakMetric
    section: Section


@dataclass(frozen=True, slots=True)
class TimeAbove:
    """Minutes of a period that have passed, those of them with a limit, and those above a share of it.

    Without a limit on any day `limited` is 0, and so are the others.
    """

    passed: float
    limited: float
    above_80: float
    above_90: float
    above_100: float
    limit: int | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The lowest number that was not exceeded in so large a part of the time, and for how long it was exceeded."""

    coverage: float
    value: int
    minutes_above: float


def limit_use(period: Period, metric: PeakMetric, section: Section) -> Use:
    """What the questions below are about. Raises NO_LISTENERS."""
    check_listeners(metric, section)
    return Use(period, metric, section)


async def time_above(reading: Reading, use: Use) -> TimeAbove:
    """The time above the limit of each day, up to now."""
    bounds = {
        "starts": [bucket.start for bucket in use.period.buckets],
        "ends": [bucket.end for bucket in use.period.buckets],
    }
    [row] = await _ask(reading, use, "above", _time_above, **bounds, **limit_day(use.period, reading))
    return row


async def duration_curve(reading: Reading, use: Use, coverages: Sequence[float]) -> list[Coverage]:
    """For each part of the time the limit that would have covered it; none before any time has passed."""

    def coverage(part: float, value: int, above_us: int) -> Coverage:
        return Coverage(part, value, above_us / MICROSECONDS_A_MINUTE)

    return await _ask(reading, use, "curve", coverage, coverages=list(coverages))


async def covered(reading: Reading, use: Use, limit: int | None = None) -> float | None:
    """The part of the time in which there were no more than so many, by default than the limit at the end or now.

    None before any time has passed, and without a limit.
    """
    [part] = await _ask(reading, use, "covered", _part, limit=limit, **limit_day(use.period, reading))
    return part


def _time_above(
    passed_us: int, limited_us: int, above_80_us: int, above_90_us: int, above_100_us: int, limit: int | None
) -> TimeAbove:
    return TimeAbove(
        passed_us / MICROSECONDS_A_MINUTE,
        limited_us / MICROSECONDS_A_MINUTE,
        above_80_us / MICROSECONDS_A_MINUTE,
        above_90_us / MICROSECONDS_A_MINUTE,
        above_100_us / MICROSECONDS_A_MINUTE,
        limit,
    )


def _part(part: float | None) -> float | None:
    return part


async def _ask(reading: Reading, use: Use, name: str, row: Callable[..., Row], **more: object) -> list[Row]:
    about = {"metric": use.metric.value, "section": use.section.value}
    parameters = period_parameters(use.period, reading.today) | about | more
    levels = "" if name == "above" else _SQL["levels"]
    return await reading.ask(Question(_SQL["spent"] + levels + _SQL[name], row, parameters, whole_days(use.period)))
