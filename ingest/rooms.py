"""Rooms: described by their own activities, named by events, and the owners of events that name none."""

from typing import Any, Final

from psycopg import AsyncConnection

from turnout.database.columns import Blobs, Instants, Numbers, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.setting import Setting
from turnout.ingest.vocabulary import EventDescribed, RoomCreated

_SQL: Final = statements("turnout.ingest", "rooms.sql")


async def name_rooms(connection: AsyncConnection[Any], company_id: int, activities: list[Activity]) -> dict[str, int]:
    """Make the rooms that activities name, and lock those that they describe: the numbers of the latter.

    Before any event is locked, so that whoever changes a room's owner finds every event that is in it.
    """
    described = sorted({activity.said.room for activity in activities if isinstance(activity.said, RoomCreated)})
    events = [activity.said for activity in activities if isinstance(activity.said, EventDescribed)]
    named = sorted({said.room for said in events if said.room is not None} | set(described))
    if named:
        await connection.execute(_SQL["add_rooms"], {"company": company_id, "keys": Texts(named)})
    return await _lock(connection, company_id, keys=described) if described else {}


async def add_room_signals(
    connection: AsyncConnection[Any], company_id: int, activities: list[Activity], rooms: dict[str, int]
) -> set[int]:
    """Write down what activities say of rooms; which rooms these are."""
    said = [(activity, activity.said) for activity in activities if isinstance(activity.said, RoomCreated)]
    if not said:
        return set()
    numbers = [rooms[room.room] for _, room in said]
    columns = {
        "company": company_id,
        "digests": Blobs(activity.digest for activity, _ in said),
        "rooms": Numbers(numbers),
        "ats": Instants(activity.at for activity, _ in said),
        "sources": Texts(activity.source for activity, _ in said),
        "ids": Texts(activity.id for activity, _ in said),
        "names": Texts(room.name for _, room in said),
        "owners": Texts(room.owner for _, room in said),
    }
    await connection.execute(_SQL["add_room_signals"], columns)
    return set(numbers)


async def retract_room_signals(connection: AsyncConnection[Any], company_id: int, digests: list[bytes]) -> set[int]:
    """Forget what these activities said; the rooms they were about, which are locked then."""
    cursor = await connection.execute(_SQL["retract_room_signals"], {"company": company_id, "digests": Blobs(digests)})
    rooms = {room for (room,) in await cursor.fetchall()}
    if rooms:
        await _lock(connection, company_id, ids=sorted(rooms))
    return rooms


async def describe_rooms(setting: Setting, rooms: set[int]) -> set[int]:
    """Bring rooms to what was said of them last; the events that belong to somebody else by it."""
    if not rooms:
        return set()
    if renamed := [key for (key,) in await setting.rows(_SQL["describe_rooms"], rooms=Numbers(rooms))]:
        await _mark_renamed(setting, renamed)
    return {event for (event,) in await setting.rows(_SQL["pass_owners_on"], rooms=Numbers(rooms))}


async def take_owners_over(connection: AsyncConnection[Any], company_id: int, events: set[int]) -> set[int]:
    """Give events whose room may have changed its owner; those that belong to somebody else by it."""
    parameters = {"company": company_id, "events": Numbers(events)}
    cursor = await connection.execute(_SQL["take_owners_over"], parameters)
    return {event for (event,) in await cursor.fetchall()}


async def _mark_renamed(setting: Setting, rooms: list[str]) -> None:
    """Have segments that have other rooms now computed anew on all days of the events in these."""
    if events := [event for (event,) in await setting.rows(_SQL["lock_events_of_rooms"], keys=Texts(rooms))]:
        await setting.run(_SQL["mark_events_of_rooms"], events=Numbers(events))


async def _lock(
    connection: AsyncConnection[Any], company_id: int, *, keys: list[str] | None = None, ids: list[int] | None = None
) -> dict[str, int]:
    parameters = {"company": company_id, "keys": Texts(keys or []), "ids": Numbers(ids or [])}
    cursor = await connection.execute(_SQL["lock_rooms"], parameters)
    return dict(await cursor.fetchall())
