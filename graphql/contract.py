"""What the company uses of what it has contracted: "this period"."""

from datetime import datetime
from typing import Annotated

import strawberry

from turnout.analytics import contract
from turnout.analytics.contract import UsageMetric
from turnout.analytics.periods import PeriodPreset
from turnout.graphql import periods
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.figures import AskedPeriod
from turnout.graphql.periods import PeriodInput
from turnout.graphql.sections import Section

describe(
    UsageMetric,
    "A figure of what the company uses. What can be limited has the name that it has in LimitMetric.",
    {
        "CONNECTIONS": "The most connections to events at the same instant.",
        "SPEAKERS": "The most connections that could speak at the same instant.",
        "LISTENERS": "The most connections that listened to webinars at the same instant.",
        "EVENTS": "The most events with somebody in them at the same instant.",
        "PARTICIPATION_MINUTES": "Minutes that people spent in events, not rounded.",
        "BILLED_MINUTES": (
            "The same as the contract bills them: exactly, or each stay's part in the period rounded up to whole "
            "minutes. Of billing periods alone."
        ),
        "RECORDED_MINUTES": "Minutes that recordings ran.",
        "STORED_RECORDING_MINUTES": "Minutes of the recordings that exist.",
        "STORED_RECORDING_BYTES": "Bytes of the recordings that exist.",
        "CAPTIONS_ENABLED_MINUTES": "Minutes with somebody in events that allow captions.",
        "STORAGE_BYTES": "Bytes of files and recordings in use.",
        "USERS": "Registered users.",
    },
)


@strawberry.type(description="One figure of what a company uses in a period, against the limit that holds for it.")
class MetricUsage:
    """Rows are analytics' usages by metric."""

    metric: UsageMetric = strawberry.field(description="What is used.")
    section: Section = strawberry.field(description="The kind of events that it is about.")
    used: float = strawberry.field(
        description=(
            "The highest value of the period for what is reached at one instant, the sum of minutes, and for what "
            "exists what there is at the period's end or now."
        )
    )
    limit: float | None = strawberry.field(
        description=(
            "The limit contracted for the day of `at`; of a peak of 0 for the period's last day up to today. Null "
            "without one, and for minutes of a period that is no billing period."
        )
    )
    share: float | None = strawberry.field(
        description="What is used divided by the limit: 1 is full. Null without a limit and with a limit of 0."
    )
    headroom: float | None = strawberry.field(
        description="What the limit leaves, negative beyond it. Null without a limit."
    )
    at: datetime | None = strawberry.field(
        description=(
            "Of a peak the first instant at which it was reached, null exactly when it is 0; of everything else the "
            "period's end or now, whichever is earlier."
        )
    )
    worst_share: float | None = strawberry.field(
        description=(
            "The highest share of a day up to today, each day by its own limit: of its peak, of the minutes since the "
            "period began, or of what existed at its end. Null when no day has a limit above 0."
        )
    )
    worst_share_at: datetime | None = strawberry.field(
        description=(
            "When that was: the instant of the day's peak, or the day's end or now; of several such days the first. "
            "Null where worstShare is null, or a peak of 0."
        )
    )


@strawberry.field(
    graphql_type=list[MetricUsage],
    description=(
        "What the company uses in a period of what it has contracted, by metric and section: connections, events, "
        "minutes and recordings whether limited or not, and everything else that is limited on a day of the period."
    ),
)
async def contract_usage(
    info: Info,
    period: Annotated[
        PeriodInput,
        strawberry.argument(description="The period; minutes have limits in billing periods alone."),
    ] = PeriodInput(preset=PeriodPreset.BILLING_PERIOD),  # noqa: B008 -- strawberry prints it as the default
) -> list[contract.MetricUsage]:
    """What is used of what was contracted."""
    reading = info.context.reading()
    return await contract.contract_usage(reading, await periods.resolve(reading, period))


async def billed_minutes(root: strawberry.Parent[AskedPeriod], info: Info) -> float | None:
    """Of a period summary."""
    return await contract.billed_minutes(info.context.reading(), root.period)
