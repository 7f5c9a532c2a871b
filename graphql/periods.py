"""Periods: how a question says which days or instants it is about."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from turnout.analytics import periods
from turnout.analytics.periods import PeriodPreset
from turnout.analytics.reading import Reading
from turnout.analytics.summary import resolve_preset
from turnout.graphql import people
from turnout.graphql.enums import describe

describe(
    PeriodPreset,
    "A period by its name, in the company's local days. Those that count days end with today's last instant.",
    {
        "TODAY": "Today, from the company's midnight.",
        "YESTERDAY": "The whole day before today.",
        "LAST_7_DAYS": "Today and the 6 days before it.",
        "LAST_28_DAYS": "Today and the 27 days before it: four whole weeks.",
        "LAST_30_DAYS": "Today and the 29 days before it.",
        "LAST_91_DAYS": "Today and the 90 days before it: thirteen whole weeks.",
        "MONTH_TO_DATE": "From the first of this month until now.",
        "LAST_MONTH": "The whole calendar month before this one.",
        "BILLING_PERIOD": "The billing period in which today lies, from its anchor day's midnight to the next one's.",
        "PREVIOUS_BILLING_PERIOD": "The billing period before the one in which today lies.",
        "YEAR_TO_DATE": "From the first of January until now.",
        "LAST_12_MONTHS": "From the first of the month eleven months ago through today.",
        "ALL_TIME": "From the day of the company's earliest activity through today.",
    },
)


@strawberry.input(description="A range of the company's local days.")
class DateRangeInput:
    """Both days are included."""

    first: date = strawberry.field(name="from", description="The first day, included.")
    last: date = strawberry.field(name="to", description="The last day, included; not before the first.")


@strawberry.input(description="A range of instants, exact to the microsecond.")
class InstantRangeInput:
    """The end is not included."""

    start: datetime = strawberry.field(name="from", description="The first instant, included.")
    end: datetime = strawberry.field(
        name="to", description="The instant at which the period is over, not included; after the first."
    )


@strawberry.input(
    one_of=True,
    description="What a question is about: exactly one of a named period, a range of days and a range of instants.",
)
class PeriodInput:
    """Exactly one member is set."""

    preset: PeriodPreset | None = strawberry.field(default=strawberry.UNSET, description="A period by its name.")
    dates: DateRangeInput | None = strawberry.field(
        default=strawberry.UNSET, description="A range of local days, both included."
    )
    instants: InstantRangeInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="A range of instants; the days at its edges are cut to it.",
    )


@strawberry.type(description="The period that an answer is about, as the company's calendar resolved it.")
class Period:
    """Rows are analytics' periods."""

    start: datetime = strawberry.field(name="from", description="Its first instant.")
    end: datetime = strawberry.field(
        name="to", description="The instant at which it is over: what happens then is outside."
    )
    first_day: date = strawberry.field(description="The local day of its first instant.")
    last_day: date = strawberry.field(description="The local day of its last instant.")
    time_zone: str = strawberry.field(
        metadata=people.HARMLESS, description="The IANA time zone in which its days begin and end: the company's."
    )


PeriodArgument = Annotated[PeriodInput, strawberry.argument(description="The period that the question is about.")]


def said(asked: PeriodInput) -> list[object]:
    """A period as it was asked for: a preset means other days tomorrow, and is still the same question."""
    if asked.preset:
        return [asked.preset.value]
    ends = (asked.dates.first, asked.dates.last) if asked.dates else ()
    instants = (asked.instants.start, asked.instants.end) if asked.instants else ()
    return [end.isoformat() for end in (*ends, *instants)]


async def resolve(reading: Reading, asked: PeriodInput) -> periods.Period:
    """What a period means for the company that asks, now; its answer is about it. Raises the PERIOD_… errors."""
    return reading.about(await _resolved(reading, asked))


async def _resolved(reading: Reading, asked: PeriodInput) -> periods.Period:
    if asked.preset:
        return await resolve_preset(reading, asked.preset)
    if asked.dates:
        return periods.by_dates(reading.company, asked.dates.first, asked.dates.last)
    if asked.instants:
        return periods.by_instants(reading.company, asked.instants.start, asked.instants.end)
    raise AssertionError("a @oneOf input without a member has passed validation")
