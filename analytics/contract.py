"""What a company uses in a period of what it has contracted: "this period", every figure, limited or not."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from turnout.analytics.periods import DAY, Period, billing_period
from turnout.analytics.reading import (
    Question,
    Reading,
    days_up_to,
    ending_parameters,
    limit_day,
    period_parameters,
)
from turnout.database.calendar import local_midnight
from turnout.database.statements import statements
from turnout.tenants.company import Company
from turnout.tenants.limits import Section

_SQL: Final = statements("turnout.analytics", "contract.sql")
_MICROSECONDS_A_MINUTE: Final = 60_000_000


class UsageMetric(Enum):
    """What can be used; most of it can be limited too, under the same name."""

    CONNECTIONS = "CONNECTIONS"
    SPEAKERS = "SPEAKERS"
    LISTENERS = "LISTENERS"
    EVENTS = "EVENTS"
    PARTICIPATION_MINUTES = "PARTICIPATION_MINUTES"
    BILLED_MINUTES = "BILLED_MINUTES"
    RECORDED_MINUTES = "RECORDED_MINUTES"
    STORED_RECORDING_MINUTES = "STORED_RECORDING_MINUTES"
    STORED_RECORDING_BYTES = "STORED_RECORDING_BYTES"
    CAPTIONS_ENABLED_MINUTES = "CAPTIONS_ENABLED_MINUTES"
    STORAGE_BYTES = "STORAGE_BYTES"
    USERS = "USERS"

    @property
    def is_peak(self) -> bool:
        """Whether it is the highest value of a period and not a sum or what exists at its end."""
        return self in _PEAKS

    def in_units(self, amount: int) -> float:
        """The amount as it is told: minutes are kept as microseconds."""
        return amount / _MICROSECONDS_A_MINUTE if self.value.endswith("_MINUTES") else float(amount)


_PEAKS: Final = frozenset({UsageMetric.CONNECTIONS, UsageMetric.SPEAKERS, UsageMetric.LISTENERS, UsageMetric.EVENTS})
# Told of every period, whether limited or not; everything else where the company has contracted a limit.
ALWAYS_TOLD: Final = frozenset(UsageMetric) - {
    UsageMetric.SPEAKERS,
    UsageMetric.LISTENERS,
    UsageMetric.STORAGE_BYTES,
    UsageMetric.USERS,
}


@dataclass(frozen=True, slots=True)
class MetricUsage:
    """One figure of a period against the limit that holds for it.

    `amount` is a number, bytes, or microseconds of what is told in minutes. `at` is when a peak was reached first, None
    when it is 0; else the instant as of which the figure holds. The worst share is that of the day on which it was
    highest, by that day's own limit; None when no day up to today had one above 0.
    """

    metric: UsageMetric
    section: Section
    amount: int
    at: datetime | None
    limit: float | None
    worst_share: float | None
    worst_share_at: datetime | None

    @property
    def used(self) -> float:
        """The amount in the metric's unit."""
        return self.metric.in_units(self.amount)

    @property
    def share(self) -> float | None:
        """Used ÷ limit, 1 = full; None without a limit or with limit 0."""
        return self.used / self.limit if self.limit else None

    @property
    def headroom(self) -> float | None:
        """What the limit leaves; negative beyond it, None without one."""
        return None if self.limit is None else self.limit - self.used


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure, whether it is limited on a day of the period, and how the company's minutes are billed in it."""

    usage: MetricUsage
    contracted: bool
    rounding: str

    @property
    def is_told(self) -> bool:
        """Whether it belongs to what "this period" tells."""
        return self.contracted or (self.usage.section is Section.TOTAL and self.usage.metric in ALWAYS_TOLD)


class Counting:
    """Makes figures of a period's rows: those that are no peak hold at its end, or now when that is earlier."""

    def __init__(self, company: Company, end: datetime, now: datetime) -> None:
        self._company = company
        self._at = min(end, now)

    def __call__(
        self,
        metric: str,
        section: str,
        amount: int,
        at: datetime | None,
        limit: float | None,
        worst_share: float | None,
        worst_share_day: date | None,
        worst_share_at: datetime | None,
        contracted: bool,
        rounding: str,
    ) -> Counted:
        """A figure, of the columns of `contract_usage`."""
        of = UsageMetric(metric)
        if not of.is_peak:
            at, worst_share_at = self._at, worst_share_day and self._end_of(worst_share_day)
        usage = MetricUsage(of, Section(section), amount, at, limit, worst_share, worst_share_at)
        return Counted(usage, contracted, rounding)

    def _end_of(self, day: date) -> datetime:
        return min(local_midnight(self._company.zone, day + DAY), self._at)


def is_billing(period: Period, company: Company) -> bool:
    """Whether a period is exactly one of the company's billing periods."""
    first, last = period.first_day, period.last_day
    return not period.cut and billing_period(first, company.billing_anchor_day) == (first, last)


def usage_parameters(period: Period, today: date, limits_on: date, *, billing: bool) -> dict[str, Any]:
    """The parameters of `contract_usage`."""
    said = {"is_billing": billing, "limit_day": limits_on}
    return period_parameters(period, today) | ending_parameters(period) | said


async def contract_usage(reading: Reading, period: Period) -> list[MetricUsage]:
    """What "this period" tells: by metric, then section. Minutes have limits in billing periods alone."""
    return [figure.usage for figure in await _figures(reading, period) if figure.is_told]


async def billed_minutes(reading: Reading, period: Period) -> float | None:
    """Minutes as the contract bills them; None for what is no billing period."""
    billed = (UsageMetric.BILLED_MINUTES, Section.TOTAL)
    figures = [figure.usage for figure in await _figures(reading, period)]
    return next((usage.used for usage in figures if (usage.metric, usage.section) == billed), None)


async def _figures(reading: Reading, period: Period) -> list[Counted]:
    billing = is_billing(period, reading.company)
    limits_on = limit_day(period, reading)["limit_day"]
    parameters = usage_parameters(period, reading.today, limits_on, billing=billing)
    row = Counting(reading.company, period.end, reading.now)
    return await reading.ask(Question(_SQL["contract_usage"], row, parameters, days_up_to(period)))
