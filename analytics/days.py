"""Days: what each has once, not per section."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, days_up_to, ending_parameters, period_parameters
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "days.sql")


@dataclass(frozen=True, slots=True)
class DayTotal:
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


async def day_totals(reading: Reading, period: Period) -> list[DayTotal]:
    """Every day of the period, ascending, zeros included."""
    parameters = period_parameters(period, reading.today) | ending_parameters(period)
    row = partial(DayTotal, period=period)
    return await reading.ask(Question(_SQL["day_totals"], row, parameters, days_up_to(period)))
