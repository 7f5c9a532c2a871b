"""Where a metric is heading: the trend of its daily peaks, and the day on which it reaches the limit."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from turnout.analytics.peaks import Section
from turnout.analytics.periods import DAY, PeriodPreset
from turnout.analytics.reading import Question, Reading
from turnout.analytics.summary import resolve_preset
from turnout.analytics.witness import PeakMetric, check_listeners
from turnout.database.statements import statements

# Four of each weekday: of fewer nobody can say whether they rise.
FEWEST_DAYS: Final = 28
DAYS_AHEAD: Final = 3653

_SQL: Final = statements("turnout.analytics", "trends.sql")


class TrendOutcome(Enum):
    """What can be said of a trend and its limit."""

    REACHES_LIMIT = "REACHES_LIMIT"
    NOT_RISING = "NOT_RISING"
    BEYOND_TEN_YEARS = "BEYOND_TEN_YEARS"
    NO_LIMIT = "NO_LIMIT"
    TOO_FEW_DAYS = "TOO_FEW_DAYS"


@dataclass(frozen=True, slots=True)
class Trend:
    """A line through the daily peaks of some days, as it stands today; without enough days it has no figures.

    The slopes are per day; low and high are the ends of an interval of 95 %, as are the earliest and latest day.
    """

    metric: PeakMetric
    section: Section
    first_day: date
    last_day: date
    days: int
    outcome: TrendOutcome
    limit: int | None
    level: float | None = None
    slope: float | None = None
    slope_low: float | None = None
    slope_high: float | None = None
    reaches_limit_on: date | None = None
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    limit: int | None
    limited_days: int
    level: float | None
    slope: float | None
    slope_low: float | None
    slope_high: float | None
    reaches_limit_on: date | None
    earliest: date | None
    latest: date | None


async def trend(reading: Reading, metric: PeakMetric, section: Section, days: int) -> Trend:
    """The trend of the last so many whole days of the company, those before its first activity left out.

    Raises NO_LISTENERS.
    """
    check_listeners(metric, section)
    begun = (await resolve_preset(reading, PeriodPreset.ALL_TIME)).first_day
    last = reading.today - DAY
    first = max(begun, reading.today - timedelta(days=days))
    about = {
        "metric": metric.value,
        "section": section.value,
        "first_day": first,
        "last_day": last,
        "today": reading.today,
        "days_ahead": DAYS_AHEAD,
    }
    [line] = await reading.ask(Question(_SQL["trend"], _Line, about, (first, last) if first <= last else None))
    return _trend(line, (metric, section, first, last, (last - first).days + 1))


def _trend(line: _Line, about: tuple[PeakMetric, Section, date, date, int]) -> Trend:
    outcome = TrendOutcome.TOO_FEW_DAYS if about[-1] < FEWEST_DAYS else _outcome(line)
    if outcome is TrendOutcome.TOO_FEW_DAYS:
        return Trend(*about, outcome, line.limit)
    slopes = (line.slope, line.slope_low, line.slope_high)
    days = (line.reaches_limit_on, line.earliest, line.latest)
    return Trend(*about, outcome, line.limit, line.level, *slopes, *days)


def _outcome(line: _Line) -> TrendOutcome:
    if line.limited_days == 0:
        return TrendOutcome.NO_LIMIT
    if line.reaches_limit_on:
        return TrendOutcome.REACHES_LIMIT
    return TrendOutcome.BEYOND_TEN_YEARS if line.slope and line.slope > 0 else TrendOutcome.NOT_RISING
