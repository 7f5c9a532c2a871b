"""The rival of an ingest: psycopg's binary COPY of the same activities, parsed, into a table with only its key."""

import time
from datetime import datetime
from typing import Any, Final

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from turnout.database.statements import statements
from turnout.ingest.activities import digest_of

SQL: Final = statements("benchmarks", "copying.sql")
_TYPES: Final = ("int4", "bytea", "text", "timestamptz", *["text"] * 9, "jsonb")
_NAMED: Final = ("event", "connection", "user", "role", "device", "client", "name")


def columns_of(company_id: int, bodies: list[bytes]) -> list[tuple[Any, ...]]:
    """What COPY is given: a row an activity, whose less common members are kept together as JSON."""
    return [_columns(company_id, msgspec.json.decode(body)) for body in bodies]


def copy(connection: psycopg.Connection, rows: list[tuple[Any, ...]]) -> float:
    """Seconds until the rows are committed."""
    began = time.perf_counter()
    with connection.transaction(), connection.cursor() as cursor, cursor.copy(SQL["copy"]) as copying:
        copying.set_types(_TYPES)
        for row in rows:
            copying.write_row(row)
    return time.perf_counter() - began


def _columns(company_id: int, told: dict[str, Any]) -> tuple[Any, ...]:
    said, digest = told["data"], digest_of(told["source"], told["id"])
    at = msgspec.convert(told["time"], datetime)
    named = [said.pop(name, None) for name in _NAMED]
    rest = Jsonb(said) if said else None
    return company_id, digest, told["type"], at, told["source"], told["id"], *named, rest
