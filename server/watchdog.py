"""The watch over companies' logins for BI: ends what lasts too long, and whoever's login has ended."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any, Final

import psycopg
import structlog
from psycopg import AsyncConnection

from turnout.database.faults import describe
from turnout.database.statements import statements

PERIOD_SECONDS: Final = 5.0

_SQL: Final = statements("turnout.server", "watchdog.sql")
_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that something may last: a statement, doing nothing inside a transaction, a transaction."""

    statement: float = 60.0
    idle: float = 60.0
    transaction: float = 600.0


class Watchdog:
    """Looks every few seconds, on a connection of its own; several may, in one process or in many.

    A login has the same limits as settings of its role, but may set those back. `conninfo` is the refresher's.
    """

    def __init__(self, conninfo: str, patience: Patience | None = None, *, period: float = PERIOD_SECONDS) -> None:
        self._conninfo = conninfo
        self._patience = asdict(patience or Patience())
        self._period = period

    @asynccontextmanager
    async def watching(self) -> AsyncGenerator[None]:
        """Watch for as long as the block runs."""
        task = asyncio.create_task(self._watch(), name="watchdog")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch(self) -> None:
        while True:
            try:
                async with await AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    while True:
                        await self._look(connection)
                        await asyncio.sleep(self._period)
            except (psycopg.Error, OSError) as error:
                _log.warning("watch_failed", error=describe(error))
                await asyncio.sleep(self._period)

    async def _look(self, connection: AsyncConnection[Any]) -> None:
        found = await connection.execute(_SQL["watch"], self._patience)
        for role_name, outcome in await found.fetchall():
            _log.info("sql_login_ended", role=role_name, outcome=outcome)
