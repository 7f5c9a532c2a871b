"""The application at a real port: how long it waits for whom, what it refuses, and how it begins to stop."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest

from tests.databases import Database
from turnout.database.errors import TurnoutError
from turnout.server.app import create_app
from turnout.server.patience import PatientProtocol
from turnout.server.process import Server, address_of, bind
from turnout.server.routes import ingest
from turnout.server.services import Services
from turnout.tenants.company import Company
from turnout.tenants.keys import issue_key
from turnout.tenants.support import support

from .clients import Client, joined

JSON = {"content-type": "application/json"}
INGEST = "POST /ingest HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"


@pytest.fixture
async def http(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of the application at a port of its own, where nobody is waited for long."""
    monkeypatch.setattr(PatientProtocol, "patience", 0.3)
    listening, listener = asyncio.Event(), bind("127.0.0.1", 0)
    server = Server(create_app(services, allowed_hosts=["127.0.0.1"]), services.readiness, listening.set)
    task = asyncio.create_task(server.serve([listener]))
    await listening.wait()
    async with httpx.AsyncClient(base_url=address_of(listener), timeout=30) as http:
        yield http
    server.should_exit = True
    await task


async def test_from_the_signal_on_requests_are_not_welcome(http: httpx.AsyncClient, services: Services) -> None:
    server = Server(create_app(services), services.readiness, lambda: None)

    server.handle_exit(signal.SIGTERM, None)

    ready, live = await http.get("/health/ready"), await http.get("/health/live")
    assert (ready.status_code, ready.json(), live.status_code) == (503, {"status": "stopping"}, 200)


async def test_headers_that_do_not_come_are_not_waited_for(http: httpx.AsyncClient) -> None:
    received = [await exchange(http, begun) for begun in (b"", b"GET /health/live HTTP/1.1\r\nHost: x\r\n")]

    assert received == [b"", b""]


async def test_a_second_request_on_a_connection_has_no_longer(http: httpx.AsyncClient) -> None:
    received = await exchange(http, b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /health/live HTT")

    assert received.count(b"HTTP/1.1 200 OK") == 1


async def test_requests_in_time_share_a_connection_beyond_that(http: httpx.AsyncClient) -> None:
    first = await http.get("/health/live")
    await asyncio.sleep(0.6)
    second = await http.get("/health/live")

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.extensions["network_stream"] is second.extensions["network_stream"]


async def test_a_body_far_too_large_is_refused_in_words(http: httpx.AsyncClient) -> None:
    announced = await http.post("/graphql", content=b" " * 20_000_000, headers=JSON)
    counted = await http.post("/graphql", content=blanks(20_000_000), headers=JSON)

    assert [(answer.status_code, code(answer)) for answer in (announced, counted)] == [(413, "TOO_LARGE")] * 2


async def test_what_is_no_http_and_what_is_no_websocket_breaks_nothing(http: httpx.AsyncClient) -> None:
    nonsense = await exchange(http, b"\x16\x03\x01nonsense\r\n\r\n")
    websocket = await exchange(
        http,
        b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eHh4eHh4eHh4eHh4eHh4eA==\r\n\r\n",
    )

    assert nonsense.startswith(b"HTTP/1.1 400 ")
    assert websocket.startswith(b"HTTP/1.1 406 ")
    assert (await http.get("/health/live")).status_code == 200


async def test_lines_are_stored_while_more_are_sent_and_stay_when_the_connection_breaks_off(
    http: httpx.AsyncClient,
    acme: Company,
    database: Database,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ingest, "LINES_AT_ONCE", 2)
    with support(database.support) as session:
        key = issue_key(session, acme.slug, ["read:stats", "write:events"], now).text
    lines = "".join(json.dumps(joined("standup", f"c-{n}", now - timedelta(hours=1))) + "\n" for n in range(3))

    _, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    writer.write(f"{INGEST}Authorization: Bearer {key}\r\nContent-Length: 60000000\r\n\r\n{lines}".encode())
    while_open = await until_connected(Client(http, token=key), 2)
    writer.close()
    await writer.wait_closed()

    assert while_open == await until_connected(Client(http, token=key), 2) == 2


async def until_connected(client: Client, people: int) -> int:
    """How many are connected, once it is so many, within 10 seconds."""
    async with asyncio.timeout(10):
        while True:
            peaks = await client.query("{ dailyPeaks(period: {preset: TODAY}) { connections } }")
            if (connections := peaks["dailyPeaks"][0]["connections"]) >= people:
                return connections
            await asyncio.sleep(0.05)


async def test_only_the_allowed_names_are_answered(http: httpx.AsyncClient) -> None:
    answer = await http.get("/health/live", headers={"host": "evil.example"})

    assert (answer.status_code, answer.json()["code"]) == (400, "UNKNOWN_HOST")


def test_an_address_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(TurnoutError) as caught:
        bind("127.0.0.1", taken.getsockname()[1])

    assert caught.value.code == "ADDRESS_UNUSABLE"


def test_an_address_of_ipv6_is_written_in_brackets() -> None:
    with bind("::1", 0) as listener:
        assert address_of(listener) == f"http://[::1]:{listener.getsockname()[1]}"


async def exchange(http: httpx.AsyncClient, request: bytes) -> bytes:
    """All that comes back on a connection of its own until the server closes it."""
    reader, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    writer.write(request)
    async with asyncio.timeout(10):
        received = await reader.read()
    writer.close()
    return received


async def blanks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 100_000):
        yield b" " * 100_000


def code(answer: httpx.Response) -> str:
    return answer.json()["errors"][0]["extensions"]["code"]
