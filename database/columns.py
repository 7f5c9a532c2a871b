"""Columns of a batch as parameters: lists of one type, sent to the server as its binary arrays.

psycopg asks each element of a list for its type and writes it alone; for a batch of thousands of rows that costs more
than to store them. Here the type is the column's: so a statement is prepared once, too, whatever its values are.
"""

import struct
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Final

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_FIRST_DAY: Final = _EPOCH.date().toordinal()
_NULL: Final = b"\xff\xff\xff\xff"
_HEADER: Final = struct.Struct("!iiIii").pack
_EMPTY: Final = struct.Struct("!iiI").pack
_DAY: Final = struct.Struct("!ii").pack
_NUMBER: Final = struct.Struct("!iq").pack
_REAL: Final = struct.Struct("!id").pack
_FLAGS: Final = {None: _NULL, False: b"\0\0\0\1\0", True: b"\0\0\0\1\1"}


class Numbers(list[int | None]):
    """`bigint[]`."""


class Reals(list[float | None]):
    """`double precision[]`."""


class Flags(list[bool | None]):
    """`boolean[]`."""


class Texts(list[str | None]):
    """`text[]`; an element that is None is null, here as in the others."""


class Instants(list[datetime | None]):
    """`timestamptz[]`."""


class Days(list[date]):
    """`date[]`."""


class Blobs(list[bytes | None]):
    """`bytea[]`."""


class _ColumnDumper(Dumper):
    """A header, then each value behind its length."""

    format = Format.BINARY
    element: ClassVar[int]

    def dump(self, obj: list[Any]) -> Buffer:
        if not obj:
            return _EMPTY(0, 0, self.element)
        return _HEADER(1, 0, self.element, len(obj), 1) + b"".join(self.cells(obj))

    def cells(self, values: list[Any]) -> Iterable[bytes]:
        """Each value as the server reads it."""
        raise NotImplementedError


class _NumbersDumper(_ColumnDumper):
    oid, element = 1016, 20

    def cells(self, values: list[int | None]) -> Iterable[bytes]:
        return [_NULL if value is None else _NUMBER(8, value) for value in values]


class _RealsDumper(_ColumnDumper):
    oid, element = 1022, 701

    def cells(self, values: list[float | None]) -> Iterable[bytes]:
        return [_NULL if value is None else _REAL(8, value) for value in values]


class _FlagsDumper(_ColumnDumper):
    oid, element = 1000, 16

    def cells(self, values: list[bool | None]) -> Iterable[bytes]:
        return [_FLAGS[value] for value in values]


class _TextsDumper(_ColumnDumper):
    oid, element = 1009, 25

    def cells(self, values: list[str | None]) -> Iterable[bytes]:
        written = {value: _blob(None if value is None else value.encode()) for value in set(values)}
        return [written[value] for value in values]


class _InstantsDumper(_ColumnDumper):
    oid, element = 1185, 1184

    def cells(self, values: list[datetime | None]) -> Iterable[bytes]:
        return [_NULL if value is None else _NUMBER(8, (value - _EPOCH) // _MICROSECOND) for value in values]


class _DaysDumper(_ColumnDumper):
    oid, element = 1182, 1082

    def cells(self, values: list[date]) -> Iterable[bytes]:
        return [_DAY(4, value.toordinal() - _FIRST_DAY) for value in values]


class _BlobsDumper(_ColumnDumper):
    oid, element = 1001, 17

    def cells(self, values: list[bytes | None]) -> Iterable[bytes]:
        return [_blob(value) for value in values]


def _blob(value: bytes | None) -> bytes:
    return _NULL if value is None else len(value).to_bytes(4, "big") + value


_DUMPERS: Final[dict[type, type[_ColumnDumper]]] = {
    Numbers: _NumbersDumper,
    Reals: _RealsDumper,
    Flags: _FlagsDumper,
    Texts: _TextsDumper,
    Instants: _InstantsDumper,
    Days: _DaysDumper,
    Blobs: _BlobsDumper,
}
for _column, _dumper in _DUMPERS.items():
    psycopg.adapters.register_dumper(_column, _dumper)
