"""Comparison: which period stands beside another one, and how every headline figure has changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Final

from turnout.analytics.periods import (
    DAY,
    MICROSECOND,
    Period,
    PeriodPreset,
    anchor_on_or_before,
    by_instants,
    months_before,
)
from turnout.analytics.summary import Peak, PeriodSummary, SectionSummary
from turnout.analytics.usage import Usage
from turnout.database.calendar import local_midnight
from turnout.database.errors import TurnoutError
from turnout.tenants.company import Company
from turnout.tenants.limits import Section

WEEK: Final = 7
YEAR_OF_WEEKS: Final = 52 * WEEK


class ComparisonPreset(Enum):
    """Which period a period is compared with."""

    PREVIOUS_PERIOD = "PREVIOUS_PERIOD"
    PREVIOUS_PERIOD_BY_WEEKDAY = "PREVIOUS_PERIOD_BY_WEEKDAY"
    YEAR_BEFORE = "YEAR_BEFORE"
    YEAR_BEFORE_BY_WEEKDAY = "YEAR_BEFORE_BY_WEEKDAY"


class HeadlineFigure(Enum):
    """What is compared: first what each section has, then what a period has once."""

    PEAK_CONNECTIONS = "PEAK_CONNECTIONS"
    PEAK_SPEAKERS = "PEAK_SPEAKERS"
    PEAK_LISTENERS = "PEAK_LISTENERS"
    PEAK_EVENTS = "PEAK_EVENTS"
    MEAN_DAILY_PEAK_CONNECTIONS = "MEAN_DAILY_PEAK_CONNECTIONS"
    MEAN_DAILY_PEAK_SPEAKERS = "MEAN_DAILY_PEAK_SPEAKERS"
    MEAN_DAILY_PEAK_EVENTS = "MEAN_DAILY_PEAK_EVENTS"
    EVENTS_HELD = "EVENTS_HELD"
    PARTICIPATION_MINUTES = "PARTICIPATION_MINUTES"
    UNIQUE_PARTICIPANTS = "UNIQUE_PARTICIPANTS"
    EVENTS_CREATED = "EVENTS_CREATED"
    EVENTS_NOT_HELD = "EVENTS_NOT_HELD"
    PERSONAL_CALLS = "PERSONAL_CALLS"
    GROUP_CALLS = "GROUP_CALLS"
    MESSAGES = "MESSAGES"
    UPLOADED_BYTES = "UPLOADED_BYTES"
    STORAGE = "STORAGE"
    NEW_USERS = "NEW_USERS"
    REGISTERED_USERS = "REGISTERED_USERS"

    @property
    def attribute(self) -> str:
        """What it is called in the summaries."""
        return self.value.lower()


@dataclass(frozen=True, slots=True)
class Change:
    """One headline figure of a section, now and in the period compared with."""

    figure: HeadlineFigure
    section: Section
    value: float
    before: float

    @property
    def difference(self) -> float:
        """How much more it is; negative when it is less."""
        return self.value - self.before

    @property
    def share(self) -> float | None:
        """The difference ÷ what it was, 0.5 = half as much again; None where there was nothing."""
        return self.difference / self.before if self.before else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The period compared with, and all changes: by section, then in the order of the figures."""

    period: Period
    changes: list[Change]


_FIGURES: Final = tuple(HeadlineFigure)
_OF_SECTIONS: Final = _FIGURES[: _FIGURES.index(HeadlineFigure.EVENTS_CREATED)]
_OF_PERIODS: Final = _FIGURES[len(_OF_SECTIONS) :]

# Presets that are so many calendar months long, and are compared with as many before them.
_MONTHS: Final = {
    PeriodPreset.MONTH_TO_DATE: 1,
    PeriodPreset.LAST_MONTH: 1,
    PeriodPreset.YEAR_TO_DATE: 12,
    PeriodPreset.LAST_12_MONTHS: 12,
}
_BILLING: Final = {PeriodPreset.BILLING_PERIOD, PeriodPreset.PREVIOUS_BILLING_PERIOD}


def compared_with(
    company: Company, period: Period, preset: PeriodPreset | None, base: ComparisonPreset, now: datetime
) -> Period:
    """The period that stands beside another. One that is still going on is compared up to the same time of day.

    Raises NOT_COMPARABLE for ALL_TIME, and the PERIOD_… errors where there is no such period.
    """
    if preset is PeriodPreset.ALL_TIME:
        raise TurnoutError(
            "NOT_COMPARABLE", "Nothing lies before all time.", "Compare another period, or name one to compare with."
        )
    end = min(period.end, now) if period.start < now else period.end
    if base is ComparisonPreset.YEAR_BEFORE:
        start, end = _a_year_before(company, period.start), _a_year_before(company, end, is_end=True)
    elif base is ComparisonPreset.PREVIOUS_PERIOD and (first := _calendar_start(company, period, preset)):
        days = (period.first_day - first).days
        is_over = end == period.end and preset not in {PeriodPreset.MONTH_TO_DATE, PeriodPreset.YEAR_TO_DATE}
        start = local_midnight(company.zone, first)
        end = period.start if is_over else min(_days_before(company, end, days), period.start)
    else:
        days = _distance(period, base)
        start, end = _days_before(company, period.start, days), _days_before(company, end, days)
    if end <= start == local_midnight(company.zone, start.astimezone(company.zone).date()):
        raise _skipped(company)
    return by_instants(company, start, max(end, start + MICROSECOND))


def compare(now: PeriodSummary, before: PeriodSummary) -> Comparison:
    """Every headline figure with its change."""
    changes = [
        change for new, old in zip(now.sections, before.sections, strict=True) for change in _of_section(new, old)
    ]
    own = [
        Change(
            figure, Section.TOTAL, _number(getattr(now, figure.attribute)), _number(getattr(before, figure.attribute))
        )
        for figure in _OF_PERIODS
    ]
    return Comparison(before.period, changes + own)


def _of_section(now: SectionSummary, before: SectionSummary) -> Iterator[Change]:
    for figure in _OF_SECTIONS:
        new, old = getattr(now, figure.attribute), getattr(before, figure.attribute)
        if new is not None and old is not None:
            yield Change(figure, now.section, _number(new), _number(old))


def _number(figure: Peak | Usage | float) -> float:
    """A peak by its value, a usage by what is used."""
    if isinstance(figure, Peak):
        return float(figure.value)
    return float(figure.used if isinstance(figure, Usage) else figure)


def _distance(period: Period, base: ComparisonPreset) -> int:
    days = (period.last_day - period.first_day).days + 1
    weeks = -(-days // WEEK) * WEEK
    return {
        ComparisonPreset.PREVIOUS_PERIOD: days,
        ComparisonPreset.PREVIOUS_PERIOD_BY_WEEKDAY: weeks,
        ComparisonPreset.YEAR_BEFORE_BY_WEEKDAY: max(YEAR_OF_WEEKS, weeks),
    }[base]


def _calendar_start(company: Company, period: Period, preset: PeriodPreset | None) -> date | None:
    """The first day of the calendar's previous period; None for a preset that only counts days."""
    if preset in _MONTHS:
        return date(*months_before(period.first_day, _MONTHS[preset]), 1)
    if preset in _BILLING:
        return anchor_on_or_before(period.first_day - DAY, company.billing_anchor_day)
    return None


def _days_before(company: Company, at: datetime, days: int) -> datetime:
    """The same local time so many days before; midnight stays the beginning of its day."""
    return _at_same_time(company, at, lambda day: day - timedelta(days=days))


def _a_year_before(company: Company, at: datetime, *, is_end: bool = False) -> datetime:
    """The same local time a year before. 29 February becomes the 28th, and an end behind it stays behind the 28th."""
    if is_end and at == local_midnight(company.zone, at.astimezone(company.zone).date()):
        return _at_same_time(company, at, lambda day: _year_before(day - DAY) + DAY)
    return _at_same_time(company, at, _year_before)


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def _at_same_time(company: Company, at: datetime, move: Callable[[date], date]) -> datetime:
    local = at.astimezone(company.zone)
    day = move(local.date())
    # Of a day that does not exist no time of day is left either: the next one begins where it would have.
    if at == local_midnight(company.zone, local.date()) or not _exists(company, day):
        return local_midnight(company.zone, day)
    return datetime.combine(day, local.timetz()).astimezone(UTC)


def _exists(company: Company, day: date) -> bool:
    """Whether the company's zone has the day: those who moved to the other side of the date line have skipped one."""
    return local_midnight(company.zone, day) < local_midnight(company.zone, day + DAY)


def _skipped(company: Company) -> TurnoutError:
    return TurnoutError(
        "NOT_COMPARABLE",
        f"The day to compare with does not exist in {company.time_zone}, whose calendar has skipped it.",
        "Name another period to compare with.",
    )
