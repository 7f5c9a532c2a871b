"""Programs that subscribe, by WebSocket with a library that knows nothing of us or by server-sent events."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from tests.databases import Database
from turnout.server.routes.graphql import GraphQL

from .clients import Client, activity, bearer

LIVE = "subscription { live { total { participants events } webinars { participants events } recordings } }"
STAYS = (
    "subscription { stays { what at eventId kind title roomId room connectionId userId name externalId role device"
    " client metadata { key value } } }"
)


@dataclass(frozen=True)
class Socket:
    """One connection by graphql-transport-ws."""

    raw: ClientConnection

    async def say(self, type_: str, **more: Any) -> None:
        await self.raw.send(json.dumps({"type": type_} | more))

    async def hear(self, seconds: float = 10) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            return json.loads(await self.raw.recv())

    async def introduce(self, token: str | None = None) -> None:
        await self.say("connection_init", payload=bearer(token))
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, query: str, name: str = "1", **variables: Any) -> None:
        await self.say("subscribe", id=name, payload={"query": query, "variables": variables})

    async def next(self, field: str) -> Any:
        """What a subscription gives next."""
        said = await self.hear()
        assert said["type"] == "next", said
        assert "errors" not in said["payload"], said
        return said["payload"]["data"][field]

    async def error(self, seconds: float = 10) -> str:
        """The code with which a subscription is refused or ends."""
        said = await self.hear(seconds)
        assert said["type"] == "error", said
        return said["payload"][0]["extensions"]["code"]

    async def closing(self) -> tuple[int, str]:
        """With which code and reason the server closes, whatever it has sent before."""
        async with asyncio.timeout(10):
            with suppress(ConnectionClosedError):
                async for _ in self.raw:
                    pass
            await self.raw.wait_closed()
        assert self.raw.close_code is not None
        return self.raw.close_code, self.raw.close_reason or ""


@asynccontextmanager
async def socket(
    client: Client, headers: Mapping[str, str] | None = None, protocol: str = "graphql-transport-ws"
) -> AsyncGenerator[Socket]:
    """A connection on which nothing has been said yet."""
    address = str(client.http.base_url).replace("http", "ws", 1).rstrip("/")
    async with connect(
        f"{address}/graphql",
        subprotocols=[Subprotocol(protocol)],
        additional_headers=headers,
        proxy=None,
        close_timeout=0.5,
    ) as raw:
        yield Socket(raw)


@asynccontextmanager
async def subscribed(client: Client, *queries: str) -> AsyncGenerator[Socket]:
    """A connection of a client that has subscribed; the subscriptions are called 1, 2 and so on."""
    async with socket(client) as opened:
        await opened.introduce(client.token)
        for number, query in enumerate(queries, 1):
            await opened.subscribe(query, str(number))
        yield opened


@dataclass(frozen=True)
class Stream:
    """One subscription by server-sent events."""

    response: httpx.Response
    lines: AsyncGenerator[str]

    async def next(self, seconds: float = 10) -> tuple[str, Any]:
        """The next event with its data; comments are passed over."""
        async with asyncio.timeout(seconds):
            name = ""
            async for line in self.lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data:"):
                    data = line.removeprefix("data:").strip()
                    return name, json.loads(data) if data else None
        raise AssertionError("the stream is over")


@asynccontextmanager
async def streamed(client: Client, query: str, **headers: str) -> AsyncGenerator[Stream]:
    """A stream of a client."""
    accepting = {"accept": "text/event-stream"} | bearer(client.token) | headers
    async with client.http.stream("POST", "/graphql", json={"query": query}, headers=accepting) as response:
        lines = response.aiter_lines()
        assert hasattr(lines, "aclose")
        yield Stream(response, lines)  # pyright: ignore[reportArgumentType] -- it is a generator


@dataclass(frozen=True)
class Stage:
    """A server in this process that three companies ask, and what it keeps of those who listen."""

    acme: Client
    globex: Client
    initech: Client
    database: Database
    graphql: GraphQL

    async def is_quiet(self) -> bool:
        return not self.graphql.places.taken and not self.graphql.watches.companies


def now() -> datetime:
    return datetime.now(UTC)


def comes(event: str, connection: str, **data: Any) -> dict[str, Any]:
    """A join of now."""
    name = f"{event}-{connection}"
    return activity(f"{name}-joined", "turnout.stay.joined", now(), event=event, connection=name, **data)
