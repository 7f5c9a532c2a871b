"""The OS account that runs Postgres: the caller's own, or an existing unprivileged one when the caller is root."""

from __future__ import annotations

import os
import pwd
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from turnout.database.embedded_directory import DataDirectory
from turnout.database.embedded_error import EmbeddedPostgresError

SETTING = "TURNOUT_PG_USER"
ENTER_EACH = 'for folder do cd -- "$folder" || { printf %s "$folder"; exit 1; }; done'


@dataclass(frozen=True)
class Account:
    """Who runs Postgres. `drop` says that a child process must change to it first."""

    uid: int
    gid: int
    drop: bool

    @property
    def user(self) -> int | None:
        """For subprocess: the account to change to."""
        return self.uid if self.drop else None

    @property
    def group(self) -> int | None:
        """For subprocess: the group to change to."""
        return self.gid if self.drop else None

    @property
    def extra_groups(self) -> list[int] | None:
        """For subprocess: no group of root's."""
        return [] if self.drop else None

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a short command as this account and return what it said."""
        return subprocess.run(
            [os.fspath(word) for word in command],
            user=self.user,
            group=self.group,
            extra_groups=self.extra_groups,
            cwd="/",
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )

    def may_run(self, program: Path) -> bool:
        """Whether this account reaches the program and may run it."""
        if not self.drop:
            return os.access(program, os.X_OK)
        return self.run("/bin/sh", "-c", 'test -x "$1"', "sh", program).returncode == 0

    def own(self, path: Path) -> None:
        """Give a directory that we have just made to this account."""
        if self.drop:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    @property
    def name(self) -> str:
        """Its name, or its number where it has none."""
        with suppress(KeyError):
            return pwd.getpwuid(self.uid).pw_name
        return str(self.uid)

    def names(self) -> list[str]:
        """Who may log in by peer authentication: the caller, this account, and root, who may do anything anyway."""
        found: list[str] = []
        for uid in (os.geteuid(), self.uid, 0):
            with suppress(KeyError):
                found.append(pwd.getpwuid(uid).pw_name)
        return list(dict.fromkeys(found))


def environment() -> dict[str, str]:
    """The environment of Postgres's programs: nothing of the caller's that could change what they do."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def choose(directory: DataDirectory) -> Account:
    """The account for this directory. Raises ACCOUNT_UNKNOWN, ACCOUNT_WITHOUT_NAME, DATA_DIRECTORY_OF_ROOT.

    As root: the owner of the cluster, which Postgres insists on; for a new one the account that is asked for, else the
    owner of the directory, so that a user's directory stays the user's, else an account that is there on most machines.
    """
    if os.geteuid() != 0:
        return _caller()
    if directory.data.exists():
        return _owner(directory.data)
    if wanted := os.environ.get(SETTING):
        return _unprivileged(wanted)
    if directory.path.stat().st_uid != 0:
        return _owner(directory.path)
    return _unprivileged("postgres", "nobody")


def demand_entry(account: Account, path: Path) -> None:
    """Raises DATA_DIRECTORY_UNREACHABLE unless the account may enter the directory and all above it.

    Raises ACCOUNT_UNUSABLE when this root may not become the account.
    """
    if not account.drop:
        return
    try:
        closed = account.run("/bin/sh", "-c", ENTER_EACH, "sh", *_from_the_top(path))
    except OSError as error:
        raise EmbeddedPostgresError(
            "ACCOUNT_UNUSABLE",
            f"Postgres does not run as root, and this root may not become {account.name!r}: {error.strerror}",
            "run as an ordinary account, or in a container whose root may change to others",
        ) from error
    if closed.returncode:
        raise EmbeddedPostgresError(
            "DATA_DIRECTORY_UNREACHABLE",
            f"Postgres runs as {account.name!r} and may not enter {closed.stdout}, so it cannot use {path}",
            "name another place with --data (for example /var/lib/turnout), or run as the owner of that folder",
        )


def _caller() -> Account:
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise EmbeddedPostgresError(
            "ACCOUNT_WITHOUT_NAME",
            f"the account with the id {os.geteuid()} has no name on this machine, which Postgres needs",
            "run as an account of /etc/passwd, or as root, or use a server of your own (DATABASE_URL)",
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, drop=False)


def _owner(folder: Path) -> Account:
    found = folder.stat()
    if found.st_uid == 0:
        raise EmbeddedPostgresError(
            "DATA_DIRECTORY_OF_ROOT",
            f"{folder} belongs to root, and Postgres does not run as root",
            f"give it to the account that ran Postgres before, for example: chown -R postgres '{folder}'",
        )
    with suppress(KeyError):
        return Account(found.st_uid, pwd.getpwuid(found.st_uid).pw_gid, drop=True)
    return Account(found.st_uid, found.st_gid, drop=True)


def _unprivileged(*names: str) -> Account:
    for name in names:
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            if entry.pw_uid != 0:
                return Account(entry.pw_uid, entry.pw_gid, drop=True)
    raise EmbeddedPostgresError(
        "ACCOUNT_UNKNOWN",
        f"Postgres does not run as root, and there is no unprivileged account {' or '.join(names)} on this machine",
        f"set {SETTING} to an existing unprivileged account",
    )


def _from_the_top(path: Path) -> list[Path]:
    return [*reversed(path.parents), path]
