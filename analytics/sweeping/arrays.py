"""Arrays between numpy and Postgres, in the binary form that both read at once."""

import struct
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from psycopg import AsyncConnection, AsyncCursor
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.postgres import types
from psycopg.pq import Format

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

# 'infinity', as Postgres sends it: here an instant that does not come. Instants are microseconds since 2000.
NEVER: Final = np.iinfo(np.int64).max
NONE: Final = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The values of a column to be written; a kind of it for each type of Postgres."""

    values: NDArray[Any]


class BigInts(Column):
    """For bigint[]."""


class Integers(Column):
    """For integer[]."""


class Flags(Column):
    """For boolean[]."""


class Instants(Column):
    """For timestamptz[]; what never comes is 'infinity'."""


_FORMS: Final[dict[str, tuple[type[Column], str]]] = {
    "int8": (BigInts, ">i8"),
    "int4": (Integers, ">i4"),
    "bool": (Flags, "?"),
    "timestamptz": (Instants, ">i8"),
}


def ints(values: ArrayLike) -> Ints:
    """As 64-bit integers."""
    return np.asarray(values, dtype=np.int64)


def cursor_of_arrays(connection: AsyncConnection[Any]) -> AsyncCursor[Any]:
    """A cursor that reads arrays as numpy's, and writes columns."""
    cursor = connection.cursor(binary=True)
    for name, (column, form) in _FORMS.items():
        kind = types[name]
        cursor.adapters.register_loader(kind.array_oid, _loader(form))
        cursor.adapters.register_dumper(column, _dumper(kind.oid, kind.array_oid, form))
    return cursor


def _element(form: DTypeLike) -> np.dtype[Any]:
    return np.dtype([("length", ">i4"), ("value", form)])


def _dumper(of_oid: int, array_oid: int, form: str) -> type[Dumper]:
    element = _element(form)
    length = np.dtype(form).itemsize

    class ColumnDumper(Dumper):
        format = Format.BINARY
        oid = array_oid

        def dump(self, obj: Column) -> Buffer:
            if not len(obj.values):
                return struct.pack(">iiI", 0, 0, of_oid)
            elements = np.empty(len(obj.values), element)
            elements["length"] = length
            elements["value"] = obj.values
            return struct.pack(">iiIii", 1, 0, of_oid, len(elements), 1) + elements.tobytes()

    return ColumnDumper


def _loader(form: str) -> type[Loader]:
    element = _element(form)
    native = np.dtype(np.bool_ if form == "?" else np.int64)

    class ArrayLoader(Loader):
        format = Format.BINARY

        def load(self, data: Buffer) -> NDArray[Any]:
            dimensions, has_null, _ = struct.unpack_from(">iiI", data)
            if not dimensions:
                return np.zeros(0, native)
            if has_null:
                raise ValueError("An array that is to be swept has a null in it.")
            return np.frombuffer(data, element, offset=20)["value"].astype(native)

    return ArrayLoader
