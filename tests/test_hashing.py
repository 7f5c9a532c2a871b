"""Hashing beside the event loop: so much at once, and so many who wait."""

import asyncio
import threading

import pytest

from turnout.database.errors import TurnoutError
from turnout.tenants.hashing import HashingQueue


async def test_hashing_turns_people_away_when_too_many_wait() -> None:
    queue, gate = HashingQueue(at_once=2, waiting=3), threading.Event()
    running = [asyncio.create_task(queue.run(gate.wait)) for _ in range(5)]
    await asyncio.sleep(0)

    with pytest.raises(TurnoutError, match="BUSY"):
        await queue.run(gate.wait)
    gate.set()

    assert await asyncio.gather(*running) == [True] * 5
    assert await queue.run(gate.wait)


async def test_whoever_goes_away_gives_the_place_back_when_the_hash_is_done() -> None:
    queue, gate = HashingQueue(at_once=1, waiting=1), threading.Event()
    running, waiting = [asyncio.create_task(queue.run(gate.wait)) for _ in range(2)]
    await asyncio.sleep(0.05)

    running.cancel()
    waiting.cancel()
    await asyncio.sleep(0)
    one_more = asyncio.create_task(queue.run(gate.wait))
    await asyncio.sleep(0)
    with pytest.raises(TurnoutError, match="BUSY"):
        await queue.run(gate.wait)
    gate.set()

    assert await one_more
