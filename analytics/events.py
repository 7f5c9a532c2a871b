"""Events: who, when and what, and how large they became."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.peaks import MICROSECONDS_A_MINUTE
from turnout.analytics.periods import ALWAYS, FIRST_DAY, LAST_DAY, Period
from turnout.analytics.reading import Days, Question, Reading, period_parameters, whole_days
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "events.sql")


class EventStatus(StrEnum):
    """Where an event stands as of now."""

    PLANNED = "PLANNED"
    LIVE = "LIVE"
    HELD = "HELD"
    NOT_HELD = "NOT_HELD"
    CANCELLED = "CANCELLED"


class EventStat(msgspec.Struct, frozen=True):
    """An event; peaks, people, participation and recorded minutes are of the period, all else of the whole event."""

    event_id: str
    kind: str
    template: str | None
    status: EventStatus
    title: str | None
    room_id: str | None
    room: str | None
    owner_id: str | None
    owner_name: str | None
    created_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    duration_minutes: float
    peak_connections: int
    peak_speakers: int
    peak_listeners: int | None
    unique_participants: int
    participation_minutes: float
    recordings: int
    recorded_minutes: float


class Filters(msgspec.Struct, frozen=True):
    """Which events; None lets all through. The prefix is of a room's name, else of its id."""

    kinds: Sequence[str] | None = None
    templates: Sequence[str] | None = None
    statuses: Sequence[EventStatus] | None = None
    owner_id: str | None = None
    room_prefix: str | None = None
    room_id: str | None = None

    def parameters(self) -> dict[str, Any]:
        """As the statement wants them."""
        return {
            "kinds": None if self.kinds is None else list(self.kinds),
            "templates": None if self.templates is None else list(self.templates),
            "statuses": None if self.statuses is None else [status.value for status in self.statuses],
            "owner": self.owner_id,
            "room_prefix": self.room_prefix or None,
            "room": self.room_id,
        }


EVERY: Final = Filters()
# All the days there are, none of them cut.
_ALL_TIME: Final[dict[str, Any]] = {
    "period_start": datetime(1, 1, 2, tzinfo=UTC),
    "period_end": datetime(9999, 12, 30, tzinfo=UTC),
    "first_day": FIRST_DAY,
    "last_day": LAST_DAY,
    "cut_days": [],
    "cut_starts": [],
    "cut_ends": [],
}


async def event_stats(reading: Reading, period: Period, wanted: Wanted, filters: Filters = EVERY) -> Page[EventStat]:
    """Events held in the period, created in it, or planned to start in it."""
    about = period_parameters(period, reading.today) | filters.parameters()
    segment = whole_days(period) if period.generation else None
    return await _ask(reading, wanted, about | {"only": None}, segment)


async def event_stat(reading: Reading, event_id: str) -> EventStat | None:
    """One event over all time; None for a breakout, and for what does not exist."""
    page = await _ask(reading, Wanted(1, "EVENT_ID"), _ALL_TIME | EVERY.parameters() | {"only": event_id})
    return page.rows[0] if page.rows else None


async def _ask(reading: Reading, wanted: Wanted, about: dict[str, Any], segment: Days | None = None) -> Page[EventStat]:
    """Whole events are asked for: every day that one of them may have been held on must be up to date.

    Tomorrow too: a stay told by a clock that is ahead may begin behind the next midnight. Of a segment's own rollups
    these days are read beside them.
    """
    parameters = about | wanted.parameters()
    text = paged(_SQL["event_stats"], wanted)
    question = Question(text, line_of(_event_stat), parameters, segment, own_days=ALWAYS)
    return page_of(await reading.ask(question), wanted)


def _event_stat(
    event_id: str,
    kind: str,
    template: str | None,
    status: str,
    title: str | None,
    room_id: str | None,
    room: str | None,
    owner_id: str | None,
    owner_name: str | None,
    created_at: datetime,
    starts_at: datetime | None,
    ends_at: datetime | None,
    started_at: datetime | None,
    ended_at: datetime | None,
    duration_us: int,
    peak_connections: int,
    peak_speakers: int,
    peak_listeners: int | None,
    unique_participants: int,
    participation_us: int,
    recordings: int,
    recorded_us: int,
) -> EventStat:
    return EventStat(
        event_id,
        kind,
        template,
        EventStatus(status),
        title,
        room_id,
        room,
        owner_id,
        owner_name,
        created_at,
        starts_at,
        ends_at,
        started_at,
        ended_at,
        duration_us / MICROSECONDS_A_MINUTE,
        peak_connections,
        peak_speakers,
        peak_listeners,
        unique_participants,
        participation_us / MICROSECONDS_A_MINUTE,
        recordings,
        recorded_us / MICROSECONDS_A_MINUTE,
    )
