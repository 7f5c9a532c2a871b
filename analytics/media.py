"""Media as measured: for how long connections sent and received, by track."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from turnout.analytics.peaks import MICROSECONDS_A_MINUTE
from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, period_parameters, whole_days
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "features.sql")

_Measure = tuple[str, str, int]
"""A direction, a track, and microseconds."""


@dataclass(frozen=True, slots=True)
class TrackMinutes:
    """The minutes of media that went one way, by track; `lasted_us` has their microseconds."""

    lasted_us: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def audio_video(self) -> float:
        """Of sound and picture together."""
        return self._minutes("AUDIO_VIDEO")

    @property
    def video(self) -> float:
        """Of picture alone."""
        return self._minutes("VIDEO")

    @property
    def audio(self) -> float:
        """Of sound alone."""
        return self._minutes("AUDIO")

    @property
    def screen(self) -> float:
        """Of a shared screen."""
        return self._minutes("SCREEN")

    @property
    def total(self) -> float:
        """Of all tracks."""
        return sum(self.lasted_us.values()) / MICROSECONDS_A_MINUTE

    def _minutes(self, track: str) -> float:
        return self.lasted_us.get(track, 0) / MICROSECONDS_A_MINUTE


@dataclass(frozen=True, slots=True)
class Media:
    """What connections sent and received."""

    sent: TrackMinutes = field(default_factory=TrackMinutes)
    received: TrackMinutes = field(default_factory=TrackMinutes)


NONE: Final = Media()


async def media_totals(reading: Reading, period: Period) -> Media:
    """The media of a period as a whole."""
    parameters = period_parameters(period, reading.today)
    return _media(await reading.ask(Question(_SQL["media_totals"], _measure, parameters, whole_days(period))))


async def media_days(reading: Reading, period: Period) -> dict[date, Media]:
    """The media of each day of a period that has any; of days after today nothing."""
    parameters = period_parameters(period, reading.today)
    rows = await reading.ask(Question(_SQL["media_days"], _measure_of_day, parameters, whole_days(period)))
    by_day: dict[date, list[_Measure]] = {}
    for day, measure in rows:
        by_day.setdefault(day, []).append(measure)
    return {day: _media(measures) for day, measures in by_day.items()}


def _media(measures: Iterable[_Measure]) -> Media:
    ways: dict[str, dict[str, int]] = {"SENT": {}, "RECEIVED": {}}
    for direction, track, lasted_us in measures:
        ways[direction][track] = lasted_us
    return Media(TrackMinutes(ways["SENT"]), TrackMinutes(ways["RECEIVED"]))


def _measure(direction: str, track: str, lasted_us: int) -> _Measure:
    return direction, track, lasted_us


def _measure_of_day(day: date, direction: str, track: str, lasted_us: int) -> tuple[date, _Measure]:
    return day, (direction, track, lasted_us)
