"""Contracted limits: what a company has bought, by metric, section and days."""

from datetime import date

import strawberry

from turnout.graphql.enums import describe
from turnout.graphql.sections import Section
from turnout.tenants.limits import LimitMetric

describe(
    LimitMetric,
    "What a contracted limit is about.",
    {
        "SPEAKERS": "Connections that may speak at the same instant; one person on two devices makes two.",
        "LISTENERS": "Connections that may listen to webinars at the same instant.",
        "CONNECTIONS": "Connections to events at the same instant; one person on two devices makes two.",
        "EVENTS": "Events that may be active at the same instant.",
        "PARTICIPATION_MINUTES": "Minutes of participation in one billing period.",
        "RECORDED_MINUTES": "Minutes recorded in one billing period.",
        "STORED_RECORDING_MINUTES": "Minutes of recordings that exist at the same time.",
        "STORAGE_BYTES": "Bytes of files and recordings in use at the same time.",
        "USERS": "Registered users.",
    },
)


@strawberry.type(
    description=(
        "A limit that the company has contracted, and the days on which it holds. Of limits that overlap, the one that "
        "begins last rules. A section without a limit has none: the limit of TOTAL does not stand in for it."
    )
)
class Limit:
    """Rows are tenants' limits."""

    metric: LimitMetric = strawberry.field(description="What is limited.")
    section: Section = strawberry.field(description="The kind of events that it is about.")
    value: float = strawberry.field(
        description="The most that is contracted, in the metric's own unit; a whole number of whatever is counted."
    )
    valid_from: date | None = strawberry.field(
        name="from", description="The first day on which it holds, included; null when it has held from the beginning."
    )
    valid_to: date | None = strawberry.field(
        name="to", description="The last day on which it holds, included; null when no end has been agreed."
    )
