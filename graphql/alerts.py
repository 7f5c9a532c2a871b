"""Rules on limits: what they wait for, where they go, what they have said, and what they would have said."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import strawberry

from turnout.analytics import alerts as analytics
from turnout.analytics.alerts import DeliveryFailure, DeliveryState
from turnout.graphql import people
from turnout.graphql.connections import After, Asked, Connection, First, Slice, slice_of, within
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.languages import Language
from turnout.graphql.limits import LimitMetric
from turnout.graphql.sections import Section
from turnout.tenants.alert_rules import AlertPeriod, Condition, check_condition, unknown_rule
from turnout.tenants.alert_targets import AlertChannel

MOST_BACKTEST_DAYS: Final = 400

describe(
    AlertPeriod,
    "How long a rule says nothing again after it has fired.",
    {
        "DAY": "One of the company's local days.",
        "BILLING_PERIOD": "From the company's billing anchor day to the day before the next one.",
    },
)
describe(
    AlertChannel,
    "How an alert is told.",
    {
        "WEBHOOK": "By a POST of JSON to a URL, signed after Standard Webhooks.",
        "EMAIL": "By e-mail.",
    },
)
describe(
    DeliveryState,
    "How far a delivery has come.",
    {
        "PENDING": "It is to be tried, or to be tried again.",
        "DELIVERED": "The server at the other end has taken it.",
        "FAILED": "It was tried for a day, or the other end said that nothing is there any more (410).",
    },
)
describe(
    DeliveryFailure,
    "Why an attempt to deliver has failed.",
    {
        "NAME_UNKNOWN": "The name of the host has no address.",
        "ADDRESS_REFUSED": "The address is none that this server sends to, such as one of a private network.",
        "UNREACHABLE": "Nothing could be connected to, or the connection broke.",
        "TIMEOUT": "The other end took too long.",
        "TLS_FAILED": "There was no encryption that could be trusted.",
        "REFUSED": "The other end answered without taking it: `status` says with what. A redirection is no delivery.",
        "NOT_CONFIGURED": "This server sends no e-mail.",
    },
)


@strawberry.type(description="What a rule waits for: a metric that has reached a share of its contracted limit.")
class AlertCondition:
    """Rows are tenants' conditions."""

    metric: LimitMetric = strawberry.field(description="The limited metric.")
    section: Section = strawberry.field(description="The kind of events that the metric is about.")
    share: float = strawberry.field(description="The share of the limit that has to be reached: 1 is full.")
    period: AlertPeriod = strawberry.field(description="How long it says nothing again after it has fired.")


def _webhook(root: strawberry.Parent[analytics.AlertTarget]) -> str | None:
    return root.address if root.channel is AlertChannel.WEBHOOK else None


def _email(root: strawberry.Parent[analytics.AlertTarget]) -> str | None:
    return root.address if root.channel is AlertChannel.EMAIL else None


@strawberry.type(description="An alert, or a test, on its way to one target. It is tried again and again for a day.")
class AlertDelivery:
    """Rows are analytics' deliveries."""

    delivery_id: strawberry.ID = strawberry.field(
        name="id",
        metadata=people.HARMLESS,
        description="Its id, the same at every attempt; with `msg_` before it, it is the webhook-id.",
    )
    channel: AlertChannel = strawberry.field(description="How it is told.")
    webhook: str | None = strawberry.field(
        resolver=_webhook, metadata=people.HARMLESS, description="The URL that it goes to; null for e-mail."
    )
    email: str | None = strawberry.field(
        resolver=_email,
        metadata=people.email("target_id"),
        description="The address that it goes to; null for webhooks.",
    )
    is_test: bool = strawberry.field(description="Whether testAlertRule has asked for it.")
    state: DeliveryState = strawberry.field(description="How far it has come.")
    attempts: int = strawberry.field(description="How often it was tried.")
    failure: DeliveryFailure | None = strawberry.field(
        description="Why the latest attempt has failed; null when none has, and once it is delivered."
    )
    status: int | None = strawberry.field(
        description="What the other end answered to the latest attempt, by HTTP or SMTP; null without an answer."
    )
    created_at: datetime = strawberry.field(description="When there was something to deliver.")
    due_at: datetime | None = strawberry.field(
        name="nextAttemptAt", description="From when on it is tried again; null when it is not."
    )
    settled_at: datetime | None = strawberry.field(
        description="When it was delivered, or given up; null as long as it is pending."
    )


@strawberry.type(description="Where a rule's alerts go.")
class AlertTarget:
    """Rows are analytics' targets."""

    target_id: strawberry.ID = strawberry.field(name="id", metadata=people.HARMLESS, description="Its id.")
    channel: AlertChannel = strawberry.field(description="How it is told.")
    webhook: str | None = strawberry.field(
        resolver=_webhook, metadata=people.HARMLESS, description="The URL of a webhook; null for e-mail."
    )
    email: str | None = strawberry.field(
        resolver=_email, metadata=people.email("target_id"), description="The e-mail address; null for a webhook."
    )
    latest: AlertDelivery | None = strawberry.field(
        name="latestDelivery", description="What has been on its way there last; null when nothing has."
    )


@strawberry.type(description="A rule: who is to be told once a period when a metric has reached a share of its limit.")
class AlertRule:
    """Rows are analytics' rules."""

    rule_id: strawberry.ID = strawberry.field(name="id", metadata=people.HARMLESS, description="Its id.")
    name: str = strawberry.field(metadata=people.HARMLESS, description="What the company calls it.")
    condition: AlertCondition = strawberry.field(description="What it waits for.")
    language: Language = strawberry.field(description="The language of its e-mails.")
    created_at: datetime = strawberry.field(description="When it was made.")
    changed_at: datetime = strawberry.field(description="When it was changed last, or made.")
    targets: list[AlertTarget] = strawberry.field(description="Where its alerts go, webhooks first.")


@strawberry.type(description="A period in which the share of a condition was reached.")
class AlertFiring:
    """Rows are analytics' firings."""

    first_day: date = strawberry.field(name="from", description="The first day of the period.")
    last_day: date = strawberry.field(name="to", description="Its last day, included.")
    day: date = strawberry.field(description="The first of its days on which the share was reached.")
    at: datetime | None = strawberry.field(
        description="The first instant of that day's peak; null for minutes, users and storage."
    )
    value: float = strawberry.field(description="What the metric had come to, in its own unit.")
    limit: float = strawberry.field(description="The limit contracted for that day.")
    share: float = strawberry.field(description="The value divided by the limit: 1 is full.")


@strawberry.type(description="What a rule has said, with the rule as it was then.")
class Alert:
    """Rows are analytics' alerts."""

    alert_id: strawberry.ID = strawberry.field(name="id", metadata=people.HARMLESS, description="Its id.")
    rule_id: strawberry.ID = strawberry.field(
        metadata=people.HARMLESS, description="The rule, which may have been changed or deleted since."
    )
    name: str = strawberry.field(metadata=people.HARMLESS, description="What the rule was called.")
    condition: AlertCondition = strawberry.field(description="What it had waited for.")
    firing: AlertFiring = strawberry.field(description="What was reached, and in which period.")
    fired_at: datetime = strawberry.field(description="The instant at which that was found out.")
    deliveries: list[AlertDelivery] = strawberry.field(
        description="To whom it is told; targets that the rule has no more are not listed."
    )


@strawberry.type(description="What a rule would have said in the past.")
class AlertBacktest:
    """Rows are analytics' backtests."""

    times: int = strawberry.field(description="How often it would have fired.")
    firings: list[AlertFiring] = strawberry.field(description="When, in the order of the days.")


@strawberry.field(
    graphql_type=list[AlertRule],
    description="The company's rules in the order in which they were made. Needs a session or the scope admin:alerts.",
)
async def alert_rules(info: Info) -> list[analytics.AlertRule]:
    """The rules."""
    return await analytics.alert_rules(info.context.reading_of(info.context.managing_alerts().company))


@strawberry.field(
    graphql_type=Connection[Alert],
    description="What the rules have said, the latest first. Needs a session or the scope admin:alerts.",
)
async def fired_alerts(
    info: Info,
    first: First = 50,
    after: After = None,
    rule_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(metadata=people.HARMLESS, description="Only what this rule has said, deleted or not."),
    ] = None,
) -> Slice[analytics.Alert]:
    """The alerts in pages."""
    reading = info.context.reading_of(info.context.managing_alerts().company)
    wanted_rule = None if rule_id is None else uuid_of(rule_id)
    asked = Asked("alerts", first, after, "FIRED_AT", True, None, wanted_rule)
    return await slice_of(reading, asked, lambda wanted: analytics.alerts(reading, wanted, wanted_rule))


@strawberry.input(name="AlertConditionInput", description="What a rule is to wait for.")
class AlertConditionInput:
    """As AlertCondition."""

    metric: LimitMetric = strawberry.field(description="The limited metric.")
    section: Section = strawberry.field(
        default=Section.TOTAL, description="The kind of events; only as far as the metric's limits can have sections."
    )
    share: float = strawberry.field(
        default=0.8, description="The share of the limit that has to be reached, above 0 and up to 10: 1 is full."
    )
    period: AlertPeriod = strawberry.field(
        default=AlertPeriod.BILLING_PERIOD,
        description="How long it says nothing again after it has fired; for minutes always BILLING_PERIOD.",
    )

    def checked(self) -> Condition:
        """The condition. Raises INVALID_ALERT_RULE."""
        condition = Condition(self.metric, self.section, self.share, self.period)
        check_condition(condition)
        return condition


@strawberry.field(
    graphql_type=AlertBacktest,
    description=(
        "When a rule would have fired in the days up to today, by the figures and the limits as they are now. Needs a "
        "session, or the scopes admin:alerts and read:stats."
    ),
)
async def backtest_alert_rule(
    info: Info,
    condition: Annotated[AlertConditionInput, strawberry.argument(description="What it would have waited for.")],
    days: Annotated[
        int, strawberry.argument(description=f"How many days, today included: 1 to {MOST_BACKTEST_DAYS}.")
    ] = 90,
) -> analytics.Backtest:
    """A rule held against the past."""
    info.context.managing_alerts()
    reading = info.context.reading()
    within("days", days, 1, MOST_BACKTEST_DAYS, "Ask for fewer days.")
    return await analytics.backtest(reading, condition.checked(), days)


def uuid_of(rule_id: str) -> UUID:
    """The id of a rule. Raises UNKNOWN_ALERT_RULE for what is none."""
    try:
        return UUID(rule_id)
    except ValueError:
        raise unknown_rule() from None
