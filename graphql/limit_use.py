"""How a limit is used."""

from typing import Annotated

import strawberry

from turnout.analytics import limit_use as uses
from turnout.database.errors import TurnoutError
from turnout.graphql import people, periods
from turnout.graphql.connections import short_enough, within
from turnout.graphql.context import Info
from turnout.graphql.figures import figure
from turnout.graphql.periods import Period, PeriodArgument
from turnout.graphql.sections import Section
from turnout.graphql.witness import PeakMetric

Use = strawberry.Parent[uses.Use]

MOST_COVERAGES = 100
HIGHEST_LIMIT = 1_000_000_000
_HOW = (
    "Exact: every instant at which the number changed counts, none is a sample. Time is that of the period up to now, "
    "nights and weekends included; above a limit is more than it, and of each day its own limit counts."
)


@strawberry.type(description="Minutes near and beyond a limit. Of each day the limit that was valid on it counts.")
class TimeAbove:
    """Rows are analytics' times above."""

    passed: float = strawberry.field(name="minutes", description="Minutes of the period that have passed by now.")
    limited: float = strawberry.field(
        name="minutesWithLimit", description="Those of them on days with a limit; the others here are a part of these."
    )
    above_80: float = strawberry.field(name="minutesAbove80", description="With more than 80 per cent of the limit.")
    above_90: float = strawberry.field(name="minutesAbove90", description="With more than 90 per cent of the limit.")
    above_100: float = strawberry.field(name="minutesAbove100", description="With more than the limit.")
    limit: int | None = strawberry.field(description="The limit at the end of the period or now; null without one.")


@strawberry.type(description="One point of a duration curve: what would have sufficed for so large a part of the time.")
class Coverage:
    """Rows are analytics' coverages."""

    coverage: float = strawberry.field(description="The part of the time that is covered; 1 is all of it.")
    value: int = strawberry.field(
        description="The lowest limit that would have covered it: the number was not larger in so much of the time."
    )
    minutes_above: float = strawberry.field(description="The minutes in which it was larger all the same.")


async def _time(root: Use, info: Info) -> uses.TimeAbove:
    return await uses.time_above(info.context.reading(), root)


async def _curve(
    root: Use,
    info: Info,
    coverages: Annotated[
        list[float],
        strawberry.argument(description=f"Parts of the time, above 0 and 1 at most; {MOST_COVERAGES} or fewer."),
    ] = [0.95, 0.99, 0.995, 0.999, 1.0],  # noqa: B006 -- strawberry prints it as the default, and nobody writes to it
) -> list[uses.Coverage]:
    short_enough("coverages", coverages, MOST_COVERAGES)
    for coverage in coverages:
        if not 0 < coverage <= 1:
            raise TurnoutError(
                "ARGUMENT_OUT_OF_RANGE",
                f"`coverages` has {coverage}; each must be above 0, and 1 at most.",
                "Say 0.995 for 99.5 per cent.",
                argument="coverages",
                value=coverage,
                minimum=0,
                maximum=1,
            )
    return await uses.duration_curve(info.context.reading(), root, coverages)


async def _covered(
    root: Use,
    info: Info,
    limit: Annotated[
        int | None, strawberry.argument(description="A limit to be tried, 0 or more; null is the one in `time`.")
    ] = None,
) -> float | None:
    if limit is not None:
        within("limit", limit, 0, HIGHEST_LIMIT, "Try a limit that somebody could have.")
    return await uses.covered(info.context.reading(), root, limit)


def _how(root: Use) -> str:
    return _HOW


@strawberry.type(description="How a limit is used in a period, and what any other limit would have been worth.")
class LimitUse:
    """Rows are analytics' uses of limits."""

    period: Period = strawberry.field(description="The period.")
    metric: PeakMetric = strawberry.field(description="What is limited.")
    section: Section = strawberry.field(description="The kind of events that it is about.")
    time: TimeAbove = figure(TimeAbove, _time, "The time near the limit and beyond it.")
    duration_curve: list[Coverage] = figure(
        list[Coverage],
        _curve,
        "What limit would have covered so large a part of the time; empty when no time has passed.",
    )
    covered: float | None = strawberry.field(
        resolver=_covered,
        description=(
            "The part of the time that a limit would have covered: 1 is all. Null when no time has passed, and without "
            "a limit."
        ),
    )
    how: str = strawberry.field(
        resolver=_how, metadata=people.HARMLESS, description="How this was computed, and how sure it is."
    )


@strawberry.field(
    graphql_type=LimitUse,
    description=(
        "The time near a limit and beyond it, and what other limits would have covered. NO_LISTENERS for listeners "
        "of a section that has none."
    ),
)
async def limit_use(
    info: Info,
    period: PeriodArgument,
    metric: Annotated[PeakMetric, strawberry.argument(description="What is limited.")] = PeakMetric.CONNECTIONS,
    section: Annotated[Section, strawberry.argument(description="The kind of events.")] = Section.TOTAL,
) -> uses.Use:
    """A limit and its use."""
    reading = info.context.reading()
    return uses.limit_use(await periods.resolve(reading, period), metric, section)
