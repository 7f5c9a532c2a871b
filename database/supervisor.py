"""The parent of one data directory's Postgres: starts it, keeps it running while commands use it, then stops it.

    python -m turnout.database.supervisor DIR --lock FD --port PORT --start-timeout SECONDS [--tcp]

Started by `turnout.database.embedded.attach`, which holds the supervisor's lock already and hands it down. It answers
by one line of JSON on standard output, {} or the error, and goes on alone.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from turnout.database import binaries, embedded_account, embedded_cluster, embedded_left_over, embedded_sockets
from turnout.database.embedded_directory import Announcement, DataDirectory
from turnout.database.embedded_error import EmbeddedPostgresError
from turnout.database.embedded_process import Postgres

POLL_SECONDS = 0.1
PAUSE_SECONDS = 1.0
RECOVERY_SECONDS = 3600.0  # nobody waits for it, and starting it anew would only begin the recovery again


class Supervisor:
    """Keeps one Postgres running. Making one starts it, and raises EmbeddedPostgresError or OSError."""

    def __init__(self, directory: DataDirectory, *, port: int, tcp: bool, start_timeout: float) -> None:
        self._directory = directory
        self._port = port
        self._tcp = tcp
        self._door = directory.lock("door")
        self._users = directory.lock("users")
        self._account = embedded_account.choose(directory)
        embedded_account.demand_entry(self._account, directory.path)
        self._binaries = binaries.find(self._account, directory)
        directory.trim_log()
        self._postgres = self._start(start_timeout)

    def watch(self) -> None:
        """Start Postgres again when it dies; return when it is stopped because nobody uses it any more."""
        while not self._nobody_left():
            if not self._postgres.running:
                self._directory.withdraw()
                self._start_again()
            time.sleep(POLL_SECONDS)
        self._directory.withdraw()
        self._postgres.stop()
        embedded_sockets.leave(self._directory)

    def _start(self, timeout: float) -> Postgres:
        with self._directory.lock("postgres.lock") as lock:
            embedded_left_over.await_the_last(self._directory, lock)
            embedded_cluster.make(self._directory, self._binaries, self._account, lock)
            embedded_cluster.write_access(self._directory, self._account, tcp=self._tcp)
            folder = embedded_sockets.settle(self._directory, self._account)
            settings = self._settings(folder)
            postgres = Postgres.start(self._directory, self._binaries, self._account, lock, settings)
        try:
            postgres.await_connections(timeout)
            self._directory.announce(Announcement(str(folder), self._port, self._tcp, os.getpid(), postgres.pid))
        except BaseException:
            postgres.stop()
            raise
        return postgres

    def _start_again(self) -> None:
        try:
            self._postgres = self._start(RECOVERY_SECONDS)
        except (EmbeddedPostgresError, OSError) as error:
            with suppress(OSError):  # the disk may be full, and the server must come back when it is not any more
                os.write(2, f"Postgres ended and could not be started again, trying on: {error}\n".encode())
            time.sleep(PAUSE_SECONDS)

    def _settings(self, socket_folder: Path) -> dict[str, str]:
        """What must hold whatever postgresql.conf says."""
        return {
            "cluster_name": embedded_left_over.cluster_name(self._directory),
            "listen_addresses": "127.0.0.1" if self._tcp else "",
            "port": str(self._port),
            "unix_socket_directories": str(socket_folder),
            "unix_socket_permissions": "0700",
            "hba_file": str(self._directory.path / "pg_hba.conf"),
            "ident_file": str(self._directory.path / "pg_ident.conf"),
            "logging_collector": "off",
            "log_destination": "stderr",
            # Without the rows and statements that an error quotes: there are names in them.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
        }

    def _nobody_left(self) -> bool:
        """Decide to stop, at the door, so that nobody comes in meanwhile. Both locks then stay held to the end."""
        if not self._users.try_hold():
            return False
        if self._door.try_hold():
            return True
        self._users.release()
        return False


def main() -> None:
    """Leave the caller's session, run the server, answer, and stay until nobody uses it."""
    parser = argparse.ArgumentParser(prog="turnout.database.supervisor")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--lock", type=int, required=True, help="the handle of the supervisor's lock: open to the end")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--start-timeout", type=float, required=True)
    parser.add_argument("--tcp", action="store_true")
    given = parser.parse_args()
    if os.fork():  # the caller waits for this one only: no zombie and no child for it to look after
        os._exit(0)
    _be_left_alone()
    directory = DataDirectory(given.directory)
    try:
        supervisor = Supervisor(directory, port=given.port, tcp=given.tcp, start_timeout=given.start_timeout)
    except EmbeddedPostgresError as error:
        _answer(error)
        return
    except OSError as error:
        _answer(EmbeddedPostgresError.refused(directory.path, error))
        return
    _speak_to_the_log(directory)
    _answer(None)
    supervisor.watch()


def _be_left_alone() -> None:
    """Signals meant for all processes of a group or machine end the commands; the server must outlive them."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda _number, _frame: None)  # unlike SIG_IGN not inherited by Postgres
    os.chdir("/")


def _speak_to_the_log(directory: DataDirectory) -> None:
    log = directory.open_log()
    os.dup2(log, 2)
    os.close(log)


def _answer(failed: EmbeddedPostgresError | None) -> None:
    """Answer the command that has started us, if it is still there, and let go of it."""
    answer = {"code": failed.code, "message": failed.message, "hint": failed.hint} if failed else {}
    with suppress(BrokenPipeError):
        os.write(1, json.dumps(answer).encode())
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.close(null)


if __name__ == "__main__":
    main()
