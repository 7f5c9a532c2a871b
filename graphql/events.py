"""Events with their figures."""

from datetime import datetime
from typing import Annotated

import strawberry

from turnout.analytics import events
from turnout.analytics.arrivals import host_arrivals
from turnout.analytics.events import EventStatus, Filters
from turnout.graphql import people, periods, segments
from turnout.graphql.connections import (
    After,
    Asked,
    Connection,
    First,
    Slice,
    ordered,
    short_enough,
    slice_of,
)
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.event_order import EventStatOrder, EventStatOrderField
from turnout.graphql.periods import PeriodArgument
from turnout.graphql.sections import EventKind
from turnout.graphql.segments import SegmentArgument

LONGEST_FILTER = 100
LONGEST_ID = 200

describe(
    EventStatus,
    "Where an event stands as of now.",
    {
        "PLANNED": "It is planned to start after now, and nobody has been in it.",
        "LIVE": "Somebody is in it.",
        "HELD": "Somebody was in it, and nobody is now.",
        "NOT_HELD": "Nobody was in it, and no start lies ahead.",
        "CANCELLED": "It was cancelled, and nobody was in it.",
    },
)


def _first_arrival(root: strawberry.Parent[events.EventStat]) -> float | None:
    if root.starts_at is None or root.started_at is None:
        return None
    return (root.started_at - root.starts_at).total_seconds()


async def _host_arrival(root: strawberry.Parent[events.EventStat], info: Info) -> float | None:
    if root.starts_at is None or root.owner_id is None or root.started_at is None:
        return None
    return await info.context.reading().of_each(host_arrivals, root.event_id)


@strawberry.type(
    description=(
        "One event: who, when and what. Peaks, people and participation minutes are those of the period, so that rows "
        "add up to its summary; all else is of the whole event. Stays of its breakouts are its own."
    )
)
class EventStat:
    """Rows are analytics' event stats."""

    event_id: strawberry.ID = strawberry.field(
        metadata=people.event_id("event_id"), description="The platform's id of the event."
    )
    kind: EventKind = strawberry.field(description="What the event is.")
    template: str | None = strawberry.field(
        metadata=people.HARMLESS, description="Its template as the platform names it; null without one."
    )
    status: EventStatus = strawberry.field(description="Where it stands as of now.")
    title: str | None = strawberry.field(
        metadata=people.event_title("event_id"), description="Its title, as said last."
    )
    room_id: strawberry.ID | None = strawberry.field(
        metadata=people.room("room_id"), description="The platform's id of the room it is in."
    )
    room: str | None = strawberry.field(
        metadata=people.room("room_id"), description="The name of its room, or the room's id for want of one."
    )
    owner_id: strawberry.ID | None = strawberry.field(
        metadata=people.user_id("owner_id"),
        description="The platform's id of the owner it names, else of its room's owner.",
    )
    owner_name: str | None = strawberry.field(
        metadata=people.user_name("owner_id"), description="The owner's name, as registered last."
    )
    created_at: datetime = strawberry.field(
        description="When it was created, as said; else the earliest activity that names it."
    )
    starts_at: datetime | None = strawberry.field(description="When it was planned to start, as said last.")
    ends_at: datetime | None = strawberry.field(description="When it was planned to end, as said last.")
    started_at: datetime | None = strawberry.field(description="When the first person joined, in whatever period.")
    ended_at: datetime | None = strawberry.field(
        description="When the last person left, in whatever period; null while anyone is in, and when nobody ever was."
    )
    duration_minutes: float = strawberry.field(description="Minutes in which somebody was in it, in whatever period.")
    peak_connections: int = strawberry.field(
        description="The most connections to it at one instant of the period. One person on two devices makes two."
    )
    peak_speakers: int = strawberry.field(description="The most speakers in it at one instant of the period.")
    peak_listeners: int | None = strawberry.field(
        description="The most listeners in it at one instant of the period; null for what is no webinar."
    )
    unique_participants: int = strawberry.field(
        description="Distinct people in it during the period, by user, else by external id, else by connection."
    )
    participation_minutes: float = strawberry.field(
        description="Minutes that people spent in it during the period, stay by stay, not rounded."
    )
    recordings: int = strawberry.field(description="Recordings made of it or of its breakouts, deleted ones too.")
    recorded_minutes: float = strawberry.field(
        description="Minutes that recordings of it or of its breakouts ran during the period, pauses left out."
    )
    first_arrival_seconds: float | None = strawberry.field(
        resolver=_first_arrival,
        description=(
            "Seconds from its planned start to the first join, negative before it; null without a plan or anybody."
        ),
    )
    host_arrival_seconds: float | None = strawberry.field(
        resolver=_host_arrival,
        description=(
            "Seconds from its planned start to its owner's first join, negative before it; null without a plan, or "
            "when the owner was not there."
        ),
    )


_BY_START = EventStatOrder(field=EventStatOrderField.STARTED_AT)


@strawberry.field(
    graphql_type=Connection[EventStat],
    description=(
        "Events held in the period, created in it, or planned to start in it. Without an order, by when they started, "
        "latest first. Several filters must all hold."
    ),
)
async def event_stats(
    info: Info,
    period: PeriodArgument,
    first: First = 50,
    after: After = None,
    order_by: Annotated[EventStatOrder | None, strawberry.argument(description="The order of the list.")] = None,
    search: Annotated[
        str | None,
        strawberry.argument(
            metadata=people.NAMES_PEOPLE,
            description="Only events whose title, or id for want of one, contains this, capitals aside.",
        ),
    ] = None,
    kinds: Annotated[
        list[EventKind] | None, strawberry.argument(description="Only events of these kinds; null for all.")
    ] = None,
    templates: Annotated[
        list[str] | None,
        strawberry.argument(
            metadata=people.HARMLESS, description="Only events of these templates, spelt exactly so; null for all."
        ),
    ] = None,
    statuses: Annotated[
        list[EventStatus] | None, strawberry.argument(description="Only events with these statuses; null for all.")
    ] = None,
    owner_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(
            metadata=people.NAMES_PEOPLE, description="Only events of this owner, by the platform's id."
        ),
    ] = None,
    room_prefix: Annotated[
        str | None,
        strawberry.argument(
            metadata=people.NAMES_PEOPLE,
            description="Only events in rooms whose name, or id for want of one, begins so, capitals and all.",
        ),
    ] = None,
    room_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(
            metadata=people.NAMES_PEOPLE, description="Only events in this room, by the platform's id: its sessions."
        ),
    ] = None,
    segment: SegmentArgument = None,
) -> Slice[events.EventStat]:
    """Events in pages."""
    reading = info.context.reading()
    filters = _filters(kinds, templates, statuses, owner_id, room_prefix, room_id)
    resolved = await segments.resolve(reading, period, segment)
    about = [periods.said(period), filters.parameters(), segments.said(segment)]
    asked = Asked("eventStats", first, after, *ordered(order_by or _BY_START), search, about)
    return await slice_of(reading, asked, lambda wanted: events.event_stats(reading, resolved, wanted, filters))


@strawberry.field(
    graphql_type=EventStat | None,
    description=(
        "One event with the same figures, over all time. Null for an id that no event has, and for a breakout, which "
        "is part of the event above it."
    ),
)
async def event(
    info: Info,
    event_id: Annotated[
        strawberry.ID, strawberry.argument(metadata=people.NAMES_PEOPLE, description="The platform's id of the event.")
    ],
) -> events.EventStat | None:
    """One event."""
    return await events.event_stat(info.context.reading(), event_id)


def _filters(
    kinds: list[EventKind] | None,
    templates: list[str] | None,
    statuses: list[EventStatus] | None,
    owner_id: str | None,
    room_prefix: str | None,
    room_id: str | None,
) -> Filters:
    short_enough("kinds", kinds, LONGEST_FILTER)
    short_enough("templates", templates, LONGEST_FILTER)
    short_enough("statuses", statuses, LONGEST_FILTER)
    short_enough("roomPrefix", room_prefix, LONGEST_ID)
    wanted = None if kinds is None else [kind.value for kind in kinds]
    return Filters(wanted, templates, statuses, owner_id, room_prefix, room_id)
