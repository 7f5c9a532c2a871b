"""`turnout serve` as a process of its own."""

import json
import os
import signal
import time
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.databases import Database
from tests.places import place
from turnout.tenants.company import Company
from turnout.tenants.keys import issue_key
from turnout.tenants.support import support

from .clients import bearer, joined
from .processes import Serving, serving

CONNECTIONS = "{ dailyPeaks(period: {preset: TODAY}) { connections } }"
LINES = "application/x-ndjson"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def turnout(database: Database) -> Generator[Serving]:
    with serving(environment={"DATABASE_URL": database.app, "TURNOUT_REFRESHER_URL": database.refresher}) as turnout:
        yield turnout


@pytest.fixture
def key(database: Database, acme: Company, now: datetime) -> str:
    with support(database.support) as session:
        return issue_key(session, acme.slug, ["read:stats", "write:events"], now).text


@pytest.fixture(name="place")
def folder() -> Generator[Path]:
    with place() as folder:
        yield folder


def test_what_happened_is_in_the_next_answer_and_ctrl_c_is_a_success(turnout: Serving, key: str, now: datetime) -> None:
    taken = turnout.post("/ingest", json.dumps(joined("standup", "c-1", now)).encode(), LINES, **bearer(key))

    answer = turnout.post("/graphql", json.dumps({"query": CONNECTIONS}).encode(), **bearer(key))

    assert taken.json() == {"accepted": 1, "known": 0, "quarantined": [], "committedLines": 1}
    assert answer.json()["data"] == {"dailyPeaks": [{"connections": 1}]}
    assert turnout.stop(signal.SIGINT) == 0


def test_a_request_under_way_is_finished_after_the_signal(turnout: Serving, key: str, now: datetime) -> None:
    def body() -> Iterator[bytes]:
        yield json.dumps(joined("standup", "c-1", now)).encode() + b"\n"
        turnout.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        yield json.dumps(joined("standup", "c-2", now)).encode()

    answer = httpx.post(turnout.address + "/ingest", content=body(), headers={"content-type": LINES} | bearer(key))

    assert answer.json()["accepted"] == 2
    assert turnout.process.wait(30) == 0
    assert turnout.process.stderr
    assert {json.loads(line)["level"] for line in turnout.process.stderr} <= {"info", "warning"}


@pytest.mark.thorough
def test_an_embedded_database_comes_back_after_all_of_it_was_killed(place: Path) -> None:
    with serving("--data", str(place / "data"), environment={}) as turnout:
        announced = json.loads((place / "data" / "server.json").read_text())
        for process in ("supervisor", "postgres"):
            os.kill(announced[process], signal.SIGKILL)
        away = [turnout.get("/health/ready").status_code for _ in range(3)]
        back = until(lambda: turnout.get("/health/ready").status_code == 200)
        code = turnout.stop(signal.SIGTERM)

    assert (503 in away, back, code) == (True, True, 0)
    assert not (place / "data" / "data" / "postmaster.pid").exists()


def until(holds: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.1)
    return held
