"""One Postgres: started as a child that does not outlive this process, watched, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time

from turnout.database.binaries import Binaries
from turnout.database.embedded_account import Account, environment
from turnout.database.embedded_cluster import dies_with_this_process
from turnout.database.embedded_directory import DataDirectory
from turnout.database.embedded_error import EmbeddedPostgresError
from turnout.database.embedded_left_over import status
from turnout.database.embedded_lock import FileLock

STEP_SECONDS = 0.02
FAST_SECONDS = 30.0
IMMEDIATE_SECONDS = 10.0
TAIL_BYTES = 4000


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
        return status(self._directory.data) == (str(self.pid), "ready")

    def _not_started(self, what: str) -> EmbeddedPostgresError:
        with self._directory.log.open("rb") as log:
            log.seek(self._log_start)
            tail = log.read()[-TAIL_BYTES:].decode("utf-8", "replace").strip()
        return EmbeddedPostgresError(
            "POSTGRES_DID_NOT_START", f"{what}:\n{tail}", f"see what it says; the whole log is {self._directory.log}"
        )
