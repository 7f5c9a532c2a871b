"""The company that asks."""

import strawberry

from turnout.analytics.limits import company_limits
from turnout.graphql import people
from turnout.graphql.context import Info
from turnout.graphql.figures import figure
from turnout.graphql.limits import Limit
from turnout.tenants import company as tenants
from turnout.tenants import limits as contracted


async def _limits(root: strawberry.Parent[tenants.Company], info: Info) -> list[contracted.Limit]:
    return await company_limits(info.context.reading_of(root))


@strawberry.type(description="A customer of the operator: everything that is counted belongs to exactly one.")
class Company:
    """Rows are tenants' companies."""

    slug: str = strawberry.field(
        metadata=people.HARMLESS,
        description="The short name with which the company signs in, unique over all companies.",
    )
    name: str = strawberry.field(
        metadata=people.HARMLESS, description="The name of the company, as support staff entered it."
    )
    time_zone: str = strawberry.field(
        metadata=people.HARMLESS,
        description="The IANA time zone, such as Europe/Berlin, in which all its days begin and end.",
    )
    billing_anchor_day: int = strawberry.field(
        description=(
            "The day of the month, 1 to 31, on which its billing periods begin; in shorter months it is their last day."
        )
    )
    limits: list[Limit] = figure(
        list[Limit],
        _limits,
        "Everything the company has contracted, past and future limits included: by metric, section and first day.",
    )


@strawberry.field(graphql_type=Company, description="The company to which the credential of the request belongs.")
def company(info: Info) -> tenants.Company:
    """The company that asks."""
    return info.context.company()
