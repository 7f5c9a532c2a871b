"""Rules on limits as the company sees them: with where they go, what they have said, and what they would have said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.periods import FIRST_DAY, anchor_on_or_before
from turnout.analytics.reading import Question, Reading
from turnout.database.statements import statements
from turnout.tenants.alert_rules import AlertPeriod, Condition
from turnout.tenants.alert_targets import AlertChannel
from turnout.tenants.languages import Language
from turnout.tenants.limits import LimitMetric, Section

_SQL: Final = statements("turnout.analytics", "alerts.sql")
# What there is at a day's end is the sum of all that has changed before.
_OF_ALL_DAYS: Final = frozenset({LimitMetric.USERS, LimitMetric.STORAGE_BYTES, LimitMetric.STORED_RECORDING_MINUTES})


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class DeliveryFailure(StrEnum):
    """Why an attempt to deliver has failed."""

    NAME_UNKNOWN = "NAME_UNKNOWN"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    UNREACHABLE = "UNREACHABLE"
    TIMEOUT = "TIMEOUT"
    TLS_FAILED = "TLS_FAILED"
    REFUSED = "REFUSED"
    NOT_CONFIGURED = "NOT_CONFIGURED"


@dataclass(frozen=True, slots=True)
class AlertDelivery:
    """One alert, or a test, on its way to one target. `status` is what the server answered, by HTTP or SMTP."""

    delivery_id: UUID
    target_id: UUID
    channel: AlertChannel
    address: str
    is_test: bool
    state: DeliveryState
    attempts: int
    failure: DeliveryFailure | None
    status: int | None
    created_at: datetime
    due_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlertTarget:
    """Where a rule goes, and what has been on its way there last."""

    target_id: UUID
    channel: AlertChannel
    address: str
    latest: AlertDelivery | None


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A rule with its targets."""

    rule_id: UUID
    name: str
    condition: Condition
    language: Language
    created_at: datetime
    changed_at: datetime
    targets: Sequence[AlertTarget]


@dataclass(frozen=True, slots=True)
class Firing:
    """A period in which a share was reached: on which day of it first, and what the metric and its limit were then.

    `at` is the instant of a peak, None for what is none.
    """

    first_day: date
    last_day: date
    day: date
    at: datetime | None
    value: float
    limit: float

    @property
    def share(self) -> float:
        """Value ÷ limit, 1 = full."""
        return self.value / self.limit


@dataclass(frozen=True, slots=True)
class Alert:
    """What a rule has said, with the rule as it was then."""

    alert_id: str
    rule_id: UUID
    name: str
    condition: Condition
    firing: Firing
    fired_at: datetime
    deliveries: Sequence[AlertDelivery]


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a rule would have said, in the order of the days."""

    firings: Sequence[Firing]

    @property
    def times(self) -> int:
        """How often it would have fired."""
        return len(self.firings)


async def alert_rules(reading: Reading, rule_id: UUID | None = None) -> list[AlertRule]:
    """Every rule of the company in the order in which they were made; or the one of an id, if there is one."""
    return await reading.ask(Question(_SQL["rules"], _rule, {"rule": rule_id}))


async def alerts(reading: Reading, wanted: Wanted, rule_id: UUID | None = None) -> Page[Alert]:
    """What the rules have said by when they did; or one of them."""
    parameters = wanted.parameters() | {"rule": rule_id}
    question = Question(paged(_SQL["alerts"], wanted), line_of(_alert), parameters)
    return page_of(await reading.ask(question), wanted)


async def backtest(reading: Reading, condition: Condition, days: int) -> Backtest:
    """When a rule would have fired in so many days that end with today, by the figures and limits as they are now."""
    last = reading.today
    first = last - timedelta(days=days - 1)
    parameters = condition.parameters() | {"first": first, "last": last}
    asked = (_earliest(reading, condition, first), last)
    return Backtest(await reading.ask(Question(_SQL["backtest"], Firing, parameters, asked)))


def _earliest(reading: Reading, condition: Condition, first: date) -> date:
    """The first of the days that the figures are made of."""
    if condition.metric in _OF_ALL_DAYS:
        return FIRST_DAY
    return anchor_on_or_before(first, reading.company.billing_anchor_day)


def _rule(
    rule_id: UUID,
    name: str,
    metric: str,
    section: str,
    share: float,
    period: str,
    language: str,
    created_at: datetime,
    changed_at: datetime,
    targets: list[Mapping[str, Any]],
) -> AlertRule:
    condition, going = _condition(metric, section, share, period), msgspec.convert(targets, list[AlertTarget])
    return AlertRule(rule_id, name, condition, Language(language), created_at, changed_at, going)


def _alert(
    alert_id: str,
    rule_id: UUID,
    name: str,
    metric: str,
    section: str,
    share: float,
    period: str,
    first_day: date,
    last_day: date,
    day: date,
    at: datetime | None,
    value: float,
    limit: float,
    fired_at: datetime,
    deliveries: list[Mapping[str, Any]],
) -> Alert:
    firing = Firing(first_day, last_day, day, at, value, limit)
    condition = _condition(metric, section, share, period)
    sent = msgspec.convert(deliveries, list[AlertDelivery])
    return Alert(alert_id, rule_id, name, condition, firing, fired_at, sent)


def _condition(metric: str, section: str, share: float, period: str) -> Condition:
    return Condition(LimitMetric(metric), Section(section), share, AlertPeriod(period))
