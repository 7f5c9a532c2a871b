"""Features of events: for how long captions, a shared screen and the like were on, and how many live streams."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Final, NamedTuple

import msgspec

from turnout.analytics.peaks import MICROSECONDS_A_MINUTE
from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, period_parameters, whole_days
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "features.sql")


class Figure(Enum):
    """What figures are made of: features by the platform's word, and the time of events that allow captions."""

    CAPTIONS = "CAPTIONS"
    WHITEBOARD = "WHITEBOARD"
    BREAKOUT = "BREAKOUT"
    TRANSCRIPTION = "TRANSCRIPTION"
    SCREEN_SHARE = "SCREEN_SHARE"
    LIVE_STREAM = "LIVE_STREAM"
    CAPTIONS_ENABLED = "CAPTIONS_ENABLED"


class FeatureUse(NamedTuple):
    """One figure: microseconds by event, summed; of live streams the most at one instant, and the first such."""

    figure: Figure
    lasted_us: int
    peak: int
    peak_at: datetime | None


class Features(msgspec.Struct, frozen=True):
    """The features of a period or of a day."""

    uses: dict[Figure, FeatureUse] = msgspec.field(default_factory=dict[Figure, FeatureUse])

    def minutes(self, figure: Figure) -> float:
        """For how long it was on, event by event, summed over events."""
        return self.uses[figure].lasted_us / MICROSECONDS_A_MINUTE if figure in self.uses else 0.0

    @property
    def streams(self) -> FeatureUse:
        """The live streams."""
        return self.uses.get(Figure.LIVE_STREAM, _NO_STREAMS)


_NO_STREAMS: Final = FeatureUse(Figure.LIVE_STREAM, 0, 0, None)
NONE: Final = Features()


async def feature_totals(reading: Reading, period: Period) -> Features:
    """The features of a period as a whole."""
    parameters = period_parameters(period, reading.today)
    return _features(await reading.ask(Question(_SQL["feature_totals"], _use, parameters, whole_days(period))))


async def feature_days(reading: Reading, period: Period) -> dict[date, Features]:
    """The features of each day of a period that has any; of days after today nothing."""
    parameters = period_parameters(period, reading.today)
    rows = await reading.ask(Question(_SQL["feature_days"], _use_of_day, parameters, whole_days(period)))
    by_day: dict[date, list[FeatureUse]] = {}
    for day, use in rows:
        by_day.setdefault(day, []).append(use)
    return {day: _features(uses) for day, uses in by_day.items()}


def _features(uses: Sequence[FeatureUse]) -> Features:
    return Features({use.figure: use for use in uses})


def _use(figure: str, lasted_us: int, peak: int, peak_at: datetime | None) -> FeatureUse:
    return FeatureUse(Figure(figure), lasted_us, peak, peak_at)


def _use_of_day(day: date, figure: str, lasted_us: int, peak: int, peak_at: datetime | None) -> tuple[date, FeatureUse]:
    return day, _use(figure, lasted_us, peak, peak_at)
