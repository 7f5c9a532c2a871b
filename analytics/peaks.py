"""Peaks by day: the largest value that a count reached at any instant of each local day."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

import msgspec

from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, period_parameters, whole_days
from turnout.database.statements import statements
from turnout.tenants.limits import Section

MICROSECONDS_A_MINUTE: Final = 60_000_000

_SQL = statements("turnout.analytics", "peaks.sql")
_SECTIONS: Final = {section.value: section for section in Section}
_LISTENED: Final = frozenset(section.value for section in Section if section.has_listeners)

__all__ = ["MICROSECONDS_A_MINUTE", "DailyPeak", "Section", "daily_peaks"]


class DailyPeak(msgspec.Struct, frozen=True):
    """One day and section. Listeners are None where there can be none; limits are None where none was contracted."""

    day: date
    section: Section
    connections: int
    connections_at: datetime | None
    connections_limit: int | None
    speakers: int
    speakers_at: datetime | None
    speakers_limit: int | None
    listeners: int | None
    listeners_at: datetime | None
    events: int
    events_at: datetime | None
    events_limit: int | None
    events_held: int
    participation_minutes: float
    unique_participants: int
    period: Period
    """The one that was asked for: what else a day has is asked for all its days at once."""


async def daily_peaks(reading: Reading, period: Period, sections: Sequence[Section]) -> list[DailyPeak]:
    """Every day of the period and section asked for, zeros included; days ascending, then sections in their order."""
    asked = {"sections": sorted({section.value for section in sections})}
    parameters = period_parameters(period, reading.today) | asked
    row = partial(_daily_peak, period=period)
    return await reading.ask(Question(_SQL["daily_peaks"], row, parameters, whole_days(period)))


def _daily_peak(
    day: date,
    section: str,
    connections: int,
    connections_at: datetime | None,
    connections_limit: int | None,
    speakers: int,
    speakers_at: datetime | None,
    speakers_limit: int | None,
    listeners: int,
    listeners_at: datetime | None,
    events: int,
    events_at: datetime | None,
    events_limit: int | None,
    events_held: int,
    participation_us: int,
    unique_participants: int,
    *,
    period: Period,
) -> DailyPeak:
    return DailyPeak(
        day,
        _SECTIONS[section],
        connections,
        connections_at,
        connections_limit,
        speakers,
        speakers_at,
        speakers_limit,
        listeners if section in _LISTENED else None,
        listeners_at,
        events,
        events_at,
        events_limit,
        events_held,
        participation_us / MICROSECONDS_A_MINUTE,
        unique_participants,
        period,
    )
