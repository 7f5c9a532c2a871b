"""Where a metric is heading."""

from datetime import date
from typing import Annotated

import strawberry

from turnout.analytics import trends
from turnout.graphql import people
from turnout.graphql.connections import within
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.sections import Section
from turnout.graphql.witness import PeakMetric

MOST_DAYS = 366
_HOW = (
    "The slope is the median of the slopes between the daily peaks of any two days of the same weekday (Sen's seasonal "
    "slope), so that neither weekends nor single extraordinary days bend it. The line runs through the weekday with "
    "the highest peaks: half of that weekday's peaks lie above it. The interval of 95 % is that of Kendall's seasonal "
    "test; it takes the days for independent, and the future for like the past."
)
_SURE = "with 95 % certainty, as far as the future is like the past"

describe(
    trends.TrendOutcome,
    "What can be said of a trend and its limit.",
    {
        "REACHES_LIMIT": "It reaches the limit on the day given, or has reached it today.",
        "NOT_RISING": "It does not rise, and lies below the limit.",
        "BEYOND_TEN_YEARS": "It rises, and does not reach the limit within ten years.",
        "NO_LIMIT": "There is no limit now, and none has been agreed for later.",
        "TOO_FEW_DAYS": f"There are fewer than {trends.FEWEST_DAYS} days to tell from.",
    },
)


def _how(root: strawberry.Parent[trends.Trend]) -> str:
    return _HOW


@strawberry.type(
    description="The trend of the daily peaks of a metric, and the day on which it reaches the limit valid on that day."
)
class Trend:
    """Rows are analytics' trends."""

    metric: PeakMetric = strawberry.field(description="What it is the trend of.")
    section: Section = strawberry.field(description="The kind of events that it is about.")
    first_day: date = strawberry.field(description="The first of the days it is made of.")
    last_day: date = strawberry.field(description="The last of them: yesterday, since today is not over.")
    days: int = strawberry.field(description="How many days these are; those before the first activity do not count.")
    outcome: trends.TrendOutcome = strawberry.field(description="What can be said.")
    limit: int | None = strawberry.field(description="Today's limit; null without one.")
    level: float | None = strawberry.field(
        description="Where the trend stands today, on the weekday with the highest peaks; null with too few days."
    )
    slope: float | None = strawberry.field(
        name="slopePerDay", description="By how much it rises a day; null with too few days."
    )
    slope_low: float | None = strawberry.field(description=f"It rises by no less a day {_SURE}.")
    slope_high: float | None = strawberry.field(description=f"It rises by no more a day {_SURE}.")
    reaches_limit_on: date | None = strawberry.field(
        description="The first day on which the trend is at the limit or above it; null unless the outcome says so."
    )
    earliest: date | None = strawberry.field(
        description="That day by `slopeHigh`; null when even so it does not come within ten years."
    )
    latest: date | None = strawberry.field(
        description="That day by `slopeLow`; null when it may well never come, or not within ten years."
    )
    how: str = strawberry.field(
        resolver=_how, metadata=people.HARMLESS, description="How this was computed, and how sure it is."
    )


@strawberry.field(
    graphql_type=Trend,
    description=(
        "Where the daily peaks of a metric are heading, and when they reach the limit. NO_LISTENERS for listeners of a "
        "section that has none."
    ),
)
async def trend(
    info: Info,
    metric: Annotated[PeakMetric, strawberry.argument(description="What it is the trend of.")] = PeakMetric.CONNECTIONS,
    section: Annotated[Section, strawberry.argument(description="The kind of events.")] = Section.TOTAL,
    days: Annotated[
        int, strawberry.argument(description=f"How many days before today it is made of: 1 to {MOST_DAYS}.")
    ] = 91,
) -> trends.Trend:
    """A trend."""
    within("days", days, 1, MOST_DAYS, "Ask for the last days up to a year.")
    return await trends.trend(info.context.reading(), metric, section, days)
