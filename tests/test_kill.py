"""`kill -9` in the middle of an ingest: what was acknowledged is there, once, and what was not may be sent again."""

import json
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import psycopg
import pytest
from typer.testing import CliRunner

from tests.api.processes import Serving, serving
from turnout.database.embedded import attach
from turnout.database.migrating import prepare
from turnout.server.cli import app

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(600)]

ROUNDS = 6
WRITERS = 4
KEY = ["key", "issue", "acme", "--scope", "write:events", "--data"]


@pytest.fixture
def data() -> Generator[Path]:
    """A folder that whoever runs Postgres may enter."""
    folder = Path(tempfile.mkdtemp(prefix="turnout-kill-"))
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


def turnout(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.stderr
    return result.stdout.strip()


def batch(writer: int, number: int) -> bytes:
    def event(kind: str, minute: int) -> dict[str, object]:
        return {
            "specversion": "1.0",
            "id": f"{writer}-{number}-{kind}",
            "source": "killed",
            "type": f"turnout.stay.{kind}",
            "time": f"2026-02-01T10:{minute:02}:00Z",
            "data": {"event": f"e{number % 3}", "connection": f"{writer}-{number}"},
        }

    return json.dumps([event("joined", 0), event("left", 30)]).encode()


class Writer(threading.Thread):
    """Sends batches in order, each until it is acknowledged, whatever happens to the server meanwhile."""

    def __init__(self, number: int, address: list[str], key: str) -> None:
        super().__init__(daemon=True)
        self.acknowledged = 0
        self.stopping = threading.Event()
        self._number, self._address, self._key = number, address, key

    def run(self) -> None:
        while not self.stopping.is_set():
            if self._send(batch(self._number, self.acknowledged)):
                self.acknowledged += 1

    def _send(self, body: bytes) -> bool:
        headers = {"authorization": f"Bearer {self._key}", "content-type": "application/cloudevents-batch+json"}
        try:
            answer = httpx.post(self._address[0] + "/ingest", content=body, headers=headers, timeout=10)
        except (httpx.HTTPError, httpx.InvalidURL):
            time.sleep(0.05)
            return False
        assert answer.status_code in {200, 503}, answer.text
        return answer.status_code == 200


def postgres_of(data: Path) -> int:
    """Its process, once it is there: after an earlier kill it may only be starting."""
    for _ in range(300):
        for file in data.rglob("postmaster.pid"):
            if lines := file.read_text().splitlines():
                return int(lines[0])
        time.sleep(0.1)
    pytest.fail("Postgres did not come back")


def kill(served: Serving, data: Path, turn: int) -> None:
    """In turn the server, its Postgres, and both."""
    if turn % 3 != 0:
        os.kill(postgres_of(data), signal.SIGKILL)
    if turn % 3 != 1:
        served.process.kill()


def test_what_was_acknowledged_survives_and_counts_once(data: Path) -> None:
    turnout("company", "add", "acme", "--name", "Acme", "--zone", "UTC", "--data", str(data))
    key = turnout(*KEY, str(data))
    address = [""]
    writers = [Writer(number, address, key) for number in range(WRITERS)]
    for turn in range(ROUNDS):
        with serving("--data", str(data), environment={}) as served:
            address[0] = served.address
            if turn == 0:
                for writer in writers:
                    writer.start()
            time.sleep(3)
            if turn < ROUNDS - 1:
                kill(served, data, turn)
                time.sleep(0.5)
                continue
            for writer in writers:
                writer.stopping.set()
            for writer in writers:
                writer.join()
            assert served.stop(signal.SIGTERM) == 0

    sent = sum(writer.acknowledged for writer in writers)
    assert sent > 20
    with attach(data) as server:
        prepare(server.conninfo(user="postgres", dbname="postgres"))
        with psycopg.connect(
            server.conninfo(user="postgres", dbname="turnout"), options="-c search_path=turnout"
        ) as admin:
            counted = admin.execute(
                "select (select count(*) from activity where content is not null), (select count(*) from signal),"
                " (select count(*) from stay where ended_by = 'LEFT')"
            ).fetchone()
    assert counted is not None
    activities, signals, stays = counted
    # One batch a writer may have been stored though its acknowledgement was lost.
    assert 2 * sent <= activities <= 2 * (sent + WRITERS)
    assert (signals, stays) == (activities, activities // 2)
