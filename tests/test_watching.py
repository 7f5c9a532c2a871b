"""What waits for one watcher, without a company and its poller."""

import asyncio

import pytest

from turnout.analytics.watching import Watcher
from turnout.database.errors import TurnoutError


async def test_whoever_is_too_slow_is_told_so_and_nothing_that_came_behind_the_gap() -> None:
    watcher = Watcher[int](2, latest_only=False)

    for number in range(5):
        watcher.offer(number)

    with pytest.raises(TurnoutError) as refused:
        await anext(watcher)
    assert refused.value.code == "READER_TOO_SLOW"


async def test_whoever_takes_much_at_once_lets_others_have_their_turn() -> None:
    watcher = Watcher[int](100, latest_only=False)
    for number in range(100):
        watcher.offer(number)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while turns < 50:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(others())
    for _ in range(100):
        await anext(watcher)

    assert other.done()
