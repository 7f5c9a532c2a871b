"""The cluster: how it is made, who may log in, and its settings."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable

from turnout.database.binaries import MAJOR, Binaries
from turnout.database.embedded_account import Account, environment
from turnout.database.embedded_directory import DataDirectory
from turnout.database.embedded_error import EmbeddedPostgresError
from turnout.database.embedded_lock import FileLock

PR_SET_PDEATHSIG = 1
INITDB = (
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--auth-local=peer",
    "--auth-host=scram-sha-256",
    "--no-instructions",
)
# Written to postgresql.conf once, so that ALTER SYSTEM can change them.
SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
}
ACCESS_BY_SOCKET = """\
local all postgres peer map=turnout
local all /^turnout_ peer map=turnout
"""
ACCESS_BY_TCP = "host turnout +turnout_bi 127.0.0.1/32 scram-sha-256\n"


def make(directory: DataDirectory, binaries: Binaries, account: Account, lock: FileLock) -> None:
    """Make the cluster unless it is there. A half-made one is never taken for one. Raises as the checks say."""
    if directory.data.exists():
        _demand_version(directory)
        return
    shutil.rmtree(directory.unfinished_data, ignore_errors=True)
    directory.unfinished_data.mkdir(mode=0o700)
    account.own(directory.unfinished_data)
    _initdb(directory, binaries, account, lock)
    directory.unfinished_data.rename(directory.data)
    _sync(directory)


def write_access(directory: DataDirectory, account: Account, *, tcp: bool) -> None:
    """Who may log in: the caller and Postgres's account by socket; by TCP, when it is open, companies' BI."""
    owner = directory.data.stat()
    names = [f'"{name}"' for name in account.names()]
    roles = ("postgres", "/^turnout_")
    directory.write("pg_ident.conf", "".join(f"turnout {name} {role}\n" for name in names for role in roles), owner)
    directory.write("pg_hba.conf", ACCESS_BY_SOCKET + (ACCESS_BY_TCP if tcp else ""), owner)


def dies_with_this_process(how: signal.Signals) -> Callable[[], None] | None:
    """For a child, before it becomes Postgres: have the kernel send it this signal when its parent ends (Linux)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arm() -> None:
        prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)
        if os.getppid() != parent:  # it ended before we asked; comparing with 1 would be wrong in a container
            os._exit(1)

    return arm


def _initdb(directory: DataDirectory, binaries: Binaries, account: Account, lock: FileLock) -> None:
    settings = [f"--set={name}={value}" for name, value in SETTINGS.items()]
    done = subprocess.run(
        [binaries.initdb, "--pgdata", directory.unfinished_data, *INITDB, *settings],
        user=account.user,
        group=account.group,
        extra_groups=account.extra_groups,
        cwd="/",
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        pass_fds=(lock.fd,),
        preexec_fn=dies_with_this_process(signal.SIGKILL),
    )
    if done.returncode:
        raise EmbeddedPostgresError(
            "CLUSTER_NOT_MADE",
            f"initdb could not make a cluster in {directory.path}:\n{done.stdout.strip()}",
            "see what initdb says; is there space on the disk?",
        )


def _demand_version(directory: DataDirectory) -> None:
    version = directory.data / "PG_VERSION"
    found = version.read_text(encoding="ascii").strip() if version.exists() else "none"
    if found != str(MAJOR):
        raise EmbeddedPostgresError(
            "CLUSTER_OTHER_VERSION",
            f"{directory.data} holds a cluster of version {found}, and this is Postgres {MAJOR}",
            "name another place with --data, or bring the cluster to Postgres 18 by pg_dump and pg_restore",
        )


def _sync(directory: DataDirectory) -> None:
    """Make the renaming durable; initdb has synced all inside."""
    folder = os.open(directory.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
