"""Periods: what a preset, a range of dates or a range of instants means for one company at one moment."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cached_property, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from turnout.database.calendar import local_midnight
from turnout.database.errors import TurnoutError
from turnout.tenants.company import Company

MICROSECOND: Final = timedelta(microseconds=1)
DAY: Final = timedelta(days=1)
# No activity is older than 2000; the calendar of a question may reach as far ahead as plans do.
FIRST_DAY: Final = date(1999, 12, 30)
LAST_DAY: Final = date(2099, 12, 31)
ALWAYS: Final = (FIRST_DAY, LAST_DAY)
MOST_DAYS: Final = 11_000


class PeriodPreset(Enum):
    """The named periods. All are in the company's local days; see `resolve_preset` for their ends."""

    TODAY = "TODAY"
    YESTERDAY = "YESTERDAY"
    LAST_7_DAYS = "LAST_7_DAYS"
    LAST_28_DAYS = "LAST_28_DAYS"
    LAST_30_DAYS = "LAST_30_DAYS"
    LAST_91_DAYS = "LAST_91_DAYS"
    MONTH_TO_DATE = "MONTH_TO_DATE"
    LAST_MONTH = "LAST_MONTH"
    BILLING_PERIOD = "BILLING_PERIOD"
    PREVIOUS_BILLING_PERIOD = "PREVIOUS_BILLING_PERIOD"
    YEAR_TO_DATE = "YEAR_TO_DATE"
    LAST_12_MONTHS = "LAST_12_MONTHS"
    ALL_TIME = "ALL_TIME"


@dataclass(frozen=True)
class Bucket:
    """One local day, or the part of it that lies in a period: [start, end)."""

    day: date
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Period:
    """[start, end) in UTC, in the local days of a zone. Never empty."""

    start: datetime
    end: datetime
    time_zone: str

    @property
    def first_day(self) -> date:
        """The local day of the first instant."""
        return self._local_day(self.start)

    @property
    def last_day(self) -> date:
        """The local day of the last instant: what happens exactly at the end is outside."""
        return self._local_day(self.end - MICROSECOND)

    @cached_property
    def buckets(self) -> list[Bucket]:
        """The days of the period, ascending, the first and last cut to it; a local day that does not exist has none."""
        return _buckets(self.start, self.end, self.time_zone)

    @cached_property
    def cut(self) -> list[Bucket]:
        """The at most two buckets that are not whole days."""
        edges = {bucket.day: bucket for bucket in (self.buckets[0], self.buckets[-1])}
        return [bucket for bucket in edges.values() if not self._is_whole(bucket)]

    @property
    def segment(self) -> str | None:
        """The definition of the segment that a question about it is about; None for the whole company."""
        return None

    @property
    def generation(self) -> int | None:
        """The rollups that answer about it, where they are not the company's own."""
        return None

    @property
    def closing(self) -> Bucket | None:
        """The last day from its midnight to the period's end, when the period ends inside it; None when it does not."""
        zone, last = ZoneInfo(self.time_zone), self.buckets[-1]
        if last.end == local_midnight(zone, last.day + DAY):
            return None
        return Bucket(last.day, local_midnight(zone, last.day), last.end)

    def days_through(self, today: date) -> int:
        """How many days of the period have begun: those that a mean counts."""
        return sum(bucket.day <= today for bucket in self.buckets)

    def _is_whole(self, bucket: Bucket) -> bool:
        zone = ZoneInfo(self.time_zone)
        return bucket.start == local_midnight(zone, bucket.day) and bucket.end == local_midnight(zone, bucket.day + DAY)

    def _local_day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.time_zone)).date()


@lru_cache(32)
def _buckets(start: datetime, end: datetime, time_zone: str) -> list[Bucket]:
    """The days between two instants; whatever is asked of a period in a request, and in the next, is about them."""
    zone, found = ZoneInfo(time_zone), list[Bucket]()
    day = start.astimezone(zone).date()
    opens = local_midnight(zone, day)
    while opens < end:
        closes = local_midnight(zone, day + DAY)
        if opens < closes:
            found.append(Bucket(day, max(opens, start), min(closes, end)))
        day, opens = day + DAY, closes
    return found


def by_dates(company: Company, first: date, last: date) -> Period:
    """Local days, both included. Raises PERIOD_REVERSED, PERIOD_OUT_OF_RANGE, PERIOD_TOO_LONG, PERIOD_EMPTY."""
    if first > last:
        raise _reversed(first, last)
    for day in (first, last):
        if not FIRST_DAY <= day <= LAST_DAY:
            raise _out_of_range(day)
    return _checked(
        Period(local_midnight(company.zone, first), local_midnight(company.zone, last + DAY), company.time_zone)
    )


def by_instants(company: Company, start: datetime, end: datetime) -> Period:
    """[start, end), exact to the microsecond. Raises PERIOD_REVERSED, PERIOD_OUT_OF_RANGE, PERIOD_TOO_LONG."""
    if start >= end:
        raise _reversed(start, end)
    for instant in (start, end):
        if not FIRST_DAY <= instant.date() <= LAST_DAY:
            raise _out_of_range(instant)
    return _checked(Period(start.astimezone(UTC), end.astimezone(UTC), company.time_zone))


def by_preset(company: Company, preset: PeriodPreset, now: datetime, earliest: date | None) -> Period:
    """A named period as of `now`; ALL_TIME begins on `earliest`, the day of the earliest activity that counts.

    Those that count days end with today's last instant; MONTH_TO_DATE and YEAR_TO_DATE end now.
    """
    zone, today = company.zone, now.astimezone(company.zone).date()
    first, last = _PRESETS[preset](today, company.billing_anchor_day)
    if preset is PeriodPreset.ALL_TIME and earliest is not None:
        first = min(earliest, today)
    start, end = local_midnight(zone, first), local_midnight(zone, last + DAY)
    if preset in {PeriodPreset.MONTH_TO_DATE, PeriodPreset.YEAR_TO_DATE}:
        end = max(now, start + MICROSECOND)
    return _checked(Period(start, end, company.time_zone))


def anchor_on_or_before(day: date, anchor: int) -> date:
    """The latest billing anchor not after a day: the anchor day, clamped to the length of its month."""
    this = _anchor(day.year, day.month, anchor)
    return this if this <= day else _anchor(*months_before(day, 1), anchor)


def billing_period(day: date, anchor: int) -> tuple[date, date]:
    """The first and the last day of the billing period in which a day lies."""
    first = anchor_on_or_before(day, anchor)
    return first, _anchor(*months_before(first, -1), anchor) - DAY


def _anchor(year: int, month: int, anchor: int) -> date:
    return date(year, month, min(anchor, calendar.monthrange(year, month)[1]))


def months_before(day: date, months: int) -> tuple[int, int]:
    """Year and month so many months before a day; negative ones lie after it."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return year, month + 1


def _last_days(count: int) -> Callable[[date, int], tuple[date, date]]:
    return lambda today, _: (today - timedelta(days=count - 1), today)


def _last_month(today: date, _: int) -> tuple[date, date]:
    return date(*months_before(today, 1), 1), today.replace(day=1) - DAY


def _previous_billing_period(today: date, anchor: int) -> tuple[date, date]:
    return billing_period(anchor_on_or_before(today, anchor) - DAY, anchor)


_PRESETS: Final[dict[PeriodPreset, Callable[[date, int], tuple[date, date]]]] = {
    PeriodPreset.TODAY: _last_days(1),
    PeriodPreset.YESTERDAY: lambda today, _: (today - DAY, today - DAY),
    PeriodPreset.LAST_7_DAYS: _last_days(7),
    PeriodPreset.LAST_28_DAYS: _last_days(28),
    PeriodPreset.LAST_30_DAYS: _last_days(30),
    PeriodPreset.LAST_91_DAYS: _last_days(91),
    PeriodPreset.MONTH_TO_DATE: lambda today, _: (today.replace(day=1), today),
    PeriodPreset.LAST_MONTH: _last_month,
    PeriodPreset.BILLING_PERIOD: billing_period,
    PeriodPreset.PREVIOUS_BILLING_PERIOD: _previous_billing_period,
    PeriodPreset.YEAR_TO_DATE: lambda today, _: (today.replace(month=1, day=1), today),
    PeriodPreset.LAST_12_MONTHS: lambda today, _: (date(*months_before(today, 11), 1), today),
    PeriodPreset.ALL_TIME: _last_days(1),
}


def _checked(period: Period) -> Period:
    if period.start >= period.end:
        raise TurnoutError(
            "PERIOD_EMPTY",
            f"The period has no instant in {period.time_zone}: its days do not exist there.",
            "Ask for a neighbouring day.",
        )
    days = (period.last_day - period.first_day).days + 1
    if days > MOST_DAYS:
        raise TurnoutError(
            "PERIOD_TOO_LONG",
            f"The period has {days} days; {MOST_DAYS} is the most one question may have.",
            "Split it into several periods, or use the preset ALL_TIME.",
            value=days,
            maximum=MOST_DAYS,
        )
    return period


def _reversed(first: date, last: date) -> TurnoutError:
    return TurnoutError(
        "PERIOD_REVERSED",
        f"The period from {first.isoformat()} to {last.isoformat()} is empty or reversed.",
        "`from` must lie before `to`; ranges of dates include both days.",
        value=[first.isoformat(), last.isoformat()],
    )


def _out_of_range(value: date) -> TurnoutError:
    return TurnoutError(
        "PERIOD_OUT_OF_RANGE",
        f"{value.isoformat()} is outside {FIRST_DAY.isoformat()} to {LAST_DAY.isoformat()}.",
        "No activity is older than the year 2000; for everything there is, use the preset ALL_TIME.",
        value=value.isoformat(),
        minimum=FIRST_DAY.isoformat(),
        maximum=LAST_DAY.isoformat(),
    )
