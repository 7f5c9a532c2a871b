"""Users: what they own and how large it became."""

from typing import Any, Final

import msgspec

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.periods import Period
from turnout.analytics.reading import (
    Question,
    Reading,
    days_up_to,
    ending_parameters,
    period_parameters,
    whole_days,
)
from turnout.analytics.segments import not_in_segment, of_whole_company
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "users.sql")


class UserStat(msgspec.Struct, frozen=True):
    """A user with the figures of the meetings and webinars they own; bytes are those in use at the period's end."""

    user_id: str
    name: str | None
    max_speakers: int
    max_listeners: int
    max_parallel_events: int
    events_created: int
    events_held: int
    events_planned: int
    disk_bytes: int


class SegmentUserStat(msgspec.Struct, frozen=True):
    """The same of a segment's stays and events."""

    user_id: str
    name: str | None
    max_speakers: int
    max_listeners: int
    max_parallel_events: int
    events_created: int
    events_held: int
    events_planned: int
    disk_bytes = of_whole_company("Files")


Stat = UserStat | SegmentUserStat


async def user_stats(reading: Reading, period: Period, wanted: Wanted) -> Page[Stat]:
    """Every user registered at the period's end or now, and every user with a figure above 0; in a segment these alone.

    Raises NOT_IN_SEGMENT for an order by DISK_BYTES in a segment.
    """
    if period.segment is not None and wanted.order_by == "DISK_BYTES":
        raise not_in_segment("Files")
    return await _ask(reading, period, wanted, {"only": None})


async def user_stat(reading: Reading, period: Period, user_id: str) -> Stat | None:
    """The same of one user; None for who would not be listed."""
    page = await _ask(reading, period, Wanted(1, "USER_ID"), {"only": user_id})
    return page.rows[0] if page.rows else None


async def _ask(reading: Reading, period: Period, wanted: Wanted, more: dict[str, Any]) -> Page[Stat]:
    row = UserStat if period.segment is None else _segment_user_stat
    about = period_parameters(period, reading.today) | ending_parameters(period)
    days = days_up_to(period) if period.segment is None else whole_days(period)
    question = Question(paged(_SQL["user_stats"], wanted), line_of(row), about | wanted.parameters() | more, days)
    return page_of(await reading.ask(question), wanted)


def _segment_user_stat(
    user_id: str, name: str | None, *figures: *tuple[int, int, int, int, int, int, int]
) -> SegmentUserStat:
    return SegmentUserStat(user_id, name, *figures[:-1])
