"""Deliveries read a few at a time, for others are served too, and the next ones while the present ones are stored."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from turnout.ingest.activities import Activity, Quarantined, read_activity

# So many take two or three milliseconds.
AT_ONCE: Final = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read:
    """What can be counted of a batch, and what cannot and why."""

    activities: list[Activity] = field(default_factory=list[Activity])
    broken: list[Quarantined] = field(default_factory=list[Quarantined])


def read_batch(deliveries: Sequence[bytes | Quarantined], now: datetime) -> tuple[list[Activity], list[Quarantined]]:
    """What can be counted, and what cannot and why."""
    read = Read()
    _read_some(read, deliveries, 0, now)
    return read.activities, read.broken


async def read_in_turns(deliveries: Sequence[bytes | Quarantined], now: datetime) -> Read:
    """The same, with a turn for everybody else after every few."""
    read = Read()
    for start in range(0, len(deliveries), AT_ONCE):
        _read_some(read, deliveries[start : start + AT_ONCE], start, now)
        await let_others()
    return read


async def let_others() -> None:
    """Let others have a turn: with a full batch, what stands between two of these takes milliseconds."""
    await asyncio.sleep(0)


async def ahead(items: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """The same items, each fetched while the one before is worked on; what its fetching raises comes in its turn.

    Close it, as `aclosing` does: until then it fetches.
    """
    async with aclosing(items):
        coming = asyncio.ensure_future(anext(items, None))
        try:
            while (item := await coming) is not None:
                coming = asyncio.ensure_future(anext(items, None))
                yield item
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


def _read_some(read: Read, deliveries: Sequence[bytes | Quarantined], first: int, now: datetime) -> None:
    for position, item in enumerate(deliveries, start=first):
        found = item if isinstance(item, Quarantined) else read_activity(item, position, now)
        if isinstance(found, Activity):
            read.activities.append(found)
        else:
            read.broken.append(found)
