"""Quality as sampled: how many stays were in trouble."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, period_parameters, whole_days
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "features.sql")


@dataclass(frozen=True, slots=True)
class Quality:
    """Stays of a period or of a day: all of them, those of which a sample was taken, and those in trouble."""

    stays: int
    stays_with_sample: int
    stays_in_trouble: int

    @property
    def trouble_share(self) -> float | None:
        """Those in trouble ÷ those with a sample; None when there is none."""
        return self.stays_in_trouble / self.stays_with_sample if self.stays_with_sample else None


NONE: Final = Quality(0, 0, 0)


async def quality_totals(reading: Reading, period: Period) -> Quality:
    """The quality of a period as a whole: each stay once, however many days it lasts."""
    parameters = period_parameters(period, reading.today)
    [quality] = await reading.ask(Question(_SQL["quality_totals"], Quality, parameters, whole_days(period)))
    return quality


async def quality_days(reading: Reading, period: Period) -> dict[date, Quality]:
    """The quality of each day of a period that has any stays; of days after today nothing."""
    parameters = period_parameters(period, reading.today)
    return dict(await reading.ask(Question(_SQL["quality_days"], _of_day, parameters, whole_days(period))))


def _of_day(day: date, stays: int, with_sample: int, in_trouble: int) -> tuple[date, Quality]:
    return day, Quality(stays, with_sample, in_trouble)
