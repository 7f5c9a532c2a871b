"""Every company at a glance."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from turnout.analytics import overview
from turnout.graphql.connections import After, Asked, Connection, First, Slice, SortDirection, ordered, sealed_slice
from turnout.graphql.enums import describe
from turnout.graphql.figures import figure
from turnout.graphql.support.context import Info
from turnout.graphql.usage import Usage

_TODAY = "and the limit that holds today."


@strawberry.type(
    description=(
        "The largest number of the last 30 days, today included, held against the limit of today, whatever was "
        "contracted on the day on which it was reached."
    )
)
class LatePeak:
    """Rows are analytics' late peaks."""

    usage: Usage = strawberry.field(description="The number reached, against the limit of today.")
    at: datetime | None = strawberry.field(description="The first instant at which it was reached; null when it is 0.")


@strawberry.type(description="What a company comes to: figures, and nothing of anybody in them.")
class CompanyOverview:
    """Rows are analytics' overviews."""

    slug: str = strawberry.field(description="The short name with which the company signs in.")
    name: str = strawberry.field(description="The name of the company.")
    suspended_at: datetime | None = strawberry.field(
        description="Since when the company is shut out; null while it is not."
    )
    peak_connections: LatePeak = strawberry.field(description=f"Connections at the same instant, {_TODAY}")
    peak_speakers: LatePeak = strawberry.field(description=f"Speakers at the same instant, {_TODAY}")
    peak_events: LatePeak = strawberry.field(description=f"Events with somebody in them at the same instant, {_TODAY}")
    storage: Usage = strawberry.field(description="Bytes of files and recordings in use now.")
    registered_users: Usage = strawberry.field(description="Users registered now.")
    last_active_day: date | None = strawberry.field(
        description=(
            "The company's latest local day on which somebody was in an event; null if there was none. Whatever else "
            "happened, such as messages, files and sign-ins, counts for nothing here."
        )
    )


class CompanyOverviewOrderField(Enum):
    """What companies are ordered by."""

    SLUG = "SLUG"
    NAME = "NAME"
    PEAK_CONNECTIONS = "PEAK_CONNECTIONS"
    CONNECTIONS_SHARE = "CONNECTIONS_SHARE"
    PEAK_SPEAKERS = "PEAK_SPEAKERS"
    SPEAKERS_SHARE = "SPEAKERS_SHARE"
    PEAK_EVENTS = "PEAK_EVENTS"
    EVENTS_SHARE = "EVENTS_SHARE"
    STORAGE_BYTES = "STORAGE_BYTES"
    STORAGE_SHARE = "STORAGE_SHARE"
    REGISTERED_USERS = "REGISTERED_USERS"
    USERS_SHARE = "USERS_SHARE"
    LAST_ACTIVE_DAY = "LAST_ACTIVE_DAY"
    SUSPENDED_AT = "SUSPENDED_AT"


describe(
    CompanyOverviewOrderField,
    "What to order companies by.",
    {
        "SLUG": "By the slug.",
        "NAME": "By the first 300 characters of the name, capitals aside.",
        "PEAK_CONNECTIONS": "By peakConnections.",
        "CONNECTIONS_SHARE": "By the share that peakConnections has of its limit.",
        "PEAK_SPEAKERS": "By peakSpeakers.",
        "SPEAKERS_SHARE": "By the share that peakSpeakers has of its limit.",
        "PEAK_EVENTS": "By peakEvents.",
        "EVENTS_SHARE": "By the share that peakEvents has of its limit.",
        "STORAGE_BYTES": "By the bytes in use.",
        "STORAGE_SHARE": "By the share that they have of their limit.",
        "REGISTERED_USERS": "By registered users.",
        "USERS_SHARE": "By the share that they have of their limit.",
        "LAST_ACTIVE_DAY": "By lastActiveDay.",
        "SUSPENDED_AT": "By suspendedAt.",
    },
)


@strawberry.input(description="An order of companies.")
class CompanyOverviewOrder:
    """Ties are broken by the slug."""

    field: CompanyOverviewOrderField = strawberry.field(description="What to order by.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.DESC, description="Which end comes first; equals are ordered by the slug, ascending."
    )


_BY_SLUG = CompanyOverviewOrder(field=CompanyOverviewOrderField.SLUG, direction=SortDirection.ASC)


async def _companies(
    info: Info,
    first: First = 50,
    after: After = None,
    order_by: Annotated[
        CompanyOverviewOrder | None, strawberry.argument(description="The order of the list; by slug without one.")
    ] = None,
    search: Annotated[
        str | None,
        strawberry.argument(description="Only companies whose name or slug contains this, capitals aside."),
    ] = None,
) -> Slice[overview.CompanyOverview]:
    context = info.context
    asked = Asked("companies", first, after, *ordered(order_by or _BY_SLUG), search)
    return await sealed_slice(
        context.seal, asked, lambda wanted: context.read(lambda session: overview.overview(session, wanted))
    )


companies: Connection[CompanyOverview] = figure(
    Connection[CompanyOverview],
    _companies,
    (
        "Every company at a glance, in pages: the peaks of its last 30 days, what it uses now, and the shares of its "
        "limits. Cursors are good for the session that they were given to."
    ),
)
