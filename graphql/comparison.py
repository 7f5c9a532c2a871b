"""Comparison of a period with another one."""

from typing import Annotated

import strawberry
from strawberry.utils.str_converters import to_camel_case as camel

from turnout.analytics import comparing, periods
from turnout.analytics.comparing import ComparisonPreset, HeadlineFigure
from turnout.analytics.reading import Reading
from turnout.graphql.enums import describe
from turnout.graphql.periods import Period, PeriodInput, resolve
from turnout.graphql.sections import Section

describe(
    ComparisonPreset,
    "Which period a period is compared with. One that is still going on is compared up to the same time of day.",
    {
        "PREVIOUS_PERIOD": (
            "As many days right before it; of presets that are months, years or billing periods the calendar's "
            "previous one."
        ),
        "PREVIOUS_PERIOD_BY_WEEKDAY": (
            "As many days before it, moved back by whole weeks, so that Mondays stand beside Mondays."
        ),
        "YEAR_BEFORE": "The same dates of the year before; 29 February becomes the 28th.",
        "YEAR_BEFORE_BY_WEEKDAY": "The same weekdays 52 weeks before, or more when the period is longer.",
    },
)
describe(
    HeadlineFigure,
    "A figure of a period that is compared.",
    {figure.name: f"The figure `{camel(figure.attribute)}`." for figure in HeadlineFigure},
)


@strawberry.input(one_of=True, description="What a period is compared with: exactly one of a preset and a period.")
class ComparisonInput:
    """Exactly one member is set."""

    preset: ComparisonPreset | None = strawberry.field(
        default=strawberry.UNSET, description="A period that follows from the one asked for."
    )
    period: PeriodInput | None = strawberry.field(default=strawberry.UNSET, description="Any other period.")


@strawberry.type(description="How one figure has changed.")
class Change:
    """Rows are analytics' changes."""

    figure: HeadlineFigure = strawberry.field(description="Which figure.")
    section: Section = strawberry.field(
        description="The kind of events that it is about; TOTAL for what a period has once."
    )
    value: float = strawberry.field(description="What it is in the period asked for.")
    before: float = strawberry.field(description="What it was in the period compared with.")
    difference: float = strawberry.field(description="The value less what it was.")
    share: float | None = strawberry.field(
        description="The difference divided by what it was: 0.5 is half as much again. Null where there was nothing."
    )


@strawberry.type(description="A period beside the one asked for, and how every headline figure has changed since.")
class Comparison:
    """Rows are analytics' comparisons."""

    period: Period = strawberry.field(description="The period compared with.")
    changes: list[Change] = strawberry.field(
        description="By section in the order of the enumeration, then what a period has once; figures in their order."
    )


CompareArgument = Annotated[
    ComparisonInput | None,
    strawberry.argument(
        description="What to compare with; the answer is in `comparison`. NOT_COMPARABLE for ALL_TIME."
    ),
]


async def compared_period(
    reading: Reading, asked: PeriodInput, period: periods.Period, with_: ComparisonInput
) -> periods.Period:
    """The period that an argument asks to compare with."""
    if with_.period:
        return await resolve(reading, with_.period)
    if with_.preset:
        beside = comparing.compared_with(reading.company, period, asked.preset or None, with_.preset, reading.now)
        return reading.about(beside)
    raise AssertionError("a @oneOf input without a member has passed validation")
