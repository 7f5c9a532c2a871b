"""What is used, against what was contracted."""

import strawberry

from turnout.analytics import usage


def _used(root: strawberry.Parent[usage.Usage]) -> float:
    """Rounded beyond 2^53, where a whole number is not accepted for a float."""
    return float(root.used)


@strawberry.type(
    description="An amount at the end of a period or now, whichever is earlier, and the limit of that day."
)
class Usage:
    """Rows are analytics' usages."""

    used: float = strawberry.field(resolver=_used, description="What is used, in the unit of the field that has it.")
    limit: float | None = strawberry.field(description="The limit contracted for that day; null without one.")
    share: float | None = strawberry.field(
        description="What is used divided by the limit: 1 is full. Null without a limit and with a limit of 0."
    )
    headroom: float | None = strawberry.field(
        description="What the limit leaves, negative beyond it. Null without a limit."
    )
