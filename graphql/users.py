"""Users with what they own."""

from enum import Enum
from typing import Annotated

import strawberry

from turnout.analytics import users
from turnout.graphql import people, periods, segments
from turnout.graphql.connections import After, Asked, Connection, First, Slice, SortDirection, ordered, slice_of
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.periods import PeriodArgument
from turnout.graphql.scalars import BigInt
from turnout.graphql.segments import SegmentArgument


@strawberry.type(
    description=(
        "A user, with the figures of the meetings and webinars they own: those that name them as the owner, or else "
        "are in a room of theirs. Breakouts count with the event above them."
    )
)
class UserStat:
    """Rows are analytics' user stats."""

    user_id: strawberry.ID = strawberry.field(
        metadata=people.user_id("user_id"), description="The platform's id of the user."
    )
    name: str | None = strawberry.field(
        metadata=people.user_name("user_id"),
        description="The name registered last, kept after removal; null for a user who was only named.",
    )
    max_speakers: int = strawberry.field(
        description="The most speakers at one instant of the period in any one of their events."
    )
    max_listeners: int = strawberry.field(
        description="The most listeners at one instant of the period in any one of their webinars."
    )
    max_parallel_events: int = strawberry.field(
        description="The most of their events that had somebody in them at one instant of the period."
    )
    events_created: int = strawberry.field(description="Their events created in the period, held or not.")
    events_held: int = strawberry.field(description="Their events in which somebody was during the period.")
    events_planned: int = strawberry.field(
        description="Their events that start after now, are not cancelled and have had nobody in them; of any period."
    )
    disk_bytes: BigInt = strawberry.field(
        description="Bytes of their files and recordings in use at the end of the period, or now."
    )


class UserStatOrderField(Enum):
    """The columns of UserStat."""

    USER_ID = "USER_ID"
    NAME = "NAME"
    MAX_SPEAKERS = "MAX_SPEAKERS"
    MAX_LISTENERS = "MAX_LISTENERS"
    MAX_PARALLEL_EVENTS = "MAX_PARALLEL_EVENTS"
    EVENTS_CREATED = "EVENTS_CREATED"
    EVENTS_HELD = "EVENTS_HELD"
    EVENTS_PLANNED = "EVENTS_PLANNED"
    DISK_BYTES = "DISK_BYTES"


describe(
    UserStatOrderField,
    "A column of UserStat to order by.",
    {
        "USER_ID": "By the user's id, capitals aside.",
        "NAME": "By the first 300 characters of the user's name, capitals aside.",
        "MAX_SPEAKERS": "By maxSpeakers.",
        "MAX_LISTENERS": "By maxListeners.",
        "MAX_PARALLEL_EVENTS": "By maxParallelEvents.",
        "EVENTS_CREATED": "By eventsCreated.",
        "EVENTS_HELD": "By eventsHeld.",
        "EVENTS_PLANNED": "By eventsPlanned.",
        "DISK_BYTES": "By diskBytes.",
    },
)


@strawberry.input(description="An order of users.")
class UserStatOrder:
    """Ties are broken by the user's id."""

    field: UserStatOrderField = strawberry.field(description="The column to order by.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.DESC, description="Which end comes first; equals are ordered by the user's id, ascending."
    )


_BY_EVENTS_HELD = UserStatOrder(field=UserStatOrderField.EVENTS_HELD)


@strawberry.field(
    graphql_type=Connection[UserStat],
    description=(
        "Every user registered at the end of the period or now, and every user with a figure above 0. Without an "
        "order, by events held, most first."
    ),
)
async def user_stats(
    info: Info,
    period: PeriodArgument,
    first: First = 50,
    after: After = None,
    order_by: Annotated[UserStatOrder | None, strawberry.argument(description="The order of the list.")] = None,
    search: Annotated[
        str | None,
        strawberry.argument(
            metadata=people.NAMES_PEOPLE,
            description="Only users whose name, or id for want of one, contains this, capitals aside.",
        ),
    ] = None,
    segment: SegmentArgument = None,
) -> Slice[users.Stat]:
    """Users in pages."""
    reading = info.context.reading()
    resolved = await segments.resolve(reading, period, segment)
    about = [periods.said(period), segments.said(segment)]
    asked = Asked("userStats", first, after, *ordered(order_by or _BY_EVENTS_HELD), search, about)
    return await slice_of(reading, asked, lambda wanted: users.user_stats(reading, resolved, wanted))


@strawberry.field(
    graphql_type=UserStat | None,
    description="One user with the same figures; null for an id that nobody has, or who would not be listed.",
)
async def user(
    info: Info,
    user_id: Annotated[
        strawberry.ID, strawberry.argument(metadata=people.NAMES_PEOPLE, description="The platform's id of the user.")
    ],
    period: PeriodArgument,
    segment: SegmentArgument = None,
) -> users.Stat | None:
    """One user."""
    reading = info.context.reading()
    return await users.user_stat(reading, await segments.resolve(reading, period, segment), user_id)


@strawberry.field(
    graphql_type=UserStat | None,
    description=(
        "The one user whose own things the credential sees, with the same figures; null for a credential of the whole "
        "company, and for who would not be listed."
    ),
)
async def me(info: Info, period: PeriodArgument) -> users.Stat | None:
    """The user of the credential."""
    reading = info.context.reading()
    resolved = await periods.resolve(reading, period)
    return await users.user_stat(reading, resolved, reading.user_key) if reading.user_key else None
