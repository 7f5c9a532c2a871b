"""Days: what each has once, not per section."""

from datetime import date
from functools import partial
from typing import Final

import msgspec

from turnout.analytics.periods import Period
from turnout.analytics.reading import (
    Question,
    Reading,
    days_up_to,
    ending_parameters,
    period_parameters,
    whole_days,
)
from turnout.analytics.segments import of_whole_company
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "days.sql")


class DayTotal(msgspec.Struct, frozen=True):
    """One day; users registered and bytes in use are those at its end or now. A day after today is all zeros."""

    day: date
    events_created: int
    personal_calls: int
    group_calls: int
    messages: int
    new_users: int
    registered_users: int
    uploaded_bytes: int
    storage_bytes: int
    sign_ins: int
    period: Period
    """The one that was asked for: what else a day has is asked for all its days at once."""


class SegmentDayTotal(msgspec.Struct, frozen=True):
    """One day of a segment: what is of no event and no stay raises NOT_IN_SEGMENT."""

    day: date
    events_created: int
    personal_calls: int
    group_calls: int
    period: Period
    messages = of_whole_company("Messages")
    new_users = of_whole_company("Accounts")
    registered_users = of_whole_company("Accounts")
    uploaded_bytes = of_whole_company("Files")
    storage_bytes = of_whole_company("Files")
    sign_ins = of_whole_company("Sign-ins")


async def day_totals(reading: Reading, period: Period) -> list[DayTotal] | list[SegmentDayTotal]:
    """Every day of the period, ascending, zeros included."""
    if period.segment is not None:
        return await _segment_days(reading, period)
    parameters = period_parameters(period, reading.today) | ending_parameters(period)
    row = partial(DayTotal, period=period)
    return await reading.ask(Question(_SQL["day_totals"], row, parameters, days_up_to(period)))


async def _segment_days(reading: Reading, period: Period) -> list[SegmentDayTotal]:
    parameters = period_parameters(period, reading.today)
    row = partial(SegmentDayTotal, period=period)
    return await reading.ask(Question(_SQL["segment_days"], row, parameters, whole_days(period)))
