"""Columns of a batch arrive at the database as they were, whatever stands in them."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest

from turnout.database.columns import Blobs, Flags, Instants, Numbers, Reals, Texts

EAST = timezone(timedelta(hours=5, minutes=45))
COLUMNS: dict[str, list[Any]] = {
    "bigint": Numbers([0, None, -(2**63), 2**63 - 1]),
    "double precision": Reals([0.0, None, -1.5, 1e300]),
    "boolean": Flags([True, None, False]),
    "text": Texts(["", None, "NULL", '{"a", \\}', "żółw 🐢", "NULL"]),
    "timestamptz": Instants([datetime(2000, 1, 1, tzinfo=UTC), None, datetime(1999, 12, 31, 23, 59, 59, 1, EAST)]),
    "bytea": Blobs([b"", None, b"\0\xff", bytes(70_000)]),
}


@pytest.fixture(scope="module")
def connection(server: str) -> Generator[psycopg.Connection[Any]]:
    with psycopg.connect(server, autocommit=True) as connected:
        yield connected


@pytest.mark.parametrize("of", COLUMNS)
def test_a_column_arrives_as_it_was(connection: psycopg.Connection[Any], of: str) -> None:
    [(arrived, its_type)] = connection.execute("select %(c)s, pg_typeof(%(c)s)::text", {"c": COLUMNS[of]}).fetchall()

    assert arrived == COLUMNS[of]
    assert its_type.removesuffix("[]") in {of, "timestamp with time zone"}


@pytest.mark.parametrize("of", COLUMNS)
def test_an_empty_column_has_its_type_too(connection: psycopg.Connection[Any], of: str) -> None:
    none = type(COLUMNS[of])()

    [(arrived, number)] = connection.execute("select %(c)s, cardinality(%(c)s)", {"c": none}).fetchall()

    assert (arrived, number) == ([], 0)
