"""Argon2id, and how much of it may run at once: a hash takes 19 MiB and 50 ms of a core."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

from turnout.database.errors import TurnoutError

Result = TypeVar("Result")

HASHER: Final = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1, type=Type.ID)
# The hash of random bytes that were thrown away: verifying it costs what verifying a real one costs.
DUMMY: Final = "$argon2id$v=19$m=19456,t=2,p=1$StVHi4DXfAuzV9pUel/Lmw$FOZa9aeAvyl4IrfxX1LZvIHB3hk33xu59rxrA1nLRHw"


def verify(hashed: str, secret: bytes) -> bool:
    """Whether the hash is of this secret."""
    try:
        return HASHER.verify(hashed, secret)
    except VerifyMismatchError:
        return False


def outdated(hashed: str) -> bool:
    """Whether a hash was made with other parameters than those of today."""
    return HASHER.check_needs_rehash(hashed)


class HashingQueue:
    """Threads for hashing, and a bounded number of places to wait for them."""

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="hashing")
        self._places = threading.Semaphore(at_once + waiting)

    @property
    def has_room(self) -> bool:
        """Whether a place is left just now."""
        if not self._places.acquire(blocking=False):
            return False
        self._places.release()
        return True

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of the work, done beside the event loop. Raises TurnoutError BUSY when no place is left.

        A place is given back when the work ends, not when whoever asked for it goes away.
        """
        if not self._places.acquire(blocking=False):
            raise busy()
        future = self._threads.submit(work)
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)


def busy() -> TurnoutError:
    """BUSY, for whom no place is left."""
    return TurnoutError("BUSY", "Too many people are signing in at once.", "Try again in a few seconds.")


QUEUE: Final = HashingQueue(at_once=2, waiting=20)
# For addresses that have signed in before and must not be refused, though they have failed too often or others have
# taken all places: they keep nobody else waiting.
SLOW: Final = HashingQueue(at_once=1, waiting=20)


@dataclass(frozen=True, slots=True)
class Queues:
    """Where passwords of one kind of people are verified; `slow` is for known addresses that would be refused else."""

    prompt: HashingQueue
    slow: HashingQueue


OF_COMPANIES: Final = Queues(QUEUE, SLOW)
# However many try to sign in as support, no company waits for them, nor the other way round.
OF_STAFF: Final = Queues(HashingQueue(at_once=1, waiting=10), HashingQueue(at_once=1, waiting=10))
