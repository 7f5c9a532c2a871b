"""The database's numbers for what activities call by key: events, connections, persons, rooms, files, recordings."""

from dataclasses import dataclass
from typing import Any, Final

from psycopg import AsyncConnection

from turnout.database.columns import Numbers, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.locking import Locked
from turnout.ingest.vocabulary import ConnectionNamed, StayJoined, UserNamed

_SQL: Final = statements("turnout.ingest", "intake.sql")


@dataclass(frozen=True, slots=True)
class Names:
    """Numbers by key; connections by (event number, key), persons by (namespace, key), stored things by (kind, key)."""

    events: dict[str, int]
    connections: dict[tuple[int, str], int]
    persons: dict[tuple[str, str], int]
    rooms: dict[str, int]
    stored: dict[tuple[str, str], int]

    def event(self, activity: Activity) -> int | None:
        """The number of the event that an activity is about."""
        return None if activity.event is None else self.events[activity.event]

    def parent(self, activity: Activity) -> int | None:
        """The number of the event that it says its own is a breakout of."""
        return None if activity.parent is None else self.events[activity.parent]

    def events_of(self, activity: Activity) -> set[int]:
        """Every event that an activity names."""
        return {event for event in (self.event(activity), self.parent(activity)) if event is not None}

    def connection(self, activity: Activity) -> int | None:
        """The number of the connection that it is about."""
        said = activity.said
        return self.connections[self.events[said.event], said.connection] if isinstance(said, ConnectionNamed) else None

    def person(self, namespace: str, key: str | None) -> int | None:
        """The number of a person, None where none is named."""
        return None if key is None else self.persons[namespace, key]


async def name_connections(
    connection: AsyncConnection[Any], company_id: int, activities: list[Activity], locked: Locked
) -> dict[tuple[int, str], int]:
    """Numbers of the connections that activities are about; new ones are made."""
    events = {event.key: event.event_id for event in locked.events}
    said = [activity.said for activity in activities if isinstance(activity.said, ConnectionNamed)]
    named = sorted({(events[each.event], each.connection) for each in said})
    if not named:
        return {}
    parameters = {
        "company": company_id,
        "events": Numbers(event for event, _ in named),
        "keys": Texts(key for _, key in named),
    }
    cursor = await connection.execute(_SQL["name_connections"], parameters)
    return {(event_id, key): connection_id for event_id, key, connection_id in await cursor.fetchall()}


async def name_persons(
    connection: AsyncConnection[Any], company_id: int, activities: list[Activity]
) -> dict[tuple[str, str], int]:
    """Numbers of the users and external ids that activities name; new ones are made. Two namespaces that never meet."""
    joins = [activity.said for activity in activities if isinstance(activity.said, StayJoined)]
    users = {("USER", said.user) for said in joins if said.user is not None}
    users |= {("USER", activity.said.user) for activity in activities if isinstance(activity.said, UserNamed)}
    named = sorted(users | {("EXTERNAL", said.externalId) for said in joins if said.externalId is not None})
    if not named:
        return {}
    parameters = {
        "company": company_id,
        "namespaces": Texts(space for space, _ in named),
        "keys": Texts(key for _, key in named),
    }
    persons: dict[tuple[str, str], int] = {}
    while len(persons) < len(named):
        cursor = await connection.execute(_SQL["name_persons"], parameters)
        persons = {(namespace, key): person_id for namespace, key, person_id in await cursor.fetchall()}
    return persons
