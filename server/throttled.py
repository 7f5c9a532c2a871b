"""Who has begun to wait when signing in, noted in the audits and in the log moments later."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

import psycopg
import structlog

from turnout.database.errors import TurnoutError
from turnout.database.faults import describe
from turnout.tenants.connection import Door
from turnout.tenants.throttling import note_throttled

PERIOD_SECONDS: Final = 5.0

_log: structlog.stdlib.BoundLogger = structlog.get_logger("turnout.server")


@asynccontextmanager
async def noting(door: Door, *, period: float = PERIOD_SECONDS) -> AsyncGenerator[None]:
    """Note it for as long as the block runs; several processes may."""
    task = asyncio.create_task(_note(door, period), name="throttled")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _note(door: Door, period: float) -> None:
    while True:
        try:
            for one in await note_throttled(door):
                # Not the name that was entered, but one that somebody has: people type passwords into the wrong field.
                _log.warning(
                    "sign_in_throttled",
                    company=one.company,
                    staff=one.staff,
                    address=one.address,
                    failures=one.failures,
                )
        except (TurnoutError, psycopg.Error) as error:
            _log.warning("throttled_not_noted", error=describe(error))
        await asyncio.sleep(period)
