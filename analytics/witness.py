"""Witnesses of a peak: when it was, how long it lasted, and which events, owners and people made it up."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final, TypeVar

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.peaks import Section
from turnout.analytics.periods import MICROSECOND, Period
from turnout.analytics.reading import Question, Reading
from turnout.analytics.summary import Peak, SectionSummary, section_summaries
from turnout.database.errors import TurnoutError
from turnout.database.statements import statements

# What a curve spans at most, and how much is read first when it is looked for the end of a peak: more and more, since
# little happens while a peak lasts, and one that lasts for years must not cost thousands of questions.
LONGEST_CURVE: Final = timedelta(days=2)
LONGEST_LOOK: Final = timedelta(days=32)
SECOND: Final = timedelta(seconds=1)

Row = TypeVar("Row")

_SQL: Final = statements("turnout.analytics", "witness.sql")


class PeakMetric(Enum):
    """What a peak is of."""

    CONNECTIONS = "CONNECTIONS"
    SPEAKERS = "SPEAKERS"
    LISTENERS = "LISTENERS"
    EVENTS = "EVENTS"


@dataclass(frozen=True, slots=True)
class PeakWitness:
    """A peak of a period. `until` is None while it lasts, and for a peak of 0, which has no instant."""

    period: Period
    metric: PeakMetric
    section: Section
    value: int
    at: datetime | None
    until: datetime | None
    lasted_seconds: float
    event_count: int
    owner_count: int
    connection_count: int
    people_count: int


@dataclass(frozen=True, slots=True)
class PeakEvent:
    """An event that somebody counted was in, and how many were."""

    event_id: str
    kind: str
    title: str | None
    room_id: str | None
    room: str | None
    owner_id: str | None
    owner_name: str | None
    connections: int


@dataclass(frozen=True, slots=True)
class PeakOwner:
    """Whose events they were; without an id, those of nobody."""

    user_id: str | None
    name: str | None
    events: int
    connections: int


@dataclass(frozen=True, slots=True)
class PeakStay:
    """One connection that was counted."""

    person: str
    event_id: str
    user_id: str | None
    external_id: str | None
    name: str | None
    role: str | None
    device: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The largest numbers of one minute; listeners are None in a section where nobody only listens."""

    at: datetime
    connections: int
    speakers: int
    listeners: int | None
    events: int


def check_listeners(metric: PeakMetric, section: Section) -> None:
    """Raises NO_LISTENERS for listeners of a section where nobody only listens."""
    if metric is PeakMetric.LISTENERS and not section.has_listeners:
        raise _no_listeners(section)


async def peak_witness(reading: Reading, period: Period, metric: PeakMetric, section: Section) -> PeakWitness:
    """The peak of a period with what it was made of. Raises NO_LISTENERS where nobody only listens."""
    summary = next(row for row in await section_summaries(reading, period) if row.section is section)
    peak = _peak_of(summary, metric)
    if peak.at is None:
        return PeakWitness(period, metric, section, 0, None, None, 0.0, 0, 0, 0, 0)
    at = peak.at.astimezone(UTC)
    about = _about(reading, at, metric, section) | {"segment": period.segment}
    until, totals = await asyncio.gather(
        _until(reading, period, about, peak.value),
        reading.ask(Question(_SQL["present"] + _SQL["totals"], lambda *counts: counts, about)),
    )
    lasted = (until or min(reading.as_of, period.end)) - at
    return PeakWitness(period, metric, section, peak.value, at, until, lasted / SECOND, *totals[0])


async def peak_events(reading: Reading, witness: PeakWitness, wanted: Wanted) -> Page[PeakEvent]:
    """The events of a peak: those with the most connections that count first."""
    return await _list(reading, witness, wanted, "events", PeakEvent)


async def peak_owners(reading: Reading, witness: PeakWitness, wanted: Wanted) -> Page[PeakOwner]:
    """Whose events they were."""
    return await _list(reading, witness, wanted, "owners", PeakOwner)


async def peak_stays(reading: Reading, witness: PeakWitness, wanted: Wanted) -> Page[PeakStay]:
    """Every connection that was counted, in the order of joining."""
    return await _list(reading, witness, wanted, "stays", _stay)


async def curve(
    reading: Reading, start: datetime, end: datetime, section: Section, segment: str | None = None
) -> list[CurvePoint]:
    """Minute by minute from `start` on, the last one perhaps cut; minutes without anybody too.

    Raises CURVE_TOO_LONG beyond two days.
    """
    if end - start > LONGEST_CURVE:
        raise TurnoutError(
            "CURVE_TOO_LONG", "A curve is of at most two days.", "Ask for a part of it, or for dailyPeaks."
        )
    parameters = {"section": section.value, "day": start.date(), "lo": start, "hi": end, "segment": segment}

    def point(at: datetime, connections: int, speakers: int, listeners: int, events: int) -> CurvePoint:
        listening = listeners if section.has_listeners else None
        return CurvePoint(at, connections, speakers, listening, events)

    return await reading.ask(Question(_SQL["curve"], point, parameters))


def _peak_of(summary: SectionSummary, metric: PeakMetric) -> Peak:
    peak = {
        PeakMetric.CONNECTIONS: summary.peak_connections,
        PeakMetric.SPEAKERS: summary.peak_speakers,
        PeakMetric.LISTENERS: summary.peak_listeners,
        PeakMetric.EVENTS: summary.peak_events,
    }[metric]
    if peak is None:
        raise _no_listeners(summary.section)
    return peak


def _no_listeners(section: Section) -> TurnoutError:
    return TurnoutError(
        "NO_LISTENERS",
        f"In the section {section.value} nobody only listens.",
        "Ask for the section TOTAL or WEBINAR, or for another metric.",
    )


async def _until(reading: Reading, period: Period, about: dict[str, Any], value: int) -> datetime | None:
    """The first instant with fewer, at most the period's end; None while as many are there."""
    start, look = about["at"], LONGEST_CURVE
    while start < period.end:
        end = min(start + look, period.end)
        window = about | {"lo": start, "hi": end, "value": value}
        [fall] = await reading.ask(Question(_SQL["fall"], _instant, window))
        if fall is not None:
            return fall
        if end >= reading.as_of:
            return None
        # One microsecond again: as many are there at it, and whoever leaves next leaves inside the span.
        start = end - MICROSECOND if end < period.end else end
        look = min(2 * look, LONGEST_LOOK)
    return period.end


def _instant(at: datetime | None) -> datetime | None:
    return at and at.astimezone(UTC)


def _about(reading: Reading, at: datetime, metric: PeakMetric, section: Section) -> dict[str, Any]:
    day = at.astimezone(reading.company.zone).date()
    return {"at": at, "day": day, "metric": metric.value, "section": section.value}


async def _list(
    reading: Reading, witness: PeakWitness, wanted: Wanted, name: str, row: Callable[..., Row]
) -> Page[Row]:
    if witness.at is None:
        return Page([], [], 0, has_previous=False, has_next=False)
    about = _about(reading, witness.at, witness.metric, witness.section) | wanted.parameters()
    about |= {"segment": witness.period.segment}
    question = Question(paged(_SQL["present"] + _SQL[name], wanted), line_of(row), about)
    return page_of(await reading.ask(question), wanted)


def _stay(
    connection: str,
    event_id: str,
    user_id: str | None,
    external_id: str | None,
    name: str | None,
    role: str | None,
    device: str,
    joined_at: datetime,
) -> PeakStay:
    return PeakStay(connection, event_id, user_id, external_id, name, role, device, joined_at)
