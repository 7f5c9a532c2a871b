"""Deliveries are read a few at a time, and the next ones while the present ones are stored."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from turnout.ingest.activities import Quarantined
from turnout.ingest.reading import AT_ONCE, ahead, read_batch, read_in_turns

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Source:
    """Numbers, of which it counts those that have been fetched; the last one cannot be."""

    def __init__(self, numbers: int) -> None:
        self.fetched = 0
        self.closed = False
        self._numbers = numbers

    async def __call__(self) -> AsyncGenerator[int]:
        try:
            for number in range(1, self._numbers):
                self.fetched = number
                yield number
            raise ValueError("the last one")
        finally:
            self.closed = True


def line(number: int) -> bytes:
    data = b'{"event": "e", "connection": "c"}' if number % 7 else b"{}"
    time = b'"2026-03-02T10:00:00Z"'
    id_ = str(number).encode()
    return (
        b'{"specversion": "1.0", "source": "s", "id": "%b", "type": "turnout.stay.joined", "time": %b, "data": %b}'
        % (id_, time, data)
    )


async def test_read_in_turns_is_what_is_read_at_once() -> None:
    lines = [line(number) for number in range(2 * AT_ONCE + 5)]

    read = await read_in_turns(lines, NOON)

    assert (read.activities, read.broken) == read_batch(lines, NOON)
    assert [item.position for item in read.broken] == list(range(0, len(lines), 7))
    assert all(isinstance(item, Quarantined) for item in read.broken)


async def test_others_have_their_turn_while_many_are_read() -> None:
    reading = asyncio.create_task(read_in_turns([line(1)] * AT_ONCE * 4, NOON))

    turns = 0
    while not reading.done():
        await asyncio.sleep(0)
        turns += 1

    assert turns >= 4


async def test_the_next_one_is_fetched_while_one_is_worked_on() -> None:
    source = Source(numbers=4)

    async with aclosing(ahead(source())) as numbers:
        first = await anext(numbers)
        await asyncio.sleep(0.01)

    assert (first, source.fetched, source.closed) == (1, 2, True)


async def test_what_cannot_be_fetched_holds_up_nothing_before_it() -> None:
    async with aclosing(ahead(Source(numbers=3)())) as numbers:
        before = [await anext(numbers), await anext(numbers)]
        await asyncio.sleep(0.01)

        with pytest.raises(ValueError, match="the last one"):
            await anext(numbers)

    assert before == [1, 2]
