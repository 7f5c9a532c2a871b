"""A batch of deliveries becomes facts: one transaction, each counted once, whatever comes again or out of order."""

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from psycopg import AsyncConnection
from psycopg.errors import DeadlockDetected, SerializationFailure

from turnout.database.columns import Blobs, Numbers, Texts
from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.ingest.activities import DIGEST_SIZE, Activity, Quarantined
from turnout.ingest.arrivals import announce
from turnout.ingest.locking import Locked, lock_events
from turnout.ingest.naming import Names, name_connections, name_persons
from turnout.ingest.reading import Read, let_others, read_batch, read_in_turns
from turnout.ingest.retracting import Retraction, retract
from turnout.ingest.rooms import name_rooms
from turnout.ingest.setting import Setting
from turnout.ingest.signals import add_signals
from turnout.ingest.storage import name_stored
from turnout.ingest.telling import add_told
from turnout.ingest.unfolding import unfold
from turnout.tenants.connection import Door

_SQL: Final = statements("turnout.ingest", "intake.sql")
_TRIES: Final = 8
# From so many activities on, planning for them costs little beside storing them.
MANY: Final = 1_000
PREPARE_AFTER: Final = 2

T = TypeVar("T")

__all__ = ["Quarantined", "Receipt", "read_batch", "store", "store_readable", "take", "take_read", "transact"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch: every delivery is accepted, known already, or quarantined."""

    accepted: int
    known: int
    quarantined: list[Quarantined]


async def take(door: Door, company_id: int, deliveries: Sequence[bytes | Quarantined], now: datetime) -> Receipt:
    """Store a batch for good; when this returns it survives the death of every process.

    Each delivery is the JSON of one CloudEvent, or what could not even be made one. What cannot be counted is
    quarantined and does not hold up the rest.
    Raises TurnoutError BUSY when no connection is free and UNAUTHENTICATED when the company has been removed, and
    psycopg.OperationalError when the database is away: then nothing of the batch is known to be stored, and it may be
    sent again.
    """
    return await take_read(door, company_id, await read_in_turns(deliveries, now), now)


async def take_read(door: Door, company_id: int, read: Read, now: datetime) -> Receipt:
    """Store what has been read of a batch; raises as `take` does."""
    return await transact(
        door, company_id, lambda connection: store(connection, company_id, read.activities, read.broken, now)
    )


async def transact(door: Door, company_id: int, work: Callable[[AsyncConnection[Any]], Awaitable[T]]) -> T:
    """Do something in one transaction, and all of it again when another one was in its way."""
    for attempt in range(_TRIES):
        try:
            async with door.write(company_id) as connection:
                return await work(connection)
        except (DeadlockDetected, SerializationFailure):
            if attempt == _TRIES - 1:
                raise
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 -- spreads retries, keeps no secret
    raise AssertionError("unreachable")


async def store(
    connection: AsyncConnection[Any],
    company_id: int,
    activities: list[Activity],
    broken: list[Quarantined],
    now: datetime,
) -> Receipt:
    """Store what has been read, in the caller's transaction: nothing counts before it commits."""
    receipt = await store_readable(connection, company_id, activities, now)
    quarantined = sorted(broken + receipt.quarantined, key=lambda item: item.position)
    await _quarantine(connection, company_id, quarantined, now)
    return replace(receipt, quarantined=quarantined)


async def store_readable(
    connection: AsyncConnection[Any], company_id: int, activities: list[Activity], now: datetime
) -> Receipt:
    """The same without the quarantine: conflicts are in the receipt alone."""
    few = len(activities) < MANY
    connection.prepare_threshold = PREPARE_AFTER if few else None
    rules = await connection.execute(_SQL["lock_company"], {"company": company_id, "few": few})
    seen = await _known(connection, company_id, activities)
    setting = Setting(connection, company_id, _stale_after(await rules.fetchall()), now)
    first, repeated, conflicts = _sort_out(activities, seen)
    if first:
        fresh, raced, late_conflicts = await _store_new(setting, first)
        repeated, conflicts, first = repeated + raced, conflicts + late_conflicts, fresh
    return Receipt(len(first), repeated, [_conflict(activity) for activity in conflicts])


def _stale_after(companies: list[tuple[timedelta, str]]) -> timedelta:
    """That of the company that has been locked, unless it was removed or suspended after its key had been accepted."""
    if not companies:
        raise TurnoutError(
            "UNAUTHENTICATED", "The company has been removed or suspended.", "Nothing more is stored; ask support."
        )
    return companies[0][0]


async def _store_new(setting: Setting, activities: list[Activity]) -> tuple[list[Activity], int, list[Activity]]:
    """Store activities not known before; returns those that were new indeed, how many were not, and the conflicts."""
    connection, company_id = setting.connection, setting.company_id
    await let_others()
    rooms = await name_rooms(connection, company_id, activities)
    await let_others()
    locked = await lock_events(connection, company_id, activities)
    await let_others()
    names = Names(
        {event.key: event.event_id for event in locked.events},
        await name_connections(connection, company_id, activities, locked),
        await name_persons(connection, company_id, activities),
        rooms,
        await name_stored(connection, company_id, activities),
    )
    await let_others()
    retracted = await _remember(connection, company_id, activities, names)
    fresh = [activity for activity in activities if activity.digest in retracted]
    others = [activity for activity in activities if activity.digest not in retracted]
    _, repeated, conflicts = _sort_out(others, await _known(connection, company_id, others))
    if fresh:
        await _count(setting, fresh, names, locked, retracted)
    return fresh, repeated, conflicts


async def _count(
    setting: Setting, fresh: list[Activity], names: Names, locked: Locked, retracted: dict[bytes, bool]
) -> None:
    connection, company_id = setting.connection, setting.company_id
    await let_others()
    await add_signals(connection, company_id, fresh, names, retracted)
    await let_others()
    counting = [activity for activity in fresh if not retracted[activity.digest]]
    told = await add_told(connection, company_id, counting, names)
    replaced = [activity for activity in fresh if activity.replaces]
    taken_back = await retract(connection, company_id, replaced, locked, told) if replaced else Retraction()
    await let_others()
    await unfold(setting, counting, names, locked, taken_back, told)
    await announce(setting, counting, names)


async def _known(connection: AsyncConnection[Any], company_id: int, activities: list[Activity]) -> dict[bytes, bytes]:
    """What the activities of these identities have said before."""
    if not activities:
        return {}
    digests = Blobs({activity.digest for activity in activities})
    parameters = {"company": company_id, "digests": digests}
    cursor = await connection.execute(_SQL["known_activities"], parameters, binary=True)
    [(known,)] = await cursor.fetchall()
    said = _cut(known)
    return dict(zip(said[::2], said[1::2], strict=True))


def _sort_out(activities: list[Activity], seen: dict[bytes, bytes]) -> tuple[list[Activity], int, list[Activity]]:
    """Those whose identity is new, how many say again what is known, and those that contradict it."""
    said = dict(seen)
    first: list[Activity] = []
    conflicts: list[Activity] = []
    for activity in activities:
        if activity.digest not in said:
            said[activity.digest] = activity.content
            first.append(activity)
        elif said[activity.digest] != activity.content:
            conflicts.append(activity)
    return first, len(activities) - len(first) - len(conflicts), conflicts


async def _remember(
    connection: AsyncConnection[Any], company_id: int, activities: list[Activity], names: Names
) -> dict[bytes, bool]:
    """Claim the identities; returns those that were free, with whether they had been retracted in advance."""
    cursor = await connection.execute(
        _SQL["remember_activities"],
        {
            "company": company_id,
            "digests": Blobs(activity.digest for activity in activities),
            "contents": Blobs(activity.content for activity in activities),
            "events": Numbers(names.event(activity) for activity in activities),
            "connections": Numbers(names.connection(activity) for activity in activities),
        },
        binary=True,
    )
    [(new, retracted)] = await cursor.fetchall()
    return dict.fromkeys(_cut(new), False) | dict.fromkeys(_cut(retracted), True)


def _cut(digests: bytes) -> list[bytes]:
    """Digests that stand one behind the other."""
    return [digests[start : start + DIGEST_SIZE] for start in range(0, len(digests), DIGEST_SIZE)]


async def _quarantine(
    connection: AsyncConnection[Any], company_id: int, quarantined: list[Quarantined], now: datetime
) -> None:
    unique = {hashlib.blake2b(item.body, digest_size=16).digest(): item for item in quarantined}
    if not unique:
        return
    await connection.execute(
        _SQL["quarantine"],
        {
            "company": company_id,
            "as_of": now,
            "digests": Blobs(unique),
            "codes": Texts(item.code for item in unique.values()),
            "details": Texts(item.reason.replace("\0", "\\0") for item in unique.values()),
            "sources": Texts(item.source for item in unique.values()),
            "ids": Texts(item.id for item in unique.values()),
            "bodies": Blobs(item.body for item in unique.values()),
            "positions": [item.position for item in unique.values()],
        },
    )


def _conflict(activity: Activity) -> Quarantined:
    reason = f"The activity {activity.id!r} of {activity.source!r} has arrived before and said something else."
    return Quarantined(activity.position, activity.id, "CONFLICT", reason, activity.body, activity.source)
