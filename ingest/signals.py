"""Activities written down as signals: the truth that is kept, from which everything else can be folded again."""

from typing import Any, Final

import msgspec
from psycopg import AsyncConnection

from turnout.database.columns import Flags, Instants, Numbers, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.naming import Names
from turnout.ingest.reading import let_others
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
        columns = _shared(company_id, stays, retracted) | _stay_columns(stays, names)
        await let_others()
        await connection.execute(_SQL["add_signals"], columns)
    events = [activity for activity in activities if activity.type in EVENT_SIGNALS]
    if events:
        columns = _shared(company_id, events, retracted) | _event_columns(events, names)
        await connection.execute(_SQL["add_event_signals"], columns)


def _shared(company_id: int, activities: list[Activity], retracted: dict[bytes, bool]) -> dict[str, Any]:
    return {
        "company": company_id,
        "ats": Instants(activity.at for activity in activities),
        "sources": Texts(activity.source for activity in activities),
        "ids": Texts(activity.id for activity in activities),
        "retracted": Flags(retracted[activity.digest] for activity in activities),
    }


def _stay_columns(activities: list[Activity], names: Names) -> dict[str, Any]:
    said = [activity.said for activity in activities]
    joins = [item if isinstance(item, StayJoined) else None for item in said]
    return {
        "connections": Numbers(names.connection(activity) for activity in activities),
        "whats": Texts(STAY_SIGNALS[activity.type] for activity in activities),
        "roles": Texts(item.role if isinstance(item, StayJoined | StayRoleChanged) else None for item in said),
        "users": Numbers(join and names.person("USER", join.user) for join in joins),
        "externals": Numbers(join and names.person("EXTERNAL", join.externalId) for join in joins),
        "names": Texts(join and join.name for join in joins),
        "devices": Texts(join and join.device for join in joins),
        "clients": Texts(join and join.client for join in joins),
        "services": Texts(join and join.service for join in joins),
        "metadata": Texts(join and _metadata(join) for join in joins),
        "reasons": Texts(item.reason if isinstance(item, StayLeft) else None for item in said),
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
        "events": Numbers(names.event(activity) for activity in activities),
        "whats": Texts(EVENT_SIGNALS[activity.type] for activity in activities),
        "kinds": Texts(item and item.kind for item in said),
        "templates": Texts(item and item.template for item in said),
        "owners": Texts(item and item.owner for item in said),
        "titles": Texts(item and item.title for item in said),
        "rooms": Texts(item and item.room for item in said),
        "parents": Numbers(names.parent(activity) for activity in activities),
        "starts": Instants(plan and plan.startsAt for plan in plans),
        "ends": Instants(plan and plan.endsAt for plan in plans),
        "created": Instants(item and item.createdAt for item in said),
        "captions": Flags(item.captionsEnabled if item else None for item in said),
    }


def is_about_a_stay(activity: Activity) -> bool:
    """Whether an activity is about a connection rather than an event itself."""
    return isinstance(activity.said, StayNamed)
