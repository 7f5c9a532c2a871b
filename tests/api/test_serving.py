"""`turnout serve`: a real process at a real port."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.databases import Database
from turnout.tenants.company import Company
from turnout.tenants.keys import issue_key
from turnout.tenants.support import support

from .clients import bearer, joined
from .processes import Serving, serving

TYPENAME = b'{"query": "{ __typename }"}'
CONNECTIONS = "{ dailyPeaks(period: {preset: TODAY}) { connections } }"
LINES = "application/x-ndjson"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def environment(database: Database) -> dict[str, str]:
    return {"DATABASE_URL": database.app, "TURNOUT_REFRESHER_URL": database.refresher}


@pytest.fixture
def turnout(environment: dict[str, str]) -> Generator[Serving]:
    with serving(environment=environment) as turnout:
        yield turnout


@pytest.fixture
def key(database: Database, acme: Company, now: datetime) -> str:
    with support(database.support) as session:
        return issue_key(session, acme.slug, ["read:stats", "write:events"], now).text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop_and_that_is_a_success(turnout: Serving, number: int) -> None:
    ready, answer = turnout.get("/health/ready"), turnout.post("/graphql", TYPENAME)

    code = turnout.stop(number)

    assert (ready.status_code, answer.json(), code) == (200, {"data": {"__typename": "Query"}}, 0)
    assert turnout.process.stderr
    assert all(json.loads(line)["level"] in {"info", "warning"} for line in turnout.process.stderr)


def test_what_has_happened_is_in_the_next_answer(turnout: Serving, key: str, now: datetime) -> None:
    taken = turnout.post("/ingest", json.dumps(joined("standup", "c-1", now)).encode(), LINES, **bearer(key))

    answer = turnout.post(
        "/graphql", b'{"query": "{ dailyPeaks(period: {preset: TODAY}) { connections } }"}', **bearer(key)
    )

    assert taken.json() == {"accepted": 1, "known": 0, "quarantined": [], "committedLines": 1}
    assert answer.json()["data"] == {"dailyPeaks": [{"connections": 1}]}


def test_a_request_under_way_is_finished_after_the_signal(turnout: Serving, key: str, now: datetime) -> None:
    def body() -> Iterator[bytes]:
        yield json.dumps(joined("standup", "c-1", now)).encode() + b"\n"
        turnout.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        yield json.dumps(joined("standup", "c-2", now)).encode()

    answer = httpx.post(turnout.address + "/ingest", content=body(), headers={"content-type": LINES} | bearer(key))

    assert answer.json()["accepted"] == 2
    assert turnout.process.wait(30) == 0


def test_a_body_far_too_large_is_refused_in_words(turnout: Serving) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(500):
            yield b" " * 100_000

    announced = turnout.post("/graphql", b" " * 50_000_000)
    counted = httpx.post(turnout.address + "/graphql", content=endless(), headers={"content-type": "application/json"})

    assert [(answer.status_code, code(answer)) for answer in (announced, counted)] == [(413, "TOO_LARGE")] * 2
    assert turnout.get("/health/live").status_code == 200


def test_what_is_no_http_and_what_is_no_websocket_breaks_nothing(turnout: Serving) -> None:
    nonsense = exchange(turnout, b"\x16\x03\x01nonsense\r\n\r\n")
    websocket = exchange(
        turnout,
        b"GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eHh4eHh4eHh4eHh4eHh4eA==\r\n\r\n",
    )

    assert nonsense.startswith(b"HTTP/1.1 400 ")
    assert websocket.startswith(b"HTTP/1.1 405 ")
    assert turnout.get("/health/live").status_code == 200


def test_an_address_in_use_is_named(turnout: Serving, environment: dict[str, str]) -> None:
    with serving("--port", str(turnout.port), environment=environment) as second:
        _, errors = second.process.communicate(timeout=30)

    assert second.process.returncode == 1
    assert "ADDRESS_UNUSABLE" in errors
    assert "Traceback" not in errors


def test_only_the_allowed_names_are_answered(environment: dict[str, str]) -> None:
    with serving("--allowed-host", "turnout.example", environment=environment) as turnout:
        own = turnout.post("/graphql", TYPENAME, host="turnout.example:8000")
        other = turnout.post("/graphql", TYPENAME, host="evil.example")

    assert (own.status_code, other.status_code, other.json()["code"]) == (200, 400, "UNKNOWN_HOST")


@pytest.mark.thorough
def test_an_embedded_database_comes_back_after_all_of_it_was_killed(tmp_path: Path) -> None:
    with serving("--data", str(tmp_path / "data"), environment={}) as turnout:
        announced = json.loads((tmp_path / "data" / "server.json").read_text())
        for process in ("supervisor", "postgres"):
            os.kill(announced[process], signal.SIGKILL)
        away = [turnout.get("/health/ready").status_code for _ in range(3)]
        back = until(lambda: turnout.get("/health/ready").status_code == 200)
        code = turnout.stop(signal.SIGTERM)

    assert (503 in away, back, code) == (True, True, 0)
    assert not (tmp_path / "data" / "data" / "postmaster.pid").exists()


def until(holds: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.1)
    return held


def code(answer: httpx.Response) -> str:
    return answer.json()["errors"][0]["extensions"]["code"]


def exchange(turnout: Serving, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", turnout.port), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(4096)
