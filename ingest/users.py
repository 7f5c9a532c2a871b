"""Users: when they were registered and what they are called; and their sign-ins, each counted as it is."""

from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection

from turnout.database.columns import Blobs, Instants, Numbers, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.vocabulary import UserNamed, UserRegistered, UserSignedIn

_SQL: Final = statements("turnout.ingest", "users.sql")
_WHATS: Final = {"turnout.user.registered": "REGISTERED", "turnout.user.removed": "REMOVED"}

Persons = dict[tuple[str, str], int]


async def add_user_signals(
    connection: AsyncConnection[Any], company_id: int, activities: list[Activity], persons: Persons
) -> set[int]:
    """Write down who was registered and removed; these users, locked until the commit."""
    said = [
        (activity, activity.said)
        for activity in activities
        if activity.type in _WHATS and isinstance(activity.said, UserNamed)
    ]
    if not said:
        return set()
    told = [user if isinstance(user, UserRegistered) else None for _, user in said]
    users = [persons["USER", user.user] for _, user in said]
    columns = {
        "company": company_id,
        "digests": Blobs(activity.digest for activity, _ in said),
        "users": Numbers(users),
        "ats": Instants(activity.at for activity, _ in said),
        "sources": Texts(activity.source for activity, _ in said),
        "ids": Texts(activity.id for activity, _ in said),
        "whats": Texts(_WHATS[activity.type] for activity, _ in said),
        "names": Texts(user and user.name for user in told),
        "emails": Texts(user and user.email for user in told),
        "departments": Texts(user and user.department for user in told),
    }
    await _lock(connection, company_id, set(users))
    await connection.execute(_SQL["add_user_signals"], columns)
    return set(users)


async def retract_user_signals(connection: AsyncConnection[Any], company_id: int, digests: list[bytes]) -> set[int]:
    """Forget what these activities said; the users they were about, which are locked then."""
    cursor = await connection.execute(_SQL["retract_user_signals"], {"company": company_id, "digests": Blobs(digests)})
    users = {user for (user,) in await cursor.fetchall()}
    if users:
        await _lock(connection, company_id, users)
    return users


async def settle_users(connection: AsyncConnection[Any], company_id: int, users: set[int]) -> list[datetime]:
    """Bring users to what was said of them; the instants at which something about them changed."""
    if not users:
        return []
    parameters = {"company": company_id, "users": Numbers(users)}
    await connection.execute(_SQL["describe_users"], parameters)
    cursor = await connection.execute(_SQL["fold_registrations"], parameters)
    return [at for (at,) in await cursor.fetchall()]


async def add_sign_ins(
    connection: AsyncConnection[Any], company_id: int, activities: list[Activity], persons: Persons
) -> list[datetime]:
    """Count sign-ins; when they were."""
    said = [(activity, activity.said) for activity in activities if isinstance(activity.said, UserSignedIn)]
    if not said:
        return []
    instants = [activity.at for activity, _ in said]
    columns = {
        "company": company_id,
        "digests": Blobs(activity.digest for activity, _ in said),
        "ats": Instants(instants),
        "users": Numbers(persons["USER", user.user] for _, user in said),
        "devices": Texts(user.device for _, user in said),
        "clients": Texts(user.client for _, user in said),
        "systems": Texts(user.os for _, user in said),
    }
    await connection.execute(_SQL["add_sign_ins"], columns)
    return instants


async def retract_sign_ins(connection: AsyncConnection[Any], company_id: int, digests: list[bytes]) -> list[datetime]:
    """Count these no more; when they were."""
    cursor = await connection.execute(_SQL["retract_sign_ins"], {"company": company_id, "digests": Blobs(digests)})
    return [at for (at,) in await cursor.fetchall()]


async def _lock(connection: AsyncConnection[Any], company_id: int, users: set[int]) -> None:
    await connection.execute(_SQL["lock_users"], {"company": company_id, "users": Numbers(sorted(users))})
