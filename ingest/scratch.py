"""What must be remembered from row to row, kept on disk: memory stays flat however long the file is."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Final

_SET_UP: Final = """
    pragma journal_mode = off;
    pragma cache_size = -16384;
    begin;
    create table seen (row blob primary key, times integer not null) without rowid;
    create table ends (name blob primary key, at integer not null, line integer not null) without rowid;
"""
_COUNT: Final = "insert into seen values (?, 1) on conflict (row) do update set times = times + 1"
_COUNTED: Final = "select times from seen where row = ?"
_END: Final = """
    insert into ends values (?, ?, ?)
    on conflict (name) do update set at = excluded.at, line = excluded.line where excluded.at >= at
"""


class Scratch:
    """Counts rows that look alike, and keeps the latest instant of whatever ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def count(self, row: bytes) -> int:
        """How often this row has come, now included."""
        self._connection.execute(_COUNT, (row,))
        [(times,)] = self._connection.execute(_COUNTED, (row,)).fetchall()
        return times

    def end(self, name: bytes, at: int, line: int) -> None:
        """Something may have ended with this row: the latest stays."""
        self._connection.execute(_END, (name, at, line))

    def ends(self) -> Iterator[tuple[bytes, int, int]]:
        """Name, instant and line of every end, by line."""
        yield from self._connection.execute("select name, at, line from ends order by line")


@contextmanager
def open_scratch() -> Generator[Scratch]:
    """A place that nobody else sees and that is gone with the block, or with the process."""
    connection = sqlite3.connect("", isolation_level=None)
    try:
        connection.executescript(_SET_UP)
        yield Scratch(connection)
    finally:
        connection.close()
