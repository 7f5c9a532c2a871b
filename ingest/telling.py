"""What a batch tells of besides events and stays: users, rooms, messages, what is stored, used and measured."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from turnout.ingest.activities import Activity
from turnout.ingest.features import FeatureKey, add_feature_signals, retract_feature_signals
from turnout.ingest.measures import Samples, add_media, add_samples, retract_media, retract_samples
from turnout.ingest.messages import add_messages, retract_messages
from turnout.ingest.naming import Names
from turnout.ingest.rooms import add_room_signals, retract_room_signals
from turnout.ingest.storage import Since, add_stored_signals, earliest, retract_stored_signals
from turnout.ingest.users import add_sign_ins, add_user_signals, retract_sign_ins, retract_user_signals


@dataclass(slots=True)
class Told:
    """Who and what must be settled anew, by number; `instants` are those of occurrences that only count themselves.

    `samples` are of the quality of a connection, each with its instant.
    """

    users: set[int] = field(default_factory=set[int])
    rooms: set[int] = field(default_factory=set[int])
    stored: Since = field(default_factory=dict[int, datetime])
    features: set[FeatureKey] = field(default_factory=set[FeatureKey])
    samples: Samples = field(default_factory=list[tuple[int, datetime]])
    instants: list[datetime] = field(default_factory=list[datetime])


async def add_told(connection: AsyncConnection[Any], company_id: int, counting: list[Activity], names: Names) -> Told:
    """Write these activities down, one row each; locked is what they are about."""
    return Told(
        rooms=await add_room_signals(connection, company_id, counting, names.rooms),
        users=await add_user_signals(connection, company_id, counting, names.persons),
        stored=await add_stored_signals(connection, company_id, counting, names.stored, names.events),
        features=await add_feature_signals(connection, company_id, counting, names),
        samples=await add_samples(connection, company_id, counting, names),
        instants=await add_sign_ins(connection, company_id, counting, names.persons)
        + await add_messages(connection, company_id, counting, names.events)
        + await add_media(connection, company_id, counting, names),
    )


async def retract_told(connection: AsyncConnection[Any], company_id: int, digests: list[bytes], told: Told) -> None:
    """Forget what the activities of these identities said, and add what they were about to what has been told of."""
    if not digests:
        return
    told.rooms |= await retract_room_signals(connection, company_id, digests)
    told.users |= await retract_user_signals(connection, company_id, digests)
    taken_back = await retract_stored_signals(connection, company_id, digests)
    told.stored = earliest([*told.stored.items(), *taken_back])
    told.instants += [at for _, at in taken_back]
    told.features |= await retract_feature_signals(connection, company_id, digests)
    told.samples += await retract_samples(connection, company_id, digests)
    told.instants += await retract_media(connection, company_id, digests)
    told.instants += await retract_sign_ins(connection, company_id, digests)
    told.instants += await retract_messages(connection, company_id, digests)
