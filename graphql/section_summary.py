"""One section of a period, its peaks, and what was held of each template."""

from datetime import datetime
from typing import Final

import strawberry

from turnout.graphql import breakdown, people, posts
from turnout.graphql.figures import figure
from turnout.graphql.sections import EventKind, Section

PEAK: Final = "at the same instant, anywhere in the period"
_MEAN: Final = "over the period's days up to today, days without any included"


@strawberry.type(
    description=(
        "The largest number reached at any instant of a period, when it was first reached, and how it compares with "
        "what was contracted."
    )
)
class Peak:
    """Rows are analytics' peaks."""

    value: int = strawberry.field(
        description="The largest number reached at any instant; never a sum and never a sample."
    )
    at: datetime | None = strawberry.field(
        description=(
            "The first instant at which it was reached: the period's start when it was carried in; null exactly when "
            "it is 0."
        )
    )
    limit: int | None = strawberry.field(
        description=(
            "The limit contracted for the day of the peak; of a peak of 0, for the period's last day up to today. "
            "Null without one."
        )
    )
    share: float | None = strawberry.field(
        description="The value divided by the limit: 1 is full. Null without a limit and with a limit of 0."
    )
    headroom: int | None = strawberry.field(
        description="What the limit leaves, negative beyond it. Null without a limit."
    )


@strawberry.type(
    description=(
        "The figures of one section in a period, taken from the stays of people in its events; services do not count."
    )
)
class SectionSummary:
    """Rows are analytics' section summaries."""

    section: Section = strawberry.field(description="The kind of events that the figures are about.")
    peak_connections: Peak = strawberry.field(description=f"Connections {PEAK}. One person on two devices makes two.")
    peak_speakers: Peak = strawberry.field(
        description=f"Speakers {PEAK}. In webinars these are moderators and speakers, in meetings and calls everybody."
    )
    peak_listeners: Peak | None = strawberry.field(
        description=f"Listeners of webinars {PEAK}. Null in the sections MEETING and CALL, where nobody only listens."
    )
    peak_events: Peak = strawberry.field(description=f"Events with somebody in them {PEAK}. An empty room is no event.")
    mean_daily_peak_connections: float = strawberry.field(
        description=f"The mean of the daily peaks of connections {_MEAN}."
    )
    mean_daily_peak_speakers: float = strawberry.field(description=f"The mean of the daily peaks of speakers {_MEAN}.")
    mean_daily_peak_events: float = strawberry.field(description=f"The mean of the daily peaks of events {_MEAN}.")
    events_held: int = strawberry.field(
        description="Events in which somebody was during the period, each counted once."
    )
    participation_minutes: float = strawberry.field(
        description="Minutes that people spent in events during the period, stay by stay, not rounded."
    )
    unique_participants: int = strawberry.field(
        description="Distinct people in events during the period, by user, else by external id, else by connection."
    )
    peak_connections_in_one_event: Peak = figure(
        Peak, breakdown.peak_in_one_event, f"Connections to a single event {PEAK}. There is no limit of them."
    )
    chat_posts: int = posts.of_section(
        lambda found: found.chat, "Posts in public and private chats of these events during the period."
    )
    qa_posts: int = posts.of_section(
        lambda found: found.qa, "Questions and answers posted in these events during the period."
    )


@strawberry.type(description="How many events of one kind and template were held in a period.")
class TemplateCount:
    """Rows are analytics' template counts."""

    kind: EventKind = strawberry.field(description="The kind of the events.")
    template: str | None = strawberry.field(
        metadata=people.HARMLESS,
        description=(
            "The template as the platform names it, such as SELECTOR or LECTURE; null for events that came without one."
        ),
    )
    events_held: int = strawberry.field(
        description="Events of this kind and template in which somebody was during the period."
    )
