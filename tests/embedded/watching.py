"""Commands that use a data directory, and what one sees of its server."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import psycopg
import pytest

from turnout.database import embedded_left_over
from turnout.database.embedded import EmbeddedPostgresError, Server, attach
from turnout.database.embedded_directory import DataDirectory

# Whoever runs the tests in the background may have them ignore Ctrl-C, which children inherit.
COMMAND = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from turnout.database.embedded import attach
with attach(Path(sys.argv[1])) as server:
    print(server.conninfo(user="postgres", dbname="postgres"), flush=True)
    sys.stdin.read()
"""
SHORT_COMMANDS = """
import sys, psycopg
from pathlib import Path
from turnout.database.embedded import attach
for turn in range(int(sys.argv[2])):
    with attach(Path(sys.argv[1])) as server, psycopg.connect(server.conninfo(user="postgres", dbname="postgres")) as c:
        c.execute("INSERT INTO visits DEFAULT VALUES")
"""


class Command:
    """A command in a process of its own, attached until its input ends or it is killed."""

    def __init__(self, home: Path, **options: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
        )
        self.conninfo = ""

    def __enter__(self) -> Self:
        assert self.process.stdout
        self.conninfo = self.process.stdout.readline().strip()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


def execute(server: Server, statement: str) -> Any:
    with psycopg.connect(server.conninfo(user="postgres", dbname="postgres"), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchone() if cursor.description else None


def answers(server: Server) -> bool:
    try:
        return execute(server, "SELECT 1") == (1,)
    except psycopg.OperationalError:
        return False


def visits(server: Server) -> int:
    return execute(server, "SELECT count(*) FROM visits")[0]


def setting(server: Server, name: str) -> str:
    return execute(server, f"SHOW {name}")[0]


def announced(home: Path) -> dict[str, Any]:
    return json.loads((home / "server.json").read_text())


def runs(home: Path) -> list[str]:
    """What Postgres's log says about its beginnings and ends."""
    lines = (home / "postgres.log").read_text().splitlines()
    return [end for line in lines for end in ("starting PostgreSQL", "database system is shut down") if end in line]


def one_after_another(runs: list[str]) -> bool:
    return runs[0::2] == ["starting PostgreSQL"] * (len(runs) // 2) and len(set(runs[1::2])) == 1


def eventually(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def free(home: Path) -> bool:
    """Whether no process of Postgres and no supervisor is left."""
    with DataDirectory(home).lock("postgres.lock") as lock:
        locked = not lock.try_hold()
    seen = any(str(home / "data") in words for _, words in embedded_left_over.processes())
    return not locked and not seen and not DataDirectory(home).supervised()


def refusal(home: Path, **options: Any) -> EmbeddedPostgresError:
    with pytest.raises(EmbeddedPostgresError) as refused:
        attach(home, **options)
    assert refused.value.hint
    return refused.value
