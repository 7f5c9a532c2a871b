"""The process around the application: how it begins to stop, and how long it waits for whom."""

import asyncio
import signal
from collections.abc import AsyncGenerator

import httpx
import pytest
from starlette.applications import Starlette

from turnout.server.patience import PatientProtocol
from turnout.server.process import Server, address_of, bind
from turnout.server.services import Services

from .clients import Client


@pytest.fixture
async def address(services: Services, app: Starlette, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[str]:
    """The application at a real port, impatient."""
    monkeypatch.setattr(PatientProtocol, "patience", 0.2)
    listening, listener = asyncio.Event(), bind("127.0.0.1", 0)
    server = Server(Starlette(routes=app.routes), services.readiness, listening.set)
    task = asyncio.create_task(server.serve([listener]))
    await listening.wait()
    yield address_of(listener)
    server.should_exit = True
    await task


async def test_from_the_signal_on_new_requests_are_not_welcome(
    nobody: Client, services: Services, app: Starlette
) -> None:
    server = Server(app, services.readiness, lambda: None)

    server.handle_exit(signal.SIGTERM, None)

    ready, live = await nobody.http.get("/health/ready"), await nobody.http.get("/health/live")
    assert (ready.status_code, ready.json(), live.status_code) == (503, {"status": "stopping"}, 200)


@pytest.mark.parametrize("begun", [b"", b"GET /health/live HTTP/1.1\r\nHost: x\r\n"])
async def test_headers_that_do_not_come_are_not_waited_for(address: str, begun: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(address).port)
    writer.write(begun)

    async with asyncio.timeout(10):
        received = await reader.read()

    assert received == b""
    writer.close()


async def test_a_second_request_on_a_connection_has_no_longer(address: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(address).port)
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /health/live HTT")

    async with asyncio.timeout(10):
        received = await reader.read()

    assert received.count(b"HTTP/1.1 200 OK") == 1
    writer.close()


async def test_requests_in_time_are_answered(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as http:
        answers = [await http.get("/health/live") for _ in range(3)]
        await asyncio.sleep(0.5)
        answers.append(await http.get("/health/live"))

    assert {answer.status_code for answer in answers} == {200}
