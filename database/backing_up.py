"""A backup: everything of every company, as one snapshot sees it, into one file."""

from datetime import UTC
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import IsolationLevel, sql

from turnout.database import archive, dumping
from turnout.database.archive import Manifest
from turnout.database.errors import TurnoutError
from turnout.database.statements import statements

_SQL: Final = statements("turnout.database", "backup.sql")


def back_up(conninfo: str, file: Path) -> Manifest:
    """Write a backup while everything goes on; returns what is in it.

    `conninfo` is a login that row security does not hold: a superuser, or one with BYPASSRLS that may read everything.
    Raises TurnoutError FILE_EXISTS, FILE_UNWRITABLE, BACKUP_FAILED, POSTGRES_NOT_FOUND, NOT_ALLOWED.
    """
    with archive.writing(file) as opened, psycopg.connect(conninfo) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        try:
            connection.execute(_SQL["show_all_or_fail"])
            manifest = _describe(connection)
        except psycopg.errors.InsufficientPrivilege as error:
            raise TurnoutError(
                "NOT_ALLOWED",
                f"The login may not see everything: {error.diag.message_primary}.",
                "Use a superuser, or a role with BYPASSRLS that may read every table.",
            ) from error
        [(snapshot,)] = connection.execute(_SQL["export_snapshot"]).fetchall()
        with opened.dump() as target:
            dumping.dump(conninfo, snapshot, target)
        opened.seal(manifest)
    return manifest


def _describe(connection: psycopg.Connection[Any]) -> Manifest:
    [(schema, revision, server, as_of)] = connection.execute(_SQL["describe"]).fetchall()
    as_of = as_of.astimezone(UTC).isoformat()
    return Manifest(archive.FORMAT, schema, revision, server, as_of, count_rows(connection))


def count_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows each table of ours has, of all companies."""
    tables = [name for (name,) in connection.execute(_SQL["tables"]).fetchall()]
    return {name: _count(connection, name) for name in tables}


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    counted = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier("turnout", table)))
    return counted.fetchall()[0][0]
