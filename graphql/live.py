"""What is going on now, asked once or watched."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TypeVar

import strawberry

from turnout.analytics import live as analytics
from turnout.analytics.live import StayActivityKind
from turnout.analytics.watching import Watcher
from turnout.graphql import people
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.figures import figure
from turnout.graphql.sections import EventKind, Section
from turnout.graphql.stays import Device, Role

Item = TypeVar("Item")

describe(
    StayActivityKind,
    "What somebody in an event has done.",
    {
        "JOINED": "Somebody has come: a stay begins.",
        "LEFT": "Somebody has gone, or the event has ended with them in it: a stay ends.",
        "ROLE_CHANGED": "Somebody has another role from now on.",
    },
)


@strawberry.type(description="Who is in events of one section at this moment; services do not count.")
class LiveSection:
    """Rows are analytics' live sections."""

    section: Section = strawberry.field(description="The kind of events that the figures are about.")
    participants: int = strawberry.field(
        description="Stays that are going on. One person on two devices makes two, as in the peaks of connections."
    )
    events: int = strawberry.field(description="Events with somebody in them; those with breakouts count once.")


def _section(section: Section, description: str) -> LiveSection:
    def of_live(root: strawberry.Parent[analytics.Live]) -> analytics.LiveSection:
        return next(row for row in root.sections if row.section is section)

    return figure(LiveSection, of_live, description)


@strawberry.type(description="What is going on at one instant, all of it as of the same one.")
class Live:
    """Rows are analytics' live figures."""

    as_of: datetime = strawberry.field(description="The instant as of which the figures hold.")
    total: LiveSection = _section(Section.TOTAL, "Events of every kind together.")
    meetings: LiveSection = _section(Section.MEETING, "Meetings alone.")
    webinars: LiveSection = _section(Section.WEBINAR, "Webinars alone.")
    calls: LiveSection = _section(Section.CALL, "Calls alone.")
    sections: list[LiveSection] = strawberry.field(
        description="The same four sections as rows, in the order of the enumeration: TOTAL, MEETING, WEBINAR, CALL."
    )
    recordings: int = strawberry.field(
        description="Events being recorded, whatever the number of recordings; a paused recording does not count."
    )
    live_streams: int = strawberry.field(
        description="Live streams that are on; an event of which several connections stream has as many."
    )


@strawberry.type(description="One of the things that a platform said of a stay beside all else.")
class MetadataEntry:
    """Rows are analytics' entries."""

    key: str = strawberry.field(metadata=people.HARMLESS, description="What it is called.")
    value: str = strawberry.field(metadata=people.metadata("place"), description="What was said.")


@strawberry.type(
    description=(
        "Somebody has joined an event, left it, or changed role there, and who that is. What happens in a breakout "
        "happens in the event above it."
    )
)
class StayActivity:
    """Rows are analytics' activities of stays."""

    what: StayActivityKind = strawberry.field(description="What has happened.")
    at: datetime = strawberry.field(description="When it happened, as the platform said.")
    event_id: strawberry.ID = strawberry.field(
        metadata=people.event_id("event_id"), description="The platform's id of the event."
    )
    kind: EventKind = strawberry.field(description="What the event is.")
    title: str | None = strawberry.field(
        metadata=people.event_title("event_id"), description="Its title, as said last."
    )
    room_id: strawberry.ID | None = strawberry.field(
        metadata=people.room("room_id"), description="The platform's id of the room it is in."
    )
    room: str | None = strawberry.field(
        metadata=people.room("room_id"), description="The name of its room, or the room's id for want of one."
    )
    connection_id: strawberry.ID = strawberry.field(
        metadata=people.connection_id("connection_id"),
        description="The platform's id of the connection: one person on two devices has two.",
    )
    user_id: strawberry.ID | None = strawberry.field(
        metadata=people.user_id("user_id"), description="The platform's id of the user; null for a guest."
    )
    name: str | None = strawberry.field(
        metadata=people.stay_name("person"), description="The user's registered name, else the name said on joining."
    )
    external_id: str | None = strawberry.field(
        metadata=people.external_id("external_id"), description="The external id that the platform gave; often null."
    )
    role: Role | None = strawberry.field(
        description="The role from then on, and of a leave the last one; null when none was said."
    )
    device: Device = strawberry.field(description="The device.")
    client: str | None = strawberry.field(
        metadata=people.HARMLESS, description="With what program; null when nothing was said."
    )
    metadata: list[MetadataEntry] = strawberry.field(
        description="What else the platform said on joining, by key in the order of the alphabet."
    )


@strawberry.field(
    graphql_type=Live, description="What is going on now: participants, events, recordings and live streams."
)
async def live(info: Info) -> analytics.Live:
    """The figures as of now."""
    return await analytics.live(info.context.reading())


@strawberry.subscription(
    graphql_type=Live,
    description="What is going on: the figures as they are, and again whenever one of them has changed.",
)
async def watch_live(info: Info) -> AsyncGenerator[analytics.Live]:
    """The figures from now on."""
    company = info.context.reading().company
    return _each(info.context.watching().figures(company))


@strawberry.subscription(
    graphql_type=StayActivity,
    description=(
        "Who joins, leaves and changes role from now on, in the order in which it became known. What happened more "
        "than five minutes before it came is history, and not told."
    ),
)
async def watch_stays(info: Info) -> AsyncGenerator[analytics.StayActivity]:
    """The activities from now on."""
    company = info.context.reading().company
    return _each(info.context.watching().activities(company))


async def _each(watching: AbstractAsyncContextManager[Watcher[Item]]) -> AsyncGenerator[Item]:
    """All that a watcher is told, until somebody closes this."""
    async with watching as watcher:
        async for item in watcher:
            yield item
