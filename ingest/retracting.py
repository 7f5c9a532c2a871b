"""Corrections and retractions: what an activity replaces counts for nothing, for good, whenever it arrives."""

from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import AsyncConnection

from turnout.database.columns import Blobs, Numbers, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.locking import Locked, lock_more
from turnout.ingest.telling import Told, retract_told

_SQL: Final = statements("turnout.ingest", "intake.sql")


@dataclass(frozen=True, slots=True)
class Retraction:
    """What lost an activity: events whose description did, connections whose signals did, events named by either."""

    described: set[int] = field(default_factory=set[int])
    connections: set[int] = field(default_factory=set[int])
    named: set[int] = field(default_factory=set[int])


async def retract(
    connection: AsyncConnection[Any], company_id: int, replacing: list[Activity], locked: Locked, told: Told
) -> Retraction:
    """Mark what these activities replace as retracted; what has not arrived yet is remembered for when it does.

    What is no event and no stay is added to what has been `told` of by this batch.
    """
    targets = {activity.replaces: activity for activity in replacing if activity.replaces}
    cursor = await connection.execute(_SQL["retract_activities"], {"company": company_id, "digests": Blobs(targets)})
    rows = await cursor.fetchall()
    await connection.execute(_SQL["say_correcting"], {"company": company_id, "digests": Blobs(targets)})
    await retract_told(connection, company_id, [digest for digest, _, _ in rows], told)
    found = [(targets[digest], event, link) for digest, event, link in rows if event is not None]
    await lock_more(connection, company_id, locked, [], {event for _, event, _ in found})
    stays = [(by, link) for by, _, link in found if link is not None]
    events = [(by, event) for by, event, link in found if link is None]
    if stays:
        await connection.execute(
            _SQL["retract_signals"],
            {"connections": Numbers(link for _, link in stays)} | _names(company_id, [by for by, _ in stays]),
        )
    parents = await _retract_events(connection, company_id, events)
    await lock_more(connection, company_id, locked, [], parents)
    return Retraction(
        described={event for _, event in events},
        connections={link for _, link in stays},
        named={event for _, event, _ in found} | parents,
    )


async def _retract_events(
    connection: AsyncConnection[Any], company_id: int, events: list[tuple[Activity, int]]
) -> set[int]:
    if not events:
        return set()
    cursor = await connection.execute(
        _SQL["retract_event_signals"],
        {"events": Numbers(event for _, event in events)} | _names(company_id, [by for by, _ in events]),
    )
    return {parent for _, parent in await cursor.fetchall() if parent is not None}


def _names(company_id: int, replacing: list[Activity]) -> dict[str, Any]:
    """A correction has the source of what it corrects, and names its id."""
    return {
        "company": company_id,
        "sources": Texts(activity.source for activity in replacing),
        "ids": Texts(activity.replaced_id for activity in replacing),
    }
