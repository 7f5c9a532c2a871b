"""Planned load, by whose it is."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from turnout.analytics import planned
from turnout.graphql import people
from turnout.graphql.connections import After, Asked, Connection, First, Slice, SortDirection, ordered, slice_of
from turnout.graphql.context import Info
from turnout.graphql.enums import describe


@strawberry.type(description="How many events of one user are planned, as of now and whatever their kind.")
class PlannedEvents:
    """Rows are analytics' planned events."""

    user_id: strawberry.ID | None = strawberry.field(
        metadata=people.user_id("user_id"),
        description="The platform's id of the owner; null for events that have none.",
    )
    name: str | None = strawberry.field(
        metadata=people.user_name("user_id"), description="The owner's name, as registered last."
    )
    planned: int = strawberry.field(
        description="Events that start after now, are not cancelled, and have had nobody in them."
    )
    next_starts_at: datetime | None = strawberry.field(description="When the earliest of them is planned to start.")


class PlannedEventsOrderField(Enum):
    """The columns of PlannedEvents."""

    USER_ID = "USER_ID"
    NAME = "NAME"
    PLANNED = "PLANNED"
    NEXT_STARTS_AT = "NEXT_STARTS_AT"


describe(
    PlannedEventsOrderField,
    "A column of PlannedEvents to order by.",
    {
        "USER_ID": "By the owner's id, capitals aside.",
        "NAME": "By the first 300 characters of the owner's name, capitals aside.",
        "PLANNED": "By the number of planned events.",
        "NEXT_STARTS_AT": "By when the next one starts.",
    },
)


@strawberry.input(description="An order of planned load.")
class PlannedEventsOrder:
    """Ties are broken by the owner's id."""

    field: PlannedEventsOrderField = strawberry.field(description="The column to order by.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.DESC,
        description="Which end comes first; equals are ordered by the owner's id, ascending.",
    )


_BY_PLANNED = PlannedEventsOrder(field=PlannedEventsOrderField.PLANNED)


@strawberry.field(
    graphql_type=Connection[PlannedEvents],
    description=(
        "Planned events by owner, as of now; the events themselves are in eventStats, with the status PLANNED. "
        "Without an order, by their number, most first."
    ),
)
async def planned_events(
    info: Info,
    first: First = 50,
    after: After = None,
    order_by: Annotated[PlannedEventsOrder | None, strawberry.argument(description="The order of the list.")] = None,
    search: Annotated[
        str | None,
        strawberry.argument(
            metadata=people.NAMES_PEOPLE,
            description="Only owners whose name, or id for want of one, contains this, capitals aside.",
        ),
    ] = None,
) -> Slice[planned.PlannedEvents]:
    """Planned load in pages."""
    reading = info.context.reading()
    asked = Asked("plannedEvents", first, after, *ordered(order_by or _BY_PLANNED), search)
    return await slice_of(reading, asked, lambda wanted: planned.planned_events(reading, wanted))
