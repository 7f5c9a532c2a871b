"""Questions that are asked together."""

import asyncio
from typing import Final, TypeVar

from aiodataloader import DataLoader, Loader, dispatch_queue

Key = TypeVar("Key")
Answer = TypeVar("Answer")

# Turns of the event loop without another question, after which there is none to wait for: a field whose parent has just
# been resolved, or that asks about two periods, comes so much later than the first of its request.
QUIET: Final = 3


class Together(DataLoader[Key, Answer]):
    """Loads at once what is asked in turns of the event loop that follow each other, not in one turn alone."""

    _waiting: asyncio.Task[None]

    def do_resolve_reject(self, key: Key, future: asyncio.Future[Answer]) -> None:
        """Queue a key; the first one of a queue waits for the others."""
        self._queue.append(Loader(key=key, future=future))
        if len(self._queue) == 1:
            self._waiting = asyncio.ensure_future(self._dispatch())

    async def _dispatch(self) -> None:
        known, quiet = 0, 0
        while quiet < QUIET:
            quiet = quiet + 1 if known == len(self._queue) else 0
            known = len(self._queue)
            await asyncio.sleep(0)
        dispatch_queue(self)
