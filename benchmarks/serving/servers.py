"""The four servers, each a process of its own over the same database."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from socket import create_connection, socket
from typing import Any, Final

from benchmarks.companies import DATABASE, Made
from benchmarks.serving import rival
from benchmarks.serving.client import Asked, asked
from benchmarks.serving.questions import Question

STARTING: Final = 60
TURNOUT, STOCK, BY_HAND, POSTGRAPHILE = "Turnout", "stock Strawberry", "by hand", "PostGraphile"


@dataclass(frozen=True)
class Contestant:
    """A server, and how it is asked a question."""

    name: str
    process: int
    port: int
    words: Callable[[Question, date], tuple[str, dict[str, Any]]]

    def asked(self, question: Question, key: str, last: date) -> Asked:
        """The request that asks it a question about the days up to the last one."""
        path, body = self.words(question, last)
        return asked(self.port, path, key, body)


@contextmanager
def running(of: Made, folder: Path, rivals: Path | None) -> Generator[list[Contestant]]:
    """All that can run; PostGraphile only when it is installed in the folder given."""
    logins = {"APP": of.login("turnout_app"), "REFRESHER": of.login("turnout_refresher")}
    with ExitStack() as stack:
        processes: dict[str, AbstractContextManager[tuple[int, int]]] = {
            name: _process(make, logins) for name, make in _commands(folder).items()
        }
        if rivals:
            processes[POSTGRAPHILE] = _postgraphile(of, rivals)
        yield [Contestant(name, *stack.enter_context(process), _WORDS[name]) for name, process in processes.items()]


def _commands(folder: Path) -> dict[str, Callable[[int], list[str]]]:
    turnout, python = str(Path(sys.executable).with_name("turnout")), sys.executable

    def uvicorn(app: str) -> Callable[[int], list[str]]:
        return lambda port: [
            *(python, "-m", "uvicorn", f"benchmarks.serving.{app}:app", "--port", str(port)),
            *("--log-level", "warning", "--no-access-log", "--loop", "uvloop", "--http", "httptools"),
        ]

    return {
        TURNOUT: lambda port: [turnout, "serve", "--data", str(folder), "--port", str(port)],
        STOCK: uvicorn("stock"),
        BY_HAND: uvicorn("by_hand"),
    }


def _postgraphile(of: Made, rivals: Path) -> AbstractContextManager[tuple[int, int]]:
    rival.add_functions(of.login("postgres"))
    login = {
        "PGHOST": str(of.server.socket_folder),
        "PGPORT": str(of.server.port),
        "PGUSER": "turnout_app",
        "PGDATABASE": DATABASE,
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
    }
    return _process(lambda _: [str(rival.node(rivals)), str(rivals / "server.js")], login)


@contextmanager
def _process(command: Callable[[int], Sequence[str]], environment: Mapping[str, str]) -> Generator[tuple[int, int]]:
    """A process and the port at which it listens; it is ended when the block is."""
    port = _free_port()
    # What a key may spend in a minute is not what is measured.
    known = os.environ | environment | {"PORT": str(port), "TURNOUT_POINTS_A_MINUTE_KEY": "0"}
    process = subprocess.Popen(command(port), env=known, stdout=subprocess.DEVNULL)
    try:
        _wait_for(process, port)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    give_up = time.monotonic() + STARTING
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args} ended with {process.returncode}")
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.args} does not listen")


_WORDS: Final[Mapping[str, Callable[[Question, date], tuple[str, dict[str, Any]]]]] = {
    TURNOUT: lambda question, last: ("/graphql", question.turnout(last)),
    STOCK: lambda question, last: ("/graphql/", question.turnout(last)),
    BY_HAND: lambda question, last: (question.path, question.by_hand(last)),
    POSTGRAPHILE: lambda question, last: ("/graphql", question.postgraphile(last)),
}
