"""Requests broken off anywhere, by many at once: nobody is given what another asked for."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Any

import httpx
import psycopg
import pytest

from tests.api.clients import Client
from tests.wall import Admin
from turnout.analytics.refresher import Refresher
from turnout.server.app import create_app
from turnout.server.process import Server, address_of, bind
from turnout.server.services import Services
from turnout.tenants.connection import Door

from .canaries import ALPHA, BETA, NOON, Canary
from .conftest import Stage

# One root field: of several, a request that is cancelled leaves some that have not even begun, of which Python warns.
QUESTION = "{ eventStats(period: {preset: LAST_7_DAYS}) { nodes { title } } }"
DISCONNECTS = 200


@dataclass(frozen=True)
class Asker:
    """A company that asks for itself, and would know what is not its own."""

    client: Client
    canary: Canary
    other: Canary

    async def ask(self) -> bool:
        """Whether there was an answer, which had nothing of the other company in it."""
        answer = await self.client.post(QUESTION)
        assert not self.other.sings_in(answer.content)
        if answer.status_code == 503:
            return False
        assert self.canary.sings_in(answer.content), answer.text
        return True

    async def insist(self) -> None:
        """Ask until there is an answer: those who have gone away may still be waited for."""
        async with asyncio.timeout(60):
            while not await self.ask():
                pass

    async def ask_for(self, seconds: float) -> bool:
        """The same, but given up after some time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self.ask()
        return False


def askers(stage: Stage, http: httpx.AsyncClient | None = None) -> list[Asker]:
    alpha, beta = (replace(client, http=http or client.http) for client in (stage.alpha, stage.beta))
    return [Asker(alpha, ALPHA, BETA), Asker(beta, BETA, ALPHA)]


@pytest.fixture
async def door_of_one(stage: Stage) -> Door:
    return Door(stage.database.app, readers=1, writers=1)


@asynccontextmanager
async def listening(stage: Stage, door: Door) -> AsyncGenerator[str]:
    """The application behind a real socket, over a pool of one reader and one writer; gives its address."""
    services = Services(door, Refresher(stage.database.refresher, lambda: NOON), lambda: NOON)
    with closing(bind("127.0.0.1", 0)) as listener:
        started = asyncio.Event()
        server = Server(create_app(services), services.readiness, started.set)
        running = asyncio.create_task(server.serve([listener]))
        async with asyncio.timeout(60):
            await started.wait()
        yield address_of(listener)
        server.should_exit = True
        await running


async def test_clients_that_go_away_leave_no_company_behind(stage: Stage, door_of_one: Door) -> None:
    chance = Random(11)
    async with listening(stage, door_of_one) as address:
        for number in range(DISCONNECTS):
            await go_away(address, askers(stage)[number % 2].client, chance.uniform(0, 0.02))
        async with httpx.AsyncClient(base_url=address, timeout=30) as http:
            for asker in askers(stage, http) * 3:
                await asker.insist()
            left_over = await companies_left(door_of_one)

    assert left_over == [""]


async def go_away(address: str, client: Client, seconds: float) -> None:
    """Ask, wait a little, and close the connection whether the answer has come or not."""
    host, port = address.removeprefix("http://").rsplit(":", 1)
    body = json.dumps({"query": QUESTION}).encode()
    _, writer = await asyncio.open_connection(host, int(port))
    head = ["POST /graphql HTTP/1.1", "host: x", f"authorization: Bearer {client.token}"]
    head += ["content-type: application/json", f"content-length: {len(body)}", "", ""]
    writer.write("\r\n".join(head).encode() + body)
    await writer.drain()
    await asyncio.sleep(seconds)
    writer.transport.abort()


async def test_requests_that_are_cancelled_leave_no_company_behind(stage: Stage, door_of_one: Door) -> None:
    chance = Random(12)
    services = Services(door_of_one, Refresher(stage.database.refresher, lambda: NOON), lambda: NOON)
    app = create_app(services)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        for number in range(DISCONNECTS // 2):
            await askers(stage, http)[number % 2].ask_for(chance.uniform(0, 0.03))
        for asker in askers(stage, http) * 3:
            await asker.insist()
        left_over = await companies_left(door_of_one)

    assert left_over == [""]


async def companies_left(door: Door) -> list[str]:
    """The company that the one connection of writers still has set."""
    async with door._borrow(door._writers) as connection:  # pyright: ignore[reportPrivateUsage]
        rows = await connection.execute("select coalesce(current_setting('app.company', true), '')")
        return [company for (company,) in await rows.fetchall()]


async def test_companies_that_ask_at_once_are_each_told_their_own(stage: Stage) -> None:
    assert await crowd(stage, 8, 2.0, _nothing) > 0


@pytest.mark.thorough
async def test_companies_that_ask_at_once_for_long_are_each_told_their_own(stage: Stage, admin: Admin) -> None:
    assert await crowd(stage, 50, 60.0, partial(disturb, admin, stage.database.name)) > 0


async def crowd(stage: Stage, size: int, seconds: float, disturb: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Many of two companies ask, some of them giving up half-way; how many were answered."""
    chance, loop = Random(13), asyncio.get_running_loop()
    end = loop.time() + seconds

    async def one(asker: Asker) -> int:
        answered = 0
        while loop.time() < end:
            gives_up = chance.random() < 0.2
            answered += await asker.ask_for(chance.uniform(0, 0.1) if gives_up else 30)
        return answered

    of_both = [askers(stage)[number % 2] for number in range(size)]
    disturbing = asyncio.create_task(disturb())
    answered = sum(await asyncio.gather(*map(one, of_both)))
    await disturbing
    for asker in askers(stage):
        await asker.insist()
    return answered


async def _nothing() -> None:
    """Nobody disturbs."""


async def disturb(admin: Admin, database: str) -> None:
    """Every connection of the application breaks, twice."""
    for _ in range(2):
        await asyncio.sleep(15)
        with suppress(psycopg.errors.InsufficientPrivilege):
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and usename = 'turnout_app'",
                (database,),
            )
