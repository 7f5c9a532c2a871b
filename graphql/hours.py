"""Hours of a day and of a week."""

from typing import Annotated

import strawberry

from turnout.analytics import hours as analytics
from turnout.graphql import segments
from turnout.graphql.context import Info
from turnout.graphql.periods import PeriodArgument
from turnout.graphql.sections import Section
from turnout.graphql.segments import SegmentArgument

_PEAK = "at the same instant of this hour, on any of these days"
_MEAN = "over the days on which the hour has begun, those without any included"

Sections = Annotated[
    list[Section],
    strawberry.argument(description="The sections to give for each hour; one named twice is given once."),
]


@strawberry.type(description="Peaks and minutes in one local hour, over several days.")
class _Figures:
    """What hours of a day and of a week have alike."""

    hour: int = strawberry.field(
        description=(
            "What the company's clock shows when the hour begins, 0 to 23. Hours are counted from midnight. An hour "
            "that a day has twice, where the clock is put back, is one."
        )
    )
    section: Section = strawberry.field(description="The kind of events that the figures are about.")
    days: int = strawberry.field(
        description=(
            "On how many of the days this hour has begun by now: not where the clock was put forward over it, and not "
            "outside of a period by instants."
        )
    )
    peak_connections: int = strawberry.field(description=f"The largest number of connections {_PEAK}.")
    mean_peak_connections: float = strawberry.field(
        description=f"The mean of these hours' peaks of connections {_MEAN}."
    )
    peak_speakers: int = strawberry.field(description=f"The largest number of speakers {_PEAK}.")
    mean_peak_speakers: float = strawberry.field(description=f"The mean of these hours' peaks of speakers {_MEAN}.")
    peak_listeners: int | None = strawberry.field(
        description=f"The largest number of listeners of webinars {_PEAK}. Null in the sections MEETING and CALL."
    )
    mean_peak_listeners: float | None = strawberry.field(
        description=f"The mean of these hours' peaks of listeners {_MEAN}. Null in the sections MEETING and CALL."
    )
    peak_events: int = strawberry.field(description=f"The largest number of events with somebody in them {_PEAK}.")
    mean_peak_events: float = strawberry.field(description=f"The mean of these hours' peaks of events {_MEAN}.")
    participation_minutes: float = strawberry.field(
        description="Minutes that people spent in events in this hour, over all of these days, not rounded."
    )


@strawberry.type(description="One local hour of the days of a period.")
class HourOfDay(_Figures):
    """Rows are analytics' hours."""


@strawberry.type(description="One local hour of the days of a period that are one weekday.")
class HourOfWeek(_Figures):
    """Rows are analytics' hours."""

    weekday: int = strawberry.field(description="The weekday as ISO 8601 numbers it: 1 is Monday, 7 is Sunday.")


@strawberry.field(
    graphql_type=list[HourOfDay],
    description=(
        "The 24 hours of a day over a period, zeros included: hours ascending, then sections in the order of the "
        "enumeration."
    ),
)
async def hours(
    info: Info,
    period: PeriodArgument,
    sections: Sections = [Section.TOTAL],  # noqa: B006 -- strawberry prints it as the default, and nobody writes to it
    segment: SegmentArgument = None,
) -> list[analytics.HourStat]:
    """Hours of a day."""
    reading = info.context.reading()
    return await analytics.hours(reading, await segments.resolve(reading, period, segment), sections)


@strawberry.field(
    graphql_type=list[HourOfWeek],
    description=(
        "The 168 hours of a week over a period, zeros included: from Monday, hours ascending, then sections in the "
        "order of the enumeration."
    ),
)
async def week_hours(
    info: Info,
    period: PeriodArgument,
    sections: Sections = [Section.TOTAL],  # noqa: B006 -- strawberry prints it as the default, and nobody writes to it
    segment: SegmentArgument = None,
) -> list[analytics.HourStat]:
    """Hours of a week."""
    reading = info.context.reading()
    return await analytics.week_hours(reading, await segments.resolve(reading, period, segment), sections)
