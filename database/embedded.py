"""Postgres 18 in a folder, for whoever has no server: started by the first command, shared, stopped by the last.

with attach(Path(".data")) as server:
    connection = psycopg.connect(server.conninfo(user="turnout_app", dbname="turnout"))
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from turnout.database.embedded_directory import Announcement, DataDirectory
from turnout.database.embedded_error import EmbeddedPostgresError
from turnout.database.embedded_lock import FileLock

__all__ = ["Attachment", "EmbeddedPostgresError", "Server", "attach"]

DEFAULT_PORT = 5432  # without TCP it is only a part of the socket's name
START_SECONDS = 300.0  # after a power failure there may be much to recover
STOP_SECONDS = 45.0
STEP_SECONDS = 0.02
PING_SECONDS = 5


@dataclass(frozen=True)
class Server:
    """A running server: its private socket, and its port on 127.0.0.1 when TCP was asked for."""

    socket_folder: Path
    port: int
    tcp: bool

    def conninfo(self, *, user: str, dbname: str) -> str:
        """The connection string for psycopg, by socket; no password is needed for `postgres` and `turnout_…`."""
        return make_conninfo(host=str(self.socket_folder), port=self.port, user=user, dbname=dbname)


class Attachment:
    """One command's use of a data directory's server; ends with `close` or with the process, however that ends.

    In an asyncio server: `await asyncio.to_thread(attach, directory)`, and the same for `close`, for both wait.
    """

    def __init__(self, directory: DataDirectory, users: FileLock, server: Server) -> None:
        self.server = server
        self._directory = directory
        self._users = users

    def close(self) -> None:
        """Leave. The last one waits until the server has stopped, 45 s at most. May be called again."""
        self._users.close()
        deadline = time.monotonic() + STOP_SECONDS
        with suppress(FileNotFoundError):  # the directory has been deleted: there is nothing to wait for
            while time.monotonic() < deadline and self._directory.supervised() and not self._directory.used():
                time.sleep(STEP_SECONDS)

    def __enter__(self) -> Server:
        return self.server

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def attach(directory: Path, *, port: int | None = None, start_timeout: float = START_SECONDS) -> Attachment:
    """Join the server of this directory, starting it (and making its cluster) when needed.

    Blocks until it accepts connections; `start_timeout` (seconds) is for Postgres itself, not for making the cluster.
    `port` opens it on 127.0.0.1 too. Raises EmbeddedPostgresError.
    """
    home = DataDirectory.prepare(directory)
    users = home.lock("users")
    try:
        with home.lock("door") as door:
            door.hold()
            users.share()
            server = _join_or_start(home, port, start_timeout)
    except OSError as error:
        users.close()
        raise EmbeddedPostgresError.refused(home.path, error) from error
    except BaseException:
        users.close()
        raise
    return Attachment(home, users, server)


def _join_or_start(home: DataDirectory, port: int | None, start_timeout: float) -> Server:
    deadline = time.monotonic() + start_timeout + STOP_SECONDS
    while time.monotonic() < deadline:
        with home.lock("supervisor.lock") as lock:
            if lock.try_hold():
                home.withdraw()
                _launch(home, lock, port, start_timeout)
        if (announced := home.announced()) and _accepts(server := _described(announced)):
            return _demand_port(server, port)
        time.sleep(STEP_SECONDS)
    raise EmbeddedPostgresError(
        "POSTGRES_DID_NOT_START",
        f"the server of {home.path} is being started by another command, but does not get ready",
        f"see {home.log}",
    )


def _launch(home: DataDirectory, lock: FileLock, port: int | None, start_timeout: float) -> None:
    """Start a supervisor that inherits its lock, and wait for its answer."""
    command = [sys.executable, "-P", "-m", "turnout.database.supervisor", str(home.path), f"--lock={lock.fd}"]
    options = [f"--port={DEFAULT_PORT}"] if port is None else [f"--port={port}", "--tcp"]
    done = subprocess.run(
        [*command, *options, f"--start-timeout={start_timeout}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        pass_fds=(lock.fd,),
        start_new_session=True,  # Ctrl-C in the terminal is for the command, not for the server
        check=False,
    )
    if not done.stdout:
        raise EmbeddedPostgresError(
            "SUPERVISOR_FAILED",
            f"the supervisor of {home.path} ended:\n{done.stderr.decode(errors='replace').strip()}",
            "this is a fault of Turnout: please report it",
        )
    if failed := json.loads(done.stdout):
        raise EmbeddedPostgresError(**failed)


def _described(announced: Announcement) -> Server:
    return Server(Path(announced.socket_folder), announced.port, announced.tcp)


def _accepts(server: Server) -> bool:
    """Whether it answers; a server that was killed a moment ago is still announced."""
    conninfo = make_conninfo(server.conninfo(user="postgres", dbname="postgres"), connect_timeout=PING_SECONDS)
    return PGconn.ping(conninfo.encode()) == Ping.OK


def _demand_port(server: Server, port: int | None) -> Server:
    if port is None or (server.tcp and server.port == port):
        return server
    raise EmbeddedPostgresError(
        "PORT_NOT_OPEN",
        f"the server of this directory is running already, without port {port}",
        "stop the commands that use the directory, then start the one that asks for the port first",
    )
