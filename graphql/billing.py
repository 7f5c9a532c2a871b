"""Closed billing periods, revision by revision."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from turnout.analytics import billing, contract
from turnout.analytics.billing import ClosingReason
from turnout.analytics.contract import UsageMetric
from turnout.graphql import people
from turnout.graphql.connections import After, Asked, Connection, First, Slice, slice_of
from turnout.graphql.context import Info
from turnout.graphql.contract import MetricUsage
from turnout.graphql.enums import describe
from turnout.graphql.figures import figure
from turnout.graphql.sections import Section
from turnout.tenants.rounding import MinuteRounding

describe(
    MinuteRounding,
    "How the minutes of a billing period are billed.",
    {
        "EXACT": "As they were, not rounded.",
        "PER_STAY": "Each stay's part in the period is rounded up to whole minutes on its own.",
    },
)
describe(
    ClosingReason,
    "Why there is a revision of a closed billing period.",
    {
        "CLOSED": "It is the first.",
        "LATE_DATA": (
            "Activities of the period came after it had been closed, or it was found out only then when silent stays "
            "had ended."
        ),
        "CORRECTION": "What had been counted was corrected or taken back.",
        "DEFINITION": "What a figure means was defined anew.",
        "CONTRACT": "Limits, or how minutes are billed, were agreed on anew for days of the period.",
    },
)


async def _figures(root: strawberry.Parent[billing.ClosedPeriod]) -> list[contract.MetricUsage]:
    return await root.figures()


@strawberry.type(
    description=(
        "A billing period that was closed, in one revision. A revision is never changed: whatever comes later makes "
        "the next one."
    )
)
class ClosedPeriod:
    """Rows are analytics' closed periods."""

    first_day: date = strawberry.field(description="Its first day, by which it is asked for.")
    last_day: date = strawberry.field(description="Its last day, included.")
    start: datetime = strawberry.field(name="from", description="Its first instant.")
    end: datetime = strawberry.field(
        name="to", description="The instant at which it was over: what happened then is outside."
    )
    time_zone: str = strawberry.field(
        metadata=people.HARMLESS,
        description=(
            "The IANA time zone in which its days began and ended. The company's may be another one today; then there "
            "are no more revisions."
        ),
    )
    revision: int = strawberry.field(description="Counted from 1.")
    closed_at: datetime = strawberry.field(description="When this revision was made.")
    reasons: list[ClosingReason] = strawberry.field(description="Why there is this revision.")
    definition: int = strawberry.field(description="The version of the definitions by which it was computed.")
    minute_rounding: MinuteRounding = strawberry.field(description="How its minutes were billed.")
    figures: list[MetricUsage] = figure(
        list[MetricUsage],
        _figures,
        "Every figure, whether limited or not, by metric and section, with the limits as they were then.",
    )


@strawberry.type(description="A figure that is not the same in two revisions of a closed billing period.")
class FigureDifference:
    """Rows are analytics' differences."""

    metric: UsageMetric = strawberry.field(description="What is used.")
    section: Section = strawberry.field(description="The kind of events that it is about.")
    before: float | None = strawberry.field(
        description="What the earlier revision says; null when it does not have this figure."
    )
    after: float | None = strawberry.field(
        description="What the later revision says; null when it does not have this figure."
    )
    change: float | None = strawberry.field(description="By how much it has grown; null where one of them is.")
    before_at: datetime | None = strawberry.field(description="When it was so in the earlier revision: its `at`.")
    after_at: datetime | None = strawberry.field(description="When it was so in the later revision: its `at`.")
    before_limit: float | None = strawberry.field(description="The limit in the earlier revision.")
    after_limit: float | None = strawberry.field(description="The limit in the later revision.")
    reasons: list[ClosingReason] = strawberry.field(
        description="The reasons of the revisions after the earlier one, up to the later, that changed this figure."
    )


@strawberry.type(description="What a later revision of a closed billing period says otherwise than an earlier one.")
class PeriodDifferences:
    """Rows are analytics' differences of periods."""

    before: ClosedPeriod = strawberry.field(name="from", description="The earlier revision.")
    after: ClosedPeriod = strawberry.field(name="to", description="The later revision.")
    reasons: list[ClosingReason] = strawberry.field(
        description="The reasons of all revisions after the earlier one, up to the later."
    )
    figures: list[FigureDifference] = strawberry.field(
        description="The figures that are not the same, by metric and section; none when all are."
    )


_FIRST_DAY = strawberry.argument(description="The first day of the period.")


@strawberry.field(
    graphql_type=Connection[ClosedPeriod],
    description=(
        "Billing periods that were closed, each in its latest revision: the latest period first. A period is closed "
        "some days after its end."
    ),
)
async def billing_periods(info: Info, first: First = 50, after: After = None) -> Slice[billing.ClosedPeriod]:
    """Closed periods in pages."""
    reading = info.context.reading()
    asked = Asked("billingPeriods", first, after, "FIRST_DAY", True, None)
    return await slice_of(reading, asked, lambda wanted: billing.billing_periods(reading, wanted))


@strawberry.field(
    graphql_type=ClosedPeriod,
    description="A revision of a closed billing period: its figures are the same whenever they are asked for.",
)
async def closed_period(
    info: Info,
    first_day: Annotated[date, _FIRST_DAY],
    revision: Annotated[
        int | None, strawberry.argument(description="The revision, counted from 1; the latest when it is not given.")
    ] = None,
) -> billing.ClosedPeriod:
    """One revision."""
    return await billing.closed_period(info.context.reading(), first_day, revision)


@strawberry.field(
    graphql_type=PeriodDifferences,
    description="What a later revision of a closed billing period says otherwise than an earlier one, and why.",
)
async def period_differences(
    info: Info,
    first_day: Annotated[date, _FIRST_DAY],
    before: Annotated[int, strawberry.argument(name="from", description="The earlier revision, counted from 1.")],
    after: Annotated[int, strawberry.argument(name="to", description="The later revision.")],
) -> billing.PeriodDifferences:
    """Two revisions side by side."""
    return await billing.period_differences(info.context.reading(), first_day, before, after)
