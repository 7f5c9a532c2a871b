"""Arrivals of hosts against the plan."""

from enum import Enum
from typing import Annotated

import strawberry

from turnout.analytics import arrivals as analytics
from turnout.graphql import people, periods
from turnout.graphql.connections import After, Asked, Connection, First, Slice, SortDirection, ordered, slice_of
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.periods import PeriodArgument


@strawberry.type(
    description="When one owner came to their planned events: those in which somebody was during the period."
)
class HostArrivals:
    """Rows are analytics' arrivals of hosts."""

    user_id: strawberry.ID = strawberry.field(
        metadata=people.user_id("user_id"), description="The platform's id of the owner."
    )
    name: str | None = strawberry.field(
        metadata=people.user_name("user_id"), description="The owner's name, as registered last."
    )
    events: int = strawberry.field(
        description="Their events with a planned start in which somebody was during the period, of every kind."
    )
    attended: int = strawberry.field(description="Those of them that they joined themselves, at any time.")
    mean_arrival_seconds: float | None = strawberry.field(
        description=(
            "The mean, over those, of the seconds from the planned start to their first join, negative before it; "
            "null when they came to none."
        )
    )
    median_arrival_seconds: float | None = strawberry.field(
        description="The median of the same seconds: of an even number the mean of the middle two."
    )
    late_share: float | None = strawberry.field(
        description="Those that they joined after the planned start, divided by those that they joined: 1 is all."
    )


class HostArrivalsOrderField(Enum):
    """The columns of HostArrivals."""

    USER_ID = "USER_ID"
    NAME = "NAME"
    EVENTS = "EVENTS"
    ATTENDED = "ATTENDED"
    MEAN_ARRIVAL_SECONDS = "MEAN_ARRIVAL_SECONDS"
    MEDIAN_ARRIVAL_SECONDS = "MEDIAN_ARRIVAL_SECONDS"
    LATE_SHARE = "LATE_SHARE"


describe(
    HostArrivalsOrderField,
    "A column of HostArrivals to order by.",
    {
        "USER_ID": "By the owner's id, capitals aside.",
        "NAME": "By the first 300 characters of the owner's name, capitals aside.",
        "EVENTS": "By the number of events.",
        "ATTENDED": "By the number of events that they joined.",
        "MEAN_ARRIVAL_SECONDS": "By the mean arrival.",
        "MEDIAN_ARRIVAL_SECONDS": "By the median arrival.",
        "LATE_SHARE": "By the share of late arrivals.",
    },
)


@strawberry.input(description="An order of arrivals.")
class HostArrivalsOrder:
    """Ties are broken by the owner's id."""

    field: HostArrivalsOrderField = strawberry.field(description="The column to order by.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.DESC,
        description="Which end comes first; equals are ordered by the owner's id, ascending, and nulls come last.",
    )


_BY_EVENTS = HostArrivalsOrder(field=HostArrivalsOrderField.EVENTS)


@strawberry.field(
    graphql_type=Connection[HostArrivals],
    description=(
        "When owners came to their planned events of a period, one row for each owner; events that belong to nobody "
        "are left out. Without an order, by the number of events, most first."
    ),
)
async def arrivals(
    info: Info,
    period: PeriodArgument,
    first: First = 50,
    after: After = None,
    order_by: Annotated[HostArrivalsOrder | None, strawberry.argument(description="The order of the list.")] = None,
    search: Annotated[
        str | None,
        strawberry.argument(
            metadata=people.NAMES_PEOPLE,
            description="Only owners whose name, or id for want of one, contains this, capitals aside.",
        ),
    ] = None,
) -> Slice[analytics.HostArrivals]:
    """Arrivals in pages."""
    reading = info.context.reading()
    resolved = await periods.resolve(reading, period)
    asked = Asked("arrivals", first, after, *ordered(order_by or _BY_EVENTS), search, [periods.said(period)])
    return await slice_of(reading, asked, lambda wanted: analytics.arrivals(reading, resolved, wanted))
