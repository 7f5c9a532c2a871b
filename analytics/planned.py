"""Planned load: what is going to start, by whose it is."""

from datetime import datetime
from typing import Final

import msgspec

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.reading import Question, Reading
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "planned.sql")


class PlannedEvents(msgspec.Struct, frozen=True):
    """How many events of one user are planned, and when the next one starts; without a user, those of nobody."""

    user_id: str | None
    name: str | None
    planned: int
    next_starts_at: datetime


async def planned_events(reading: Reading, wanted: Wanted) -> Page[PlannedEvents]:
    """Everybody with events that start after now, are not cancelled and have had no stay; of every kind."""
    question = Question(paged(_SQL["planned_events"], wanted), line_of(PlannedEvents), wanted.parameters())
    return page_of(await reading.ask(question), wanted)
