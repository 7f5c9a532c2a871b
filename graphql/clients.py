"""Clients: what users signed in with."""

from datetime import date
from typing import Annotated

import strawberry

from turnout.analytics import clients as analytics
from turnout.analytics.clients import Device
from turnout.graphql import people, periods
from turnout.graphql.connections import within
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.periods import PeriodArgument

MOST_CLIENTS = 1000


describe(
    Device,
    "What somebody holds or sits at, as the platform said it.",
    {
        "DESKTOP": "A computer.",
        "MOBILE": "A mobile phone with an application or a browser.",
        "TABLET": "A tablet.",
        "TV": "A television set.",
        "PHONE": "A telephone that dialled in.",
        "ROOM_SYSTEM": "The equipment of a meeting room, by SIP or H.323.",
        "UNKNOWN": "It was not said.",
    },
)


@strawberry.type(description="Sign-ins of users by device, client and operating system.")
class ClientStat:
    """Rows are analytics' client stats."""

    day: date | None = strawberry.field(description="The company's local day; null for the period as a whole.")
    device: Device = strawberry.field(description="The device; UNKNOWN when it was not said, and of the rest.")
    client: str = strawberry.field(
        metadata=people.HARMLESS,
        description='The client as the platform names it; "Unknown" when it was not said, "Other" for the rest.',
    )
    os: str | None = strawberry.field(
        metadata=people.HARMLESS, description="The operating system; null when it was not said, and of the rest."
    )
    sign_ins: int = strawberry.field(description="Sign-ins, every one counted.")
    users: int = strawberry.field(description="Distinct users who signed in so, on the day or in the period.")


@strawberry.field(
    graphql_type=list[ClientStat],
    description=(
        "What users signed in with: days ascending, then most sign-ins first. What does not fit into the limit is one "
        'more row, "Other", so that the sums are whole.'
    ),
)
async def clients(
    info: Info,
    period: PeriodArgument,
    per_day: Annotated[
        bool, strawberry.argument(description="Whether to give each day its own rows, or the period as a whole.")
    ] = True,
    limit: Annotated[
        int,
        strawberry.argument(
            description=f"How many rows at most, of each day or in all, before the rest is merged: 1 to {MOST_CLIENTS}."
        ),
    ] = 50,
) -> list[analytics.ClientStat]:
    """Sign-ins by client."""
    reading = info.context.reading()
    within("limit", limit, 1, MOST_CLIENTS, "The rows beyond the limit are merged into one, so that nothing is lost.")
    return await analytics.clients(reading, await periods.resolve(reading, period), limit, per_day=per_day)
