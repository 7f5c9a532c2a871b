"""Users: what they own and how large it became."""

from dataclasses import dataclass
from typing import Any, Final

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, days_up_to, ending_parameters, period_parameters
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "users.sql")


@dataclass(frozen=True, slots=True)
class UserStat:
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


async def user_stats(reading: Reading, period: Period, wanted: Wanted) -> Page[UserStat]:
    """Every user registered at the period's end or now, and every user with a figure above 0."""
    return await _ask(reading, period, wanted, {"only": None})


async def user_stat(reading: Reading, period: Period, user_id: str) -> UserStat | None:
    """The same of one user; None for who would not be listed."""
    page = await _ask(reading, period, Wanted(1, "USER_ID"), {"only": user_id})
    return page.rows[0] if page.rows else None


async def _ask(reading: Reading, period: Period, wanted: Wanted, more: dict[str, Any]) -> Page[UserStat]:
    about = period_parameters(period, reading.today) | ending_parameters(period)
    question = Question(
        paged(_SQL["user_stats"], wanted), line_of(UserStat), about | wanted.parameters() | more, days_up_to(period)
    )
    return page_of(await reading.ask(question), wanted)
