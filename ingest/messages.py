"""Messages: each is counted as it is; two that look alike are two."""

from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection

from turnout.database.columns import Blobs, Instants, Numbers, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.vocabulary import MessagePosted

_SQL: Final = statements("turnout.ingest", "messages.sql")


async def add_messages(
    connection: AsyncConnection[Any], company_id: int, activities: list[Activity], events: dict[str, int]
) -> list[datetime]:
    """Count messages; when they were posted."""
    said = [(activity, activity.said) for activity in activities if isinstance(activity.said, MessagePosted)]
    if not said:
        return []
    instants = [activity.at for activity, _ in said]
    columns = {
        "company": company_id,
        "digests": Blobs(activity.digest for activity, _ in said),
        "ats": Instants(instants),
        "places": Texts(message.place for _, message in said),
        "events": Numbers(None if message.event is None else events[message.event] for _, message in said),
        "senders": Texts(message.sender for _, message in said),
    }
    await connection.execute(_SQL["add_messages"], columns)
    return instants


async def retract_messages(connection: AsyncConnection[Any], company_id: int, digests: list[bytes]) -> list[datetime]:
    """Count these no more; when they were posted."""
    cursor = await connection.execute(_SQL["retract_messages"], {"company": company_id, "digests": Blobs(digests)})
    return [at for (at,) in await cursor.fetchall()]
