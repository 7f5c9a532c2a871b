"""What a server that was killed, or whose supervisor was, has left: processes to stop, ids not to be believed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from turnout.database.embedded_directory import DataDirectory
from turnout.database.embedded_error import EmbeddedPostgresError
from turnout.database.embedded_lock import FileLock

STEP_SECONDS = 0.02
# When a server that is left over gets which signal, seconds after it was found.
LEFT_OVER = (
    (0.0, signal.SIGINT),
    (1.0, signal.SIGINT),
    (30.0, signal.SIGQUIT),
    (40.0, signal.SIGKILL),
    (45.0, signal.SIGKILL),
)
LEFT_OVER_SECONDS = 50.0


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


def status(data: Path) -> tuple[str, str]:
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
    left_over = directory.data / "postmaster.pid"
    if not left_over.exists():
        return
    named = status(directory.data)[0]
    for pid, words in processes():
        if str(pid) == named and (str(directory.data) in words or _stands_in(pid, directory.data)):
            raise _in_use(
                directory, f"a Postgres that was not started by Turnout (process {pid}) uses {directory.data}"
            )
    left_over.unlink()


def _stands_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:  # it has ended, may not be asked, or this is no Linux
        return False


def _signal_left_over(name: str, how: signal.Signals) -> None:
    """Send the signal to the first process, or end its orphans at once, as it would itself after a crash.

    Orphans never get SIGINT: it would have the checkpointer declare an orderly shutdown while others still write.
    """
    seen = list(processes())
    targets = [pid for pid, words in seen if f"--cluster_name={name}" in words]
    if not targets:
        targets = [pid for pid, words in seen if " ".join(words).startswith(f"postgres: {name}: ")]
        how = max(how, signal.SIGQUIT)
    for pid in targets:
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
