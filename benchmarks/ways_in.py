"""The ways in for activities, and COPY beside them: what each costs for as many activities of days of their own."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import httpx
import psycopg

from benchmarks.copying import columns_of, copy
from benchmarks.mixed_day import Day
from benchmarks.processor import processor_seconds
from turnout.ingest.intake import take, take_read
from turnout.ingest.reading import Read, ahead, read_batch, read_in_turns
from turnout.tenants.connection import Door

AT_ONCE: Final = 10_000
SMALL: Final = 100
IN_SMALL: Final = 2_000
CHUNKS: Final = 2
LINES: Final = {"content-type": "application/x-ndjson"}


@dataclass(frozen=True)
class Cost:
    """Seconds an activity: on the clock, and of a processor in the program that takes them in and in Postgres."""

    clock: float
    program: float
    postgres: float


@dataclass(frozen=True)
class Posting:
    """A server, its process, and the client that posts to it with a key."""

    client: httpx.AsyncClient
    process: int


@dataclass(frozen=True)
class Bench:
    """Where it is measured. `own` is this process, `postmaster` the one that all of Postgres descends from."""

    admin: psycopg.Connection
    door: Door
    companies: int
    own: int
    postmaster: int
    posting: Posting | None = None
    costs: dict[str, list[Cost]] = field(default_factory=dict[str, list[Cost]])

    async def round(self, number: int) -> None:
        """Each way once; the days of a round are no other round's."""
        company = 1 + number % self.companies
        day = Day(number, "in-order")
        bodies = day.activities(AT_ONCE)
        rows = columns_of(company, bodies)
        await self._clock("COPY", AT_ONCE, lambda: _at_once(lambda: copy(self.admin, rows)))
        await self._clock("reading alone", AT_ONCE, lambda: _at_once(lambda: read_batch(bodies, day.end)))
        await self._clock("one batch", AT_ONCE, lambda: self._take(company, [bodies], day.end))
        await self._clock("the same again", AT_ONCE, lambda: self._take(company, [bodies], day.end))
        await self._shuffled(company, Day(number, "shuffled"))
        few = Day(number, "small")
        batches = list(cut(few.activities(IN_SMALL), SMALL))
        await self._clock(f"batches of {SMALL}", IN_SMALL, lambda: self._take(company, batches, few.end))
        lines = Day(number, "lines").activities(AT_ONCE * CHUNKS)
        await self._clock("a file", len(lines), lambda: self._file(company, lines))
        if self.posting:
            await self._post(self.posting, Day(number, "posted").activities(AT_ONCE * CHUNKS))

    async def _shuffled(self, company: int, day: Day) -> None:
        mixed = day.activities(AT_ONCE)
        random.Random(day.end.timestamp()).shuffle(mixed)
        await self._clock("one batch, shuffled", AT_ONCE, lambda: self._take(company, [mixed], day.end))

    async def _take(self, company: int, batches: Sequence[list[bytes]], now: datetime) -> None:
        for batch in batches:
            assert not (await take(self.door, company, batch, now)).quarantined

    async def _file(self, company: int, lines: list[bytes]) -> None:
        """As `turnout load` does."""
        async with aclosing(ahead(_read(lines))) as reading:
            async for read in reading:
                assert not (await take_read(self.door, company, read, datetime.now(UTC))).quarantined

    async def _post(self, posting: Posting, lines: list[bytes]) -> None:
        async def post() -> None:
            answer = await posting.client.post("/ingest", content=b"\n".join(lines), headers=LINES)
            assert answer.json()["accepted"] == len(lines), answer.text

        await self._clock("POST /ingest, lines", len(lines), post, posting.process)

    async def _clock(
        self, way: str, activities: int, work: Callable[[], Awaitable[None]], process: int | None = None
    ) -> None:
        process = process or self.own
        program, postgres = processor_seconds(process), processor_seconds(self.postmaster)
        began = time.perf_counter()
        await work()
        clock = time.perf_counter() - began
        spent = Cost(clock, processor_seconds(process) - program, processor_seconds(self.postmaster) - postgres)
        cost = Cost(spent.clock / activities, spent.program / activities, spent.postgres / activities)
        self.costs.setdefault(way, []).append(cost)


def cut(bodies: list[bytes], size: int) -> Iterator[list[bytes]]:
    """Batches of that size, one after the other."""
    for start in range(0, len(bodies), size):
        yield bodies[start : start + size]


async def _read(lines: list[bytes]) -> AsyncGenerator[Read]:
    for chunk in cut(lines, AT_ONCE):
        yield await read_in_turns(chunk, datetime.now(UTC))


async def _at_once(work: Callable[[], object]) -> None:
    await asyncio.sleep(0)
    work()
