"""Rooms: how often and how long they were used, and by how many people."""

from datetime import datetime
from typing import Any, Final

import msgspec

from turnout.analytics.breakdown import period_of
from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.peaks import MICROSECONDS_A_MINUTE
from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, whole_days
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "rooms.sql")


class RoomStat(msgspec.Struct, frozen=True):
    """A room in a period; first and last are the instants between which people were in it, cut to the period."""

    room_id: str
    name: str | None
    owner_id: str | None
    sessions: int
    participation_minutes: float
    recorder_minutes: float
    streamer_minutes: float
    unique_participants: int
    first_session_at: datetime | None
    last_session_at: datetime | None


class RoomFilters(msgspec.Struct, frozen=True):
    """Which rooms, by the name or for want of one the id; None lets all through."""

    prefix: str | None = None
    name: str | None = None

    def parameters(self) -> dict[str, Any]:
        """As the statement wants them."""
        return {"prefix": self.prefix or None, "name": self.name or None}


ALL_ROOMS: Final = RoomFilters()


async def room_stats(
    reading: Reading, period: Period, wanted: Wanted, filters: RoomFilters = ALL_ROOMS
) -> Page[RoomStat]:
    """Every room in which somebody was during the period, or something recorded or streamed."""
    about = period_of(reading, period) | filters.parameters() | wanted.parameters()
    question = Question(paged(_SQL["room_stats"], wanted), line_of(_room_stat), about, whole_days(period))
    return page_of(await reading.ask(question), wanted)


def _room_stat(
    room_id: str,
    name: str | None,
    owner_id: str | None,
    sessions: int,
    participation_us: int,
    recorder_us: int,
    streamer_us: int,
    unique_participants: int,
    first_session_at: datetime | None,
    last_session_at: datetime | None,
) -> RoomStat:
    return RoomStat(
        room_id,
        name,
        owner_id,
        sessions,
        participation_us / MICROSECONDS_A_MINUTE,
        recorder_us / MICROSECONDS_A_MINUTE,
        streamer_us / MICROSECONDS_A_MINUTE,
        unique_participants,
        first_session_at,
        last_session_at,
    )
