"""What a company has contracted, as support agrees on it."""

from datetime import date
from typing import Annotated

import strawberry

from turnout.graphql.limits import Limit, LimitMetric
from turnout.graphql.sections import Section
from turnout.tenants import limits
from turnout.tenants.contracts import ListedLimit


def _limit_id(root: strawberry.Parent[ListedLimit]) -> strawberry.ID:
    return strawberry.ID(str(root.limit_id))


@strawberry.type(
    description=(
        "A limit that a company has contracted, and the days on which it holds. Of limits that overlap, the one that "
        "begins last rules."
    )
)
class ContractedLimit(Limit):
    """Rows are tenants' listed limits."""

    id: strawberry.ID = strawberry.field(resolver=_limit_id, description="What removeLimit takes.")


@strawberry.input(description="A limit to agree on.")
class LimitInput:
    """What a limit is made of."""

    metric: LimitMetric = strawberry.field(description="What is limited.")
    section: Section = strawberry.field(
        default=Section.TOTAL, description="The kind of events that it is about; not every metric has every one."
    )
    value: float = strawberry.field(description="The most, in the metric's own unit; whole for whatever is counted.")
    valid_from: date | None = strawberry.field(
        name="from", default=None, description="The first day on which it holds; null from the beginning."
    )
    valid_to: date | None = strawberry.field(
        name="to", default=None, description="The last day on which it holds; null without an end."
    )

    def as_agreed(self) -> limits.Limit:
        """The limit as tenants have it."""
        return limits.Limit(self.metric, self.section, self.value, self.valid_from, self.valid_to)


LimitArgument = Annotated[LimitInput, strawberry.argument(description="What is agreed on.")]
