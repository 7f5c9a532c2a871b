"""Peaks by day."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from turnout.analytics import peaks
from turnout.graphql import breakdown, posts, segments
from turnout.graphql.context import Info
from turnout.graphql.periods import PeriodArgument
from turnout.graphql.sections import Section
from turnout.graphql.segments import SegmentArgument

_PEAK = "at the same instant: the largest number reached at any instant of the day, never a sum and never a sample"
_AT = "The first instant of the day at which that number was reached; null exactly when the number is 0."
_LIMIT = "contracted for the day of the peak; null without a limit."


@strawberry.type(
    description=(
        "One local day of one section. Peaks, minutes and people are taken from the stays of people in events; "
        "services such as recorders do not count. A day on which nothing happened has zeros."
    )
)
class DailyPeak:
    """Rows are analytics' daily peaks."""

    day: date = strawberry.field(
        description="The company's local day; at the edges of a period by instants, the part of it inside."
    )
    section: Section = strawberry.field(description="The kind of events that the figures are about.")
    connections: int = strawberry.field(description=f"Connections {_PEAK}. One person on two devices makes two.")
    connections_at: datetime | None = strawberry.field(description=_AT)
    connections_limit: int | None = strawberry.field(description=f"The limit of connections {_LIMIT}")
    speakers: int = strawberry.field(
        description=f"Speakers {_PEAK}. In webinars these are moderators and speakers, in meetings and calls everybody."
    )
    speakers_at: datetime | None = strawberry.field(description=_AT)
    speakers_limit: int | None = strawberry.field(description=f"The limit of speakers {_LIMIT}")
    listeners: int | None = strawberry.field(
        description=f"Listeners of webinars {_PEAK}. Null in the sections MEETING and CALL, where nobody only listens."
    )
    listeners_at: datetime | None = strawberry.field(
        description="The first instant of the day at which that number was reached; null when the number is 0 or null."
    )
    events: int = strawberry.field(description=f"Events with somebody in them {_PEAK}. An empty room is no event.")
    events_at: datetime | None = strawberry.field(description=_AT)
    events_limit: int | None = strawberry.field(description=f"The limit of events {_LIMIT}")
    events_held: int = strawberry.field(
        description=(
            "Events in which somebody was on this day. One that lasts over midnight is held on both days, so days "
            "must not be added up."
        )
    )
    participation_minutes: float = strawberry.field(
        description="Minutes that people spent in events on this day, stay by stay, not rounded."
    )
    unique_participants: int = strawberry.field(
        description=(
            "Distinct people in events on this day, by user, else by external id, else by connection. Days must not "
            "be added up."
        )
    )
    connections_in_one_event: int = strawberry.field(
        resolver=breakdown.in_one_event_of_day, description=f"Connections to a single event {_PEAK}."
    )
    connections_in_one_event_at: datetime | None = strawberry.field(
        resolver=breakdown.in_one_event_at_of_day, description=_AT
    )
    chat_posts: int = posts.of_daily_peak(
        lambda found: found.chat, "Posts in public and private chats of these events on this day."
    )
    qa_posts: int = posts.of_daily_peak(
        lambda found: found.qa, "Questions and answers posted in these events on this day."
    )


@strawberry.field(
    graphql_type=list[DailyPeak],
    description=(
        "Every day of a period with its peaks, zeros included: days ascending, then sections in the order of the "
        "enumeration."
    ),
)
async def daily_peaks(
    info: Info,
    period: PeriodArgument,
    sections: Annotated[
        list[Section],
        strawberry.argument(description="The sections to give for each day; one named twice is given once."),
    ] = [Section.TOTAL],  # noqa: B006 -- strawberry prints it as the default, and nobody writes to it
    segment: SegmentArgument = None,
) -> list[peaks.DailyPeak]:
    """Peaks by day."""
    reading = info.context.reading()
    return await peaks.daily_peaks(reading, await segments.resolve(reading, period, segment), sections)
