"""Rooms with their figures."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from turnout.analytics import rooms
from turnout.analytics.rooms import RoomFilters
from turnout.graphql import people, periods
from turnout.graphql.connections import (
    After,
    Asked,
    Connection,
    First,
    Slice,
    SortDirection,
    ordered,
    short_enough,
    slice_of,
)
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.periods import PeriodArgument

LONGEST_NAME = 300


@strawberry.type(
    description=(
        "A room in a period. Its sessions are the events in it, listed one by one by eventStats with the room's id. "
        "Breakouts count with the event above them."
    )
)
class RoomStat:
    """Rows are analytics' room stats."""

    room_id: strawberry.ID = strawberry.field(
        metadata=people.room("room_id"), description="The platform's id of the room."
    )
    name: str | None = strawberry.field(
        metadata=people.room("room_id"), description="Its name, as said last; null for a room that was only named."
    )
    owner_id: strawberry.ID | None = strawberry.field(
        metadata=people.user_id("owner_id"), description="The platform's id of its owner, as said last."
    )
    sessions: int = strawberry.field(
        description="Events in it in which somebody was during the period, a single person too."
    )
    participation_minutes: float = strawberry.field(
        description="Minutes that people spent in it during the period, stay by stay, not rounded."
    )
    recorder_minutes: float = strawberry.field(
        description="Minutes that services with the role RECORDER spent in it during the period."
    )
    streamer_minutes: float = strawberry.field(
        description="Minutes that services with the role STREAMER spent in it during the period."
    )
    unique_participants: int = strawberry.field(
        description="Distinct people in it during the period, by user, else by external id, else by connection."
    )
    first_session_at: datetime | None = strawberry.field(
        description=(
            "The first instant of the period at which somebody was in it; its start for who was there before. Null "
            "when nobody was."
        )
    )
    last_session_at: datetime | None = strawberry.field(
        description=(
            "Until when somebody was last in it during the period: its end, or now, for who is still there. Null when "
            "nobody was."
        )
    )


class RoomStatOrderField(Enum):
    """The columns of RoomStat."""

    ROOM_ID = "ROOM_ID"
    NAME = "NAME"
    OWNER_ID = "OWNER_ID"
    SESSIONS = "SESSIONS"
    PARTICIPATION_MINUTES = "PARTICIPATION_MINUTES"
    RECORDER_MINUTES = "RECORDER_MINUTES"
    STREAMER_MINUTES = "STREAMER_MINUTES"
    UNIQUE_PARTICIPANTS = "UNIQUE_PARTICIPANTS"
    FIRST_SESSION_AT = "FIRST_SESSION_AT"
    LAST_SESSION_AT = "LAST_SESSION_AT"


describe(
    RoomStatOrderField,
    "A column of RoomStat to order by.",
    {
        "ROOM_ID": "By the room's id, capitals aside.",
        "NAME": "By the first 300 characters of the room's name, capitals aside.",
        "OWNER_ID": "By the owner's id, capitals aside.",
        "SESSIONS": "By sessions.",
        "PARTICIPATION_MINUTES": "By participationMinutes.",
        "RECORDER_MINUTES": "By recorderMinutes.",
        "STREAMER_MINUTES": "By streamerMinutes.",
        "UNIQUE_PARTICIPANTS": "By uniqueParticipants.",
        "FIRST_SESSION_AT": "By when somebody was first in it.",
        "LAST_SESSION_AT": "By until when somebody was last in it.",
    },
)


@strawberry.input(description="An order of rooms.")
class RoomStatOrder:
    """Ties are broken by the room's id."""

    field: RoomStatOrderField = strawberry.field(description="The column to order by.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.DESC, description="Which end comes first; equals are ordered by the room's id, ascending."
    )


_BY_SESSIONS = RoomStatOrder(field=RoomStatOrderField.SESSIONS)


@strawberry.field(
    graphql_type=Connection[RoomStat],
    description=(
        "Every room in which somebody was during the period, or a recorder or streamer. Without an order, by "
        "sessions, most first. Several filters must all hold."
    ),
)
async def room_stats(
    info: Info,
    period: PeriodArgument,
    first: First = 50,
    after: After = None,
    order_by: Annotated[RoomStatOrder | None, strawberry.argument(description="The order of the list.")] = None,
    search: Annotated[
        str | None,
        strawberry.argument(
            metadata=people.NAMES_PEOPLE,
            description="Only rooms whose name, or id for want of one, contains this, capitals aside.",
        ),
    ] = None,
    prefix: Annotated[
        str | None,
        strawberry.argument(
            metadata=people.NAMES_PEOPLE,
            description="Only rooms whose name, or id for want of one, begins so, capitals and all.",
        ),
    ] = None,
    name: Annotated[
        str | None,
        strawberry.argument(
            metadata=people.NAMES_PEOPLE,
            description="Only the rooms whose name, or id for want of one, is exactly this.",
        ),
    ] = None,
) -> Slice[rooms.RoomStat]:
    """Rooms in pages."""
    reading = info.context.reading()
    short_enough("prefix", prefix, LONGEST_NAME)
    short_enough("name", name, LONGEST_NAME)
    filters = RoomFilters(prefix, name)
    resolved = await periods.resolve(reading, period)
    about = [periods.said(period), filters.parameters()]
    asked = Asked("roomStats", first, after, *ordered(order_by or _BY_SESSIONS), search, about)
    return await slice_of(reading, asked, lambda wanted: rooms.room_stats(reading, resolved, wanted, filters))
