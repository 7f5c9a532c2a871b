"""Hours: how peaks and minutes lie over a day, and over a week."""

from collections.abc import Sequence
from typing import Final

import msgspec

from turnout.analytics.breakdown import period_of
from turnout.analytics.peaks import MICROSECONDS_A_MINUTE, Section
from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, whole_days
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "hours.sql")


class HourStat(msgspec.Struct, frozen=True):
    """One local hour of the days of a period, or of those that are one weekday (1 Monday to 7 Sunday, else 0).

    `days` is on how many of them it has begun: those that the means are over. Listeners are None where there are none.
    """

    weekday: int
    hour: int
    section: Section
    days: int
    peak_connections: int
    mean_peak_connections: float
    peak_speakers: int
    mean_peak_speakers: float
    peak_listeners: int | None
    mean_peak_listeners: float | None
    peak_events: int
    mean_peak_events: float
    participation_minutes: float


async def hours(reading: Reading, period: Period, sections: Sequence[Section]) -> list[HourStat]:
    """The 24 hours of a day, each for every section asked for: hours ascending, then sections in their order."""
    return await _ask(reading, period, sections, by_weekday=False)


async def week_hours(reading: Reading, period: Period, sections: Sequence[Section]) -> list[HourStat]:
    """The same by weekday, Monday first."""
    return await _ask(reading, period, sections, by_weekday=True)


async def _ask(reading: Reading, period: Period, sections: Sequence[Section], *, by_weekday: bool) -> list[HourStat]:
    asked = {
        "by_weekday": by_weekday,
        "sections": sorted({section.value for section in sections}),
        "day_starts": [bucket.start for bucket in period.buckets],
        "day_ends": [bucket.end for bucket in period.buckets],
    }
    return await reading.ask(Question(_SQL["hours"], _hour, period_of(reading, period) | asked, whole_days(period)))


def _hour(
    weekday: int,
    hour: int,
    section: str,
    days: int,
    connections: int,
    sum_connections: int,
    speakers: int,
    sum_speakers: int,
    listeners: int,
    sum_listeners: int,
    events: int,
    sum_events: int,
    spent_us: int,
) -> HourStat:
    of = Section(section)
    return HourStat(
        weekday,
        hour,
        of,
        days,
        connections,
        _mean(sum_connections, days),
        speakers,
        _mean(sum_speakers, days),
        listeners if of.has_listeners else None,
        _mean(sum_listeners, days) if of.has_listeners else None,
        events,
        _mean(sum_events, days),
        spent_us / MICROSECONDS_A_MINUTE,
    )


def _mean(total: int, days: int) -> float:
    return total / days if days else 0.0
