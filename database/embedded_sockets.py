"""The private folder of the server's socket: `run` in the data directory, or a short one that `run` points to."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from turnout.database.embedded_account import Account
from turnout.database.embedded_directory import DataDirectory

LONGEST = 107 if sys.platform == "linux" else 103  # bytes of a socket's path, by the kernel's sockaddr_un
LONGEST_NAME = "/.s.PGSQL.65535"
SEPARATORS = set(",'\"\\\n")  # Postgres and libpq read the folder as a list of folders


def settle(directory: DataDirectory, account: Account) -> Path:
    """The socket folder, private to the account and empty. Call it only when no Postgres of this directory is left."""
    folder = _own(directory.run, account) if fits(directory.run) else _short(directory, account)
    for left_over in folder.glob(".s.PGSQL.*"):  # names a dead server's id, which another process may have by now
        left_over.unlink()
    return folder


def leave(directory: DataDirectory) -> None:
    """Take a short folder away again."""
    if directory.run.is_symlink():
        with suppress(OSError):  # it is gone, or somebody keeps a file in it
            directory.run.readlink().rmdir()
        directory.run.unlink()


def fits(folder: Path) -> bool:
    """Whether a socket in this folder can be named to the kernel, to Postgres and to libpq."""
    raw = os.fsencode(folder)
    named = raw.decode("utf-8", "replace") == str(folder) and not SEPARATORS & set(str(folder))
    return named and len(raw) + len(LONGEST_NAME) <= LONGEST


def _own(folder: Path, account: Account) -> Path:
    if folder.is_symlink():  # the data directory had a longer path before
        folder.unlink()
    if folder.exists() and not _ours(folder, account):  # copied here by another account
        shutil.rmtree(folder)
    if not folder.exists():
        folder.mkdir(mode=0o700)
        account.own(folder)
    return folder


def _short(directory: DataDirectory, account: Account) -> Path:
    run = directory.run
    if run.is_symlink() and _ours(folder := run.readlink(), account):
        return folder
    if run.is_symlink():
        run.unlink()
    elif run.exists():  # the data directory had a shorter path before
        shutil.rmtree(run)
    folder = Path(tempfile.mkdtemp(prefix="turnout-", dir=_base(account)))
    account.own(folder)
    run.symlink_to(folder)
    return folder


def _ours(folder: Path, account: Account) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and not found.st_mode & 0o077


def _base(account: Account) -> str:
    """Where short folders may be; root's own run-time folder is closed to the account it changes to."""
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    usable = not account.drop and own.startswith("/") and os.access(own, os.W_OK | os.X_OK)
    return own if usable and fits(Path(own, "turnout-12345678")) else "/tmp"  # noqa: S108 - mkdtemp makes it private
