"""Recordings: how many ran at once, for how long they ran, and what of them is stored."""

from datetime import date, datetime
from typing import Final

import msgspec

from turnout.analytics.peaks import MICROSECONDS_A_MINUTE
from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, days_up_to, ending_parameters, period_parameters
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "recordings.sql")


class RecordingTotals(msgspec.Struct, frozen=True):
    """The recordings of a period; what is stored is as of its end or now.

    `peak` is the most that ran at one instant, `peak_at` the first such instant, None when the peak is 0.
    """

    peak: int
    peak_at: datetime | None
    recorded_us: int
    stored_us: int
    stored_bytes: int

    @property
    def recorded_minutes(self) -> float:
        """For how long recordings ran in the period, summed over them."""
        return self.recorded_us / MICROSECONDS_A_MINUTE

    @property
    def stored_minutes(self) -> float:
        """For how long those had run that exist at its end or now: stored, and not deleted."""
        return self.stored_us / MICROSECONDS_A_MINUTE


NONE: Final = RecordingTotals(0, None, 0, 0, 0)


async def recording_totals(reading: Reading, period: Period) -> RecordingTotals:
    """The recordings of a period as a whole."""
    [totals] = await reading.ask(Question(_SQL["recording_totals"], RecordingTotals, *_about(reading, period)))
    return totals


async def recording_days(reading: Reading, period: Period) -> dict[date, RecordingTotals]:
    """The recordings of each day of a period; what is stored is as of the day's end or now, after today all is 0."""
    return dict(await reading.ask(Question(_SQL["recording_days"], _of_day, *_about(reading, period))))


def _about(reading: Reading, period: Period) -> tuple[dict[str, object], tuple[date, date]]:
    return period_parameters(period, reading.today) | ending_parameters(period), days_up_to(period)


def _of_day(day: date, *totals: *tuple[int, datetime | None, int, int, int]) -> tuple[date, RecordingTotals]:
    return day, RecordingTotals(*totals)
