"""A backup becomes a database again: beside the empty one, whose place it takes when it is whole."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import IsolationLevel, sql
from psycopg.conninfo import make_conninfo

from turnout.database import archive, dumping
from turnout.database.archive import Manifest
from turnout.database.backing_up import count_rows
from turnout.database.errors import TurnoutError
from turnout.database.migrating import create_database, prepare
from turnout.database.revisions import known_revisions
from turnout.database.statements import statements

_SQL: Final = statements("turnout.database", "backup.sql")
_DROP: Final = sql.SQL("drop database if exists {}")
_RENAME: Final = sql.SQL("alter database {} rename to {}")


def restore(admin_conninfo: str, database: str, file: Path) -> Manifest:
    """Put a backup in the place of an empty database, and bring its schema up to date; returns what is in it.

    `admin_conninfo` is a superuser's login to another database of the same server. Whatever fails, the empty database
    stays as it was. Raises TurnoutError FILE_UNREADABLE, BACKUP_DAMAGED, BACKUP_TOO_NEW,
    DATABASE_NOT_PREPARED, DATABASE_NOT_EMPTY, DATABASE_IN_USE, RESTORE_FAILED, POSTGRES_NOT_FOUND.
    """
    with archive.reading(file) as (manifest, packed), psycopg.connect(admin_conninfo, autocommit=True) as admin:
        if manifest.revision not in known_revisions():
            hint = "Restore it with the version that wrote it, or a newer one."
            raise TurnoutError("BACKUP_TOO_NEW", f"{file} is of a schema that this version does not know.", hint)
        _demand_empty(admin_conninfo, database)
        with _beside(admin, database) as name:
            target = make_conninfo(admin_conninfo, dbname=name)
            with packed.open(archive.DUMP) as source:
                dumping.restore(target, source)
            _compare(target, manifest)
            prepare(admin_conninfo, name)
            _analyze(target)
            _demand_empty(admin_conninfo, database)
            _take_place(admin, name, database)
    return manifest


def _demand_empty(admin_conninfo: str, database: str) -> None:
    with psycopg.connect(make_conninfo(admin_conninfo, dbname=database)) as connection:
        [(has_schema,)] = connection.execute(_SQL["has_schema"]).fetchall()
        if not has_schema:
            hint = "Run `turnout database prepare` first, or name the database that it has prepared."
            raise TurnoutError("DATABASE_NOT_PREPARED", f"The database {database} has no schema.", hint)
        if connection.execute(_SQL["has_company"]).fetchall() == [(True,)]:
            raise TurnoutError(
                "DATABASE_NOT_EMPTY",
                f"The database {database} has companies.",
                "Restore into a new one: another --data, or another database that `turnout database prepare` made.",
            )


@contextmanager
def _beside(admin: psycopg.Connection[Any], database: str) -> Generator[str]:
    """A new database for the time of the block; what a killed restore has left is removed first."""
    name = _short(database, "restoring")
    for left in (name, _short(database, "replaced")):
        admin.execute(_DROP.format(sql.Identifier(left)))
    create_database(admin, name)
    try:
        yield name
    finally:
        admin.execute(_DROP.format(sql.Identifier(name)))


def _compare(conninfo: str, manifest: Manifest) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        found = count_rows(connection)
    wrong = sorted(name for name in found.keys() | manifest.rows.keys() if found.get(name) != manifest.rows.get(name))
    if wrong:
        raise TurnoutError(
            "RESTORE_FAILED",
            f"Other rows came out than the backup says it has, in {', '.join(wrong)}.",
            "Use another backup; nothing was changed.",
        )


def _analyze(conninfo: str) -> None:
    """What the planner knows of the tables is not in a dump."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("analyze")


def _take_place(admin: psycopg.Connection[Any], name: str, database: str) -> None:
    """Both names change in one transaction; then the empty database has the other one, and goes with it."""
    swapped = sql.Identifier(_short(database, "replaced"))
    try:
        with admin.transaction():
            admin.execute(_RENAME.format(sql.Identifier(database), swapped))
            admin.execute(_RENAME.format(sql.Identifier(name), sql.Identifier(database)))
    except psycopg.errors.ObjectInUse as error:
        raise TurnoutError(
            "DATABASE_IN_USE",
            f"Somebody is connected to the database {database}.",
            "Stop every `turnout serve` and every other command on it, and restore again.",
        ) from error
    admin.execute(_DROP.format(swapped))


def _short(database: str, suffix: str) -> str:
    """A name beside the database's own; Postgres would cut a longer one down to that."""
    return f"{database.encode()[:48].decode(errors='ignore')}_{suffix}"
