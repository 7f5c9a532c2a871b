"""The peaks to be expected of the coming days, from what is planned and how it was attended before; and what if."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from turnout.analytics.peaks import Section
from turnout.analytics.periods import PeriodPreset
from turnout.analytics.reading import Question, Reading
from turnout.analytics.summary import resolve_preset
from turnout.analytics.witness import PeakMetric, check_listeners
from turnout.database.calendar import local_midnight
from turnout.database.errors import TurnoutError
from turnout.database.statements import statements

# How far back planned events tell of their owners, how many there must be, and how many weeks tell of the rest.
PAST_DAYS: Final = 182
FEWEST_EVENTS: Final = 3
WEEKS: Final = 8

_SQL: Final = statements("turnout.analytics", "expectation.sql")


@dataclass(frozen=True, slots=True)
class ExpectedPeak:
    """One coming day: eight of ten such days should have a peak between low and high.

    `planned` is what planned events make together at `at`, `events` of them at once, by `basis` past events; `other` is
    what the peak was above that on the same weekday of `weeks` past weeks.
    """

    day: date
    expected: float
    low: float
    high: float
    at: datetime | None
    planned: float
    other: float
    events: int
    basis: int
    weeks: int
    limit: int | None

    @property
    def headroom(self) -> float | None:
        """What the limit of the day leaves of what is expected; negative beyond it, None without one."""
        return None if self.limit is None else self.limit - self.expected


@dataclass(frozen=True, slots=True)
class Move:
    """A planned event that is to start at another time, and to last as long."""

    event_id: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Addition:
    """An event more, and how many are to come; `speakers` is how many of a webinar's speak, elsewhere all do."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    connections: int
    speakers: int = 1

    def attendance(self, metric: PeakMetric) -> int:
        """How many of the metric it makes."""
        speakers = min(self.speakers, self.connections) if self.kind == "WEBINAR" else self.connections
        return {
            PeakMetric.CONNECTIONS: self.connections,
            PeakMetric.SPEAKERS: speakers,
            PeakMetric.LISTENERS: self.connections - speakers,
            PeakMetric.EVENTS: 1,
        }[metric]


@dataclass(frozen=True, slots=True)
class MoreSpeakers:
    """So many speakers more at every instant of the days from the first to the last, None without an end."""

    number: int
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Changes:
    """What is to be otherwise than planned."""

    moves: Sequence[Move] = ()
    additions: Sequence[Addition] = ()
    speakers: MoreSpeakers = field(default_factory=lambda: MoreSpeakers(0))

    def parameters(self, metric: PeakMetric) -> dict[str, Any]:
        """As the statement takes them."""
        # Of connections and events a speaker is one of the first, and none of the second.
        counts = metric in {PeakMetric.CONNECTIONS, PeakMetric.SPEAKERS}
        return {
            "move_keys": [move.event_id for move in self.moves],
            "move_starts": [move.starts_at for move in self.moves],
            "add_kinds": [one.kind for one in self.additions],
            "add_starts": [one.starts_at for one in self.additions],
            "add_ends": [one.ends_at for one in self.additions],
            "add_attendances": [one.attendance(metric) for one in self.additions],
            "add_speakers": self.speakers.number if counts else 0,
            "speakers_from": self.speakers.first,
            "speakers_to": self.speakers.last,
        }


@dataclass(frozen=True, slots=True)
class WhatIfDay:
    """A coming day as planned, and with the changes."""

    before: ExpectedPeak
    after: ExpectedPeak

    @property
    def day(self) -> date:
        """The day."""
        return self.before.day


_AS_PLANNED: Final = Changes()


async def expected_peaks(
    reading: Reading, metric: PeakMetric, section: Section, days: int, changes: Changes = _AS_PLANNED
) -> list[ExpectedPeak]:
    """Tomorrow and the days after it, so many in all. Raises NO_LISTENERS."""
    check_listeners(metric, section)
    begun = (await resolve_preset(reading, PeriodPreset.ALL_TIME)).first_day
    today, zone = reading.today, reading.company.zone
    earliest = today - timedelta(days=PAST_DAYS)
    about: dict[str, Any] = {
        "metric": metric.value,
        "section": section.value,
        "days_ahead": days,
        "weeks": WEEKS,
        "fewest": FEWEST_EVENTS,
        "begun": begun,
        "today": today,
        "time_zone": reading.company.time_zone,
        "past_from": local_midnight(zone, earliest),
        "past_to": local_midnight(zone, today),
    }
    question = Question(_SQL["expected"], ExpectedPeak, about | changes.parameters(metric), (earliest, today))
    return await reading.ask(question)


async def what_if(
    reading: Reading, metric: PeakMetric, section: Section, days: int, changes: Changes
) -> list[WhatIfDay]:
    """The coming days as planned, each beside what it would be. Raises NO_LISTENERS and EVENT_NOT_PLANNED."""
    before, after, missing = await asyncio.gather(
        expected_peaks(reading, metric, section, days),
        expected_peaks(reading, metric, section, days, changes),
        reading.ask(Question(_SQL["not_planned"], str, {"move_keys": [move.event_id for move in changes.moves]})),
    )
    if missing:
        raise TurnoutError(
            "EVENT_NOT_PLANNED",
            f"No event {missing[0]!r} is going to start.",
            "Move events that eventStats lists with the status PLANNED; of a breakout the event at the top.",
        )
    return [WhatIfDay(*pair) for pair in zip(before, after, strict=True)]
