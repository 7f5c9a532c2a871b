"""One Postgres: started as a child that does not outlive this process, watched, stopped; and what a dead one left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from turnout.database.binaries import Binaries
from turnout.database.embedded_account import Account, environment
from turnout.database.embedded_cluster import dies_with_this_process
from turnout.database.embedded_directory import DataDirectory, FileLock
from turnout.database.embedded_error import EmbeddedPostgresError

STEP_SECONDS = 0.02
# A server that is left over is asked to stop, then told, then killed: seconds after which each signal is sent.
LEFT_OVER = ((0.0, signal.SIGINT), (30.0, signal.SIGQUIT), (40.0, signal.SIGKILL))
LEFT_OVER_SECONDS = 50.0
FAST_SECONDS = 30.0
IMMEDIATE_SECONDS = 10.0
TAIL_BYTES = 4000


def await_the_last(directory: DataDirectory, lock: FileLock) -> None:
    """Hold the lock of Postgres's processes, having stopped those that are left over. Raises CLUSTER_IN_USE."""
    began = time.monotonic()
    signals = list(LEFT_OVER)
    while not lock.try_hold():
        waited = time.monotonic() - began
        if signals and waited >= signals[0][0]:
            _signal_left_over(cluster_name(directory), signals.pop(0)[1])
        if waited > LEFT_OVER_SECONDS:
            raise _in_use(directory, "a Postgres of this directory does not stop")
        time.sleep(STEP_SECONDS)
    _forget(directory)


def cluster_name(directory: DataDirectory) -> str:
    """A name that no other directory's cluster has; every process of Postgres shows it in its title."""
    lock = (directory.path / "postgres.lock").stat()
    return f"turnout-{lock.st_dev:x}-{lock.st_ino:x}"


class Postgres:
    """One run of the server."""

    def __init__(self, directory: DataDirectory, process: subprocess.Popen[bytes], log_start: int) -> None:
        self.pid = process.pid
        self._directory = directory
        self._process = process
        self._log_start = log_start

    @classmethod
    def start(
        cls,
        directory: DataDirectory,
        binaries: Binaries,
        account: Account,
        lock: FileLock,
        settings: dict[str, str],
    ) -> Postgres:
        """Start it; it and its children inherit the lock."""
        log = directory.open_log()
        try:
            log_start = os.fstat(log).st_size
            process = subprocess.Popen(
                [binaries.postgres, "-D", directory.data, *(f"--{name}={value}" for name, value in settings.items())],
                user=account.user,
                group=account.group,
                extra_groups=account.extra_groups,
                cwd="/",
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock.fd,),
                preexec_fn=dies_with_this_process(signal.SIGINT),  # noqa: PLW1509 - we have one thread
            )
        finally:
            os.close(log)
        return cls(directory, process, log_start)

    @property
    def running(self) -> bool:
        """Whether the server's first process lives."""
        return self._process.poll() is None

    def await_connections(self, seconds: float) -> None:
        """Wait until it accepts connections. Raises POSTGRES_DID_NOT_START."""
        deadline = time.monotonic() + seconds
        while not self._ready():
            if not self.running:
                raise self._not_started("Postgres ended while it was starting")
            if time.monotonic() > deadline:
                raise self._not_started(f"Postgres did not accept connections within {seconds:g} s")
            time.sleep(STEP_SECONDS)

    def stop(self) -> None:
        """End all sessions and stop in good order; without order when that takes too long."""
        for how, seconds in ((signal.SIGINT, FAST_SECONDS), (signal.SIGQUIT, IMMEDIATE_SECONDS)):
            self._process.send_signal(how)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            return
        self._process.kill()
        self._process.wait()

    def _ready(self) -> bool:
        return _status(self._directory.data) == (str(self.pid), "ready")

    def _not_started(self, what: str) -> EmbeddedPostgresError:
        with self._directory.log.open("rb") as log:
            log.seek(self._log_start)
            tail = log.read()[-TAIL_BYTES:].decode("utf-8", "replace").strip()
        return EmbeddedPostgresError(
            "POSTGRES_DID_NOT_START", f"{what}:\n{tail}", f"see what it says; the whole log is {self._directory.log}"
        )


def _status(data: Path) -> tuple[str, str]:
    """What postmaster.pid says: the id and the state; empty when it is not there or half-written."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return "", ""
    return (lines[0], lines[7].strip()) if len(lines) > 7 else (lines[0] if lines else "", "")


def _forget(directory: DataDirectory) -> None:
    """Remove the id that a killed server left, which another process may have by now.

    No process of ours is left; the one named can only be a server that somebody started by hand.
    """
    named = _status(directory.data)[0]
    for pid, words in processes():
        if str(pid) == named and str(directory.data) in words:
            raise _in_use(
                directory, f"a Postgres that was not started by Turnout (process {pid}) uses {directory.data}"
            )
    (directory.data / "postmaster.pid").unlink(missing_ok=True)


def _signal_left_over(name: str, how: signal.Signals) -> None:
    for pid, words in processes():
        if f"--cluster_name={name}" in words or " ".join(words).startswith(f"postgres: {name}: "):
            with suppress(ProcessLookupError, PermissionError):  # gone, or another account's: then the wait is in vain
                os.kill(pid, how)


def processes() -> Iterator[tuple[int, list[str]]]:
    """The ids and command lines of all processes."""
    if sys.platform == "linux":
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError, PermissionError):  # ended meanwhile, or hidden
                yield int(folder.name), os.fsdecode((folder / "cmdline").read_bytes()).split("\0")
        return
    listing = subprocess.run(["ps", "-axo", "pid=,command="], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        pid, _, command = line.strip().partition(" ")
        yield int(pid), command.split(" ")


def _in_use(directory: DataDirectory, what: str) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        "CLUSTER_IN_USE", what, f"stop that server, or name another place than {directory.path}"
    )
