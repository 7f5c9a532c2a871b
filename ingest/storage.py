"""Files and recordings: whose they are, and from when until when their bytes were in use."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection

from turnout.database.columns import Blobs, Instants, Numbers, Reals, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.locking import Locked, lock_more
from turnout.ingest.vocabulary import FileNamed, FileUploaded, RecordingNamed, RecordingStored

_SQL: Final = statements("turnout.ingest", "storage.sql")
_WHATS: Final = {
    "turnout.file.uploaded": "UPLOADED",
    "turnout.file.deleted": "DELETED",
    "turnout.recording.started": "STARTED",
    "turnout.recording.paused": "PAUSED",
    "turnout.recording.resumed": "RESUMED",
    "turnout.recording.stopped": "STOPPED",
    "turnout.recording.stored": "STORED",
    "turnout.recording.deleted": "DELETED",
}

Key = tuple[str, str]
Since = dict[int, datetime]
"""Files and recordings by number, with the earliest instant of which something else is said now."""


def stored_key(activity: Activity) -> Key | None:
    """The kind and key of the file or recording that an activity is about."""
    said = activity.said
    if isinstance(said, FileNamed):
        return "FILE", said.file
    return ("RECORDING", said.recording) if isinstance(said, RecordingNamed) else None


async def name_stored(connection: AsyncConnection[Any], company_id: int, activities: list[Activity]) -> dict[Key, int]:
    """Numbers of the files and recordings that activities are about; new ones are made."""
    named = sorted({key for activity in activities if (key := stored_key(activity))})
    if not named:
        return {}
    parameters = {
        "company": company_id,
        "kinds": Texts(kind for kind, _ in named),
        "keys": Texts(key for _, key in named),
    }
    stored: dict[Key, int] = {}
    while len(stored) < len(named):
        cursor = await connection.execute(_SQL["name_stored"], parameters)
        stored = {(kind, key): stored_id for kind, key, stored_id in await cursor.fetchall()}
    return stored


async def add_stored_signals(
    connection: AsyncConnection[Any],
    company_id: int,
    activities: list[Activity],
    stored: dict[Key, int],
    events: dict[str, int],
) -> Since:
    """Write down what activities say of files and recordings; which these are, locked until the commit."""
    about = [(activity, stored[key]) for activity in activities if (key := stored_key(activity))]
    if not about:
        return {}
    since = earliest((number, activity.at) for activity, number in about)
    await _lock(connection, company_id, set(since))
    columns = _envelopes(company_id, [activity for activity, _ in about]) | _columns(about, events)
    await connection.execute(_SQL["add_stored_signals"], columns)
    return since


async def retract_stored_signals(
    connection: AsyncConnection[Any], company_id: int, digests: list[bytes]
) -> list[tuple[int, datetime]]:
    """Forget what these activities said; what they were about, which is locked then, and when each was."""
    cursor = await connection.execute(
        _SQL["retract_stored_signals"], {"company": company_id, "digests": Blobs(digests)}
    )
    taken_back = await cursor.fetchall()
    if taken_back:
        await _lock(connection, company_id, {number for number, _ in taken_back})
    return taken_back


def earliest(changes: Iterable[tuple[int, datetime]]) -> Since:
    """Of each file or recording the first of these instants."""
    since: Since = {}
    for number, at in changes:
        since[number] = min(at, since.get(number, at))
    return since


async def settle_stored(
    connection: AsyncConnection[Any], company_id: int, stored: set[int], locked: Locked
) -> list[datetime]:
    """Bring files and recordings to what was said of them; the instants at which something about them changed.

    The events they belong to are locked: whose those are decides whose the recordings are.
    """
    if not stored:
        return []
    parameters = {"company": company_id, "stored": Numbers(stored)}
    cursor = await connection.execute(_SQL["events_of_stored"], parameters)
    await lock_more(connection, company_id, locked, [], {event for (event,) in await cursor.fetchall()})
    passed = await (await connection.execute(_SQL["describe_stored"], parameters)).fetchall()
    changed = await (await connection.execute(_SQL["fold_versions"], parameters)).fetchall()
    if passed:
        of_passed = {"company": company_id, "stored": Numbers(number for (number,) in passed)}
        changed += await (await connection.execute(_SQL["instants_of_stored"], of_passed)).fetchall()
    return [at for (at,) in changed]


async def instants_of_trees(connection: AsyncConnection[Any], company_id: int, tops: set[int]) -> list[datetime]:
    """When the bytes of what was recorded in these events came into use and went: their owner may have changed."""
    cursor = await connection.execute(_SQL["instants_of_trees"], {"company": company_id, "tops": Numbers(tops)})
    return [at for (at,) in await cursor.fetchall()]


def _envelopes(company_id: int, activities: list[Activity]) -> dict[str, Any]:
    return {
        "company": company_id,
        "digests": Blobs(activity.digest for activity in activities),
        "ats": Instants(activity.at for activity in activities),
        "sources": Texts(activity.source for activity in activities),
        "ids": Texts(activity.id for activity in activities),
        "whats": Texts(_WHATS[activity.type] for activity in activities),
    }


def _columns(about: list[tuple[Activity, int]], events: dict[str, int]) -> dict[str, Any]:
    said = [activity.said for activity, _ in about]
    files = [item if isinstance(item, FileUploaded) else None for item in said]
    recordings = [item if isinstance(item, RecordingStored) else None for item in said]
    either = [one or other for one, other in zip(files, recordings, strict=True)]
    return {
        "stored": Numbers(number for _, number in about),
        "owners": Texts(item and item.owner for item in either),
        "events": Numbers(None if activity.event is None else events[activity.event] for activity, _ in about),
        "names": Texts(item and item.name for item in files),
        "bytes": Numbers(None if item is None else item.bytes for item in either),
        "seconds": Reals(None if item is None else item.seconds for item in recordings),
        "starts": Instants(item and item.startedAt for item in recordings),
    }


async def _lock(connection: AsyncConnection[Any], company_id: int, stored: set[int]) -> None:
    await connection.execute(_SQL["lock_stored"], {"company": company_id, "stored": Numbers(sorted(stored))})
