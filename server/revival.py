"""The embedded database, started again when whoever kept it has been killed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import structlog

from turnout.database.embedded import attach
from turnout.database.embedded_error import EmbeddedPostgresError
from turnout.server.services import Services

PERIOD_SECONDS: Final = 1.0
START_SECONDS: Final = 20.0

_log: structlog.stdlib.BoundLogger = structlog.get_logger("turnout.server")


def revive(folder: Path, sql_port: int | None = None) -> None:
    """Start the server of a folder unless it runs. Its socket stays where it was, so that pools find it again.

    Raises EmbeddedPostgresError.
    """
    attach(folder, port=sql_port, start_timeout=START_SECONDS).close()


@asynccontextmanager
async def watching(services: Services) -> AsyncGenerator[None]:
    """Revive the database whenever it does not answer, as long as the block runs."""
    task = asyncio.create_task(_watch(services), name="revival")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(services: Services) -> None:
    while services.revive:
        await asyncio.sleep(PERIOD_SECONDS)
        if await services.database_answers():
            continue
        try:
            await asyncio.to_thread(services.revive)
            _log.warning("database_attached_again")
        except EmbeddedPostgresError as error:
            _log.error("database_not_attached", code=error.code, reason=error.message, hint=error.hint)
        except Exception:
            _log.exception("database_not_attached")
