"""Activities written down as signals: the truth that is kept, from which everything else can be folded again."""

from typing import Any, Final

import msgspec
from psycopg import AsyncConnection

from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.naming import Names
from turnout.ingest.vocabulary import EventDescribed, EventPlanned, StayJoined, StayLeft, StayNamed, StayRoleChanged

_SQL: Final = statements("turnout.ingest", "intake.sql")

STAY_SIGNALS: Final = {
    "turnout.stay.joined": "JOINED",
    "turnout.stay.left": "LEFT",
    "turnout.stay.roleChanged": "ROLE_CHANGED",
}
EVENT_SIGNALS: Final = {
    "turnout.event.planned": "PLANNED",
    "turnout.event.cancelled": "CANCELLED",
    "turnout.event.started": "STARTED",
    "turnout.event.ended": "ENDED",
}


async def add_signals(
    connection: AsyncConnection[Any],
    company_id: int,
    activities: list[Activity],
    names: Names,
    retracted: dict[bytes, bool],
) -> None:
    """One row an activity; those retracted in advance are kept too, and say so."""
    stays = [activity for activity in activities if activity.type in STAY_SIGNALS]
    if stays:
        await connection.execute(
            _SQL["add_signals"], _shared(company_id, stays, retracted) | _stay_columns(stays, names)
        )
    events = [activity for activity in activities if activity.type in EVENT_SIGNALS]
    if events:
        columns = _shared(company_id, events, retracted) | _event_columns(events, names)
        await connection.execute(_SQL["add_event_signals"], columns)


def _shared(company_id: int, activities: list[Activity], retracted: dict[bytes, bool]) -> dict[str, Any]:
    return {
        "company": company_id,
        "ats": [activity.at for activity in activities],
        "sources": [activity.source for activity in activities],
        "ids": [activity.id for activity in activities],
        "retracted": [retracted[activity.digest] for activity in activities],
    }


def _stay_columns(activities: list[Activity], names: Names) -> dict[str, Any]:
    said = [activity.said for activity in activities]
    joins = [item if isinstance(item, StayJoined) else None for item in said]
    return {
        "connections": [names.connection(activity) for activity in activities],
        "whats": [STAY_SIGNALS[activity.type] for activity in activities],
        "roles": [item.role if isinstance(item, StayJoined | StayRoleChanged) else None for item in said],
        "users": [join and names.person("USER", join.user) for join in joins],
        "externals": [join and names.person("EXTERNAL", join.externalId) for join in joins],
        "names": [join and join.name for join in joins],
        "devices": [join and join.device for join in joins],
        "clients": [join and join.client for join in joins],
        "services": [join and join.service for join in joins],
        "metadata": [join and _metadata(join) for join in joins],
        "reasons": [item.reason if isinstance(item, StayLeft) else None for item in said],
    }


def _metadata(join: StayJoined) -> str | None:
    if join.metadata is None:
        return None
    pairs = join.metadata if isinstance(join.metadata, dict) else {"value": join.metadata}
    return msgspec.json.encode(pairs, order="deterministic").decode()


def _event_columns(activities: list[Activity], names: Names) -> dict[str, Any]:
    said = [activity.said if isinstance(activity.said, EventDescribed) else None for activity in activities]
    plans = [item if isinstance(item, EventPlanned) else None for item in said]
    return {
        "events": [names.event(activity) for activity in activities],
        "whats": [EVENT_SIGNALS[activity.type] for activity in activities],
        "kinds": [item and item.kind for item in said],
        "templates": [item and item.template for item in said],
        "owners": [item and item.owner for item in said],
        "titles": [item and item.title for item in said],
        "rooms": [item and item.room for item in said],
        "parents": [names.parent(activity) for activity in activities],
        "starts": [plan and plan.startsAt for plan in plans],
        "ends": [plan and plan.endsAt for plan in plans],
        "created": [item and item.createdAt for item in said],
        "captions": [item.captionsEnabled if item else None for item in said],
    }


def is_about_a_stay(activity: Activity) -> bool:
    """Whether an activity is about a connection rather than an event itself."""
    return isinstance(activity.said, StayNamed)
