"""What each statement of an ingest takes, as Postgres counts it; the look-ups of foreign keys are statements too."""

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

import psycopg

from turnout.database.embedded import attach
from turnout.database.statements import statements

SQL: Final = statements("benchmarks", "measured_statements.sql")
_VALUE: Final = re.compile(r"%\(\w+\)s|%s|\$\d+|'[^']*'|\b\d+\b")


def preload(data: Path) -> None:
    """Make the server count statements from its next start on."""
    with (
        attach(data) as server,
        psycopg.connect(server.conninfo(user="postgres", dbname="postgres"), autocommit=True) as admin,
    ):
        admin.execute(SQL["preload"])
        admin.execute(SQL["nested_too"])
        admin.execute(SQL["planning_too"])


def begin(admin: psycopg.Connection) -> None:
    """Count from zero."""
    admin.execute(SQL["create_extension"])
    admin.execute(SQL["reset"])


def report(admin: psycopg.Connection) -> None:
    """Milliseconds in all, the costliest statements first."""
    names = _names()
    print("milliseconds in all: executing, planning; calls, kilobytes of WAL")
    for text, calls, executing, planning, wal in admin.execute(SQL["costliest"]):
        name = names.get(_shape(text)) or " ".join(text.split())[:90]
        print(f"  {executing:9.1f} {planning:7.1f} {calls:9,} {wal / 1000:9.0f}   {name}")


def _names() -> Mapping[str, str]:
    """The names of our statements by what is left of them without values."""
    files_of = [file.name for file in files("turnout.ingest").iterdir() if file.name.endswith(".sql")]
    named = [(name, text) for file in files_of for name, text in statements("turnout.ingest", file).items()]
    return {_shape(text.replace("%%", "%")): name for name, text in named}


def _shape(text: str) -> str:
    return " ".join(_VALUE.sub("?", text).split())
