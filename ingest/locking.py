"""The locks of an ingest: every event it names and every event above them, in one order, before anything is read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.rows import class_row

from turnout.database.columns import Blobs, Numbers, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Activity

_SQL: Final = statements("turnout.ingest", "intake.sql")


@dataclass(frozen=True, slots=True)
class LockedEvent:
    """An event whose row nobody else can change until the commit."""

    event_id: int
    key: str
    parent_id: int | None
    top_id: int
    tree_active_at: datetime | None


@dataclass(slots=True)
class Locked:
    """The events locked so far."""

    events: list[LockedEvent] = field(default_factory=list[LockedEvent])

    @property
    def ids(self) -> set[int]:
        """Their ids."""
        return {event.event_id for event in self.events}

    def tops_of(self, events: set[int]) -> set[int]:
        """The events at the top of these, as they stood when they were locked: a breakout never is without them."""
        return {event.top_id for event in self.events if event.event_id in events}

    def silent_since(self, tops: set[int], before: datetime) -> set[int]:
        """Those of these tops whose whole tree was last active at or before an instant."""
        return {
            e.event_id for e in self.events if e.event_id in tops and e.tree_active_at and e.tree_active_at <= before
        }


async def lock_events(connection: AsyncConnection[Any], company_id: int, activities: list[Activity]) -> Locked:
    """Lock the events that activities name (making those that are new), and those of what they retract.

    A retracted activity is looked up first, so that its event is locked in the same order as all others.
    """
    keys = sorted({key for activity in activities for key in (activity.event, activity.parent) if key is not None})
    await connection.execute(_SQL["add_events"], {"company": company_id, "keys": Texts(keys)})
    locked = Locked()
    await lock_more(connection, company_id, locked, keys, await _events_of(connection, company_id, activities))
    return locked


async def lock_more(
    connection: AsyncConnection[Any], company_id: int, locked: Locked, keys: list[str], ids: Iterable[int]
) -> None:
    """Lock further events and all above them; a locked event's parent cannot change any more."""
    wanted = sorted(set(ids) - locked.ids)
    while keys or wanted:
        async with connection.cursor(row_factory=class_row(LockedEvent)) as cursor:
            await cursor.execute(
                _SQL["lock_events"], {"company": company_id, "keys": Texts(keys), "ids": Numbers(wanted)}
            )
            found = await cursor.fetchall()
        locked.events += [event for event in found if event.event_id not in locked.ids]
        above = {event.parent_id for event in found if event.parent_id is not None}
        keys, wanted = [], sorted(above - locked.ids)


async def _events_of(connection: AsyncConnection[Any], company_id: int, activities: list[Activity]) -> list[int]:
    digests = Blobs(activity.replaces for activity in activities if activity.replaces)
    if not digests:
        return []
    cursor = await connection.execute(_SQL["events_of_activities"], {"company": company_id, "digests": digests})
    return [event_id for (event_id,) in await cursor.fetchall()]
