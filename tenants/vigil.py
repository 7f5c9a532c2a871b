"""Whether whoever asks may still do so: for what takes longer than it takes to revoke a credential."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

EVERY: Final = timedelta(seconds=5)


class Vigil:
    """Authenticates again every 5 seconds at most, or as often as is said.

    `authenticate` raises for a credential that is valid no more.
    """

    def __init__(
        self, authenticate: Callable[[], Awaitable[object]], clock: Callable[[], datetime], *, every: timedelta = EVERY
    ) -> None:
        self._authenticate = authenticate
        self._clock = clock
        self._every = every
        self._until = clock() + every

    async def check(self) -> None:
        """Return when it was valid within that time; raises what `authenticate` does when it is no more."""
        now = self._clock()
        if now >= self._until:
            await self._authenticate()
            self._until = now + self._every
