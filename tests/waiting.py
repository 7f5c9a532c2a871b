"""Waiting for what happens in the database, which has no event to wait for."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(happened: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Return when it has happened; raises TimeoutError when it has not within these seconds."""
    async with asyncio.timeout(seconds):
        while not await happened():  # noqa: ASYNC110 -- an asyncio.Event cannot be set by the database
            await asyncio.sleep(0.02)
