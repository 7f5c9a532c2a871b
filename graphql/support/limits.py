"""What a company has contracted, as support agrees on it."""

from datetime import date
from typing import Annotated, Any

import strawberry

from turnout.graphql.limits import LimitMetric
from turnout.graphql.sections import Section
from turnout.tenants import limits
from turnout.tenants.contracts import ListedLimit


def _of(name: str) -> Any:  # noqa: ANN401 -- a resolver
    def resolve(root: strawberry.Parent[ListedLimit]) -> Any:  # noqa: ANN401 -- of whichever member
        return getattr(root.limit, name)

    return resolve


def _limit_id(root: strawberry.Parent[ListedLimit]) -> strawberry.ID:
    return strawberry.ID(str(root.limit_id))


@strawberry.type(
    description=(
        "A limit that a company has contracted, and the days on which it holds. Of limits that overlap, the one that "
        "begins last rules."
    )
)
class ContractedLimit:
    """Rows are tenants' listed limits."""

    id: strawberry.ID = strawberry.field(resolver=_limit_id, description="What removeLimit takes.")
    metric: Any = strawberry.field(resolver=_of("metric"), graphql_type=LimitMetric, description="What is limited.")
    section: Any = strawberry.field(
        resolver=_of("section"), graphql_type=Section, description="The kind of events that it is about."
    )
    value: Any = strawberry.field(
        resolver=_of("value"), graphql_type=float, description="The most that is contracted, in the metric's own unit."
    )
    valid_from: Any = strawberry.field(
        name="from",
        resolver=_of("valid_from"),
        graphql_type=date | None,
        description="The first day on which it holds, included; null when it has held from the beginning.",
    )
    valid_to: Any = strawberry.field(
        name="to",
        resolver=_of("valid_to"),
        graphql_type=date | None,
        description="The last day on which it holds, included; null when no end has been agreed.",
    )


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
