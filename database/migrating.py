"""Bringing a database to the schema this version needs: roles, migrations, then what may be replaced at any time."""

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Final, LiteralString, cast

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine, pool

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements

OLDEST_SERVER: Final = 18
# The order matters: the wall names functions and closes what the others leave open.
REPEATABLE: Final = ("functions.sql", "measure.sql", "authentication.sql", "wall.sql")
LOGIN_ROLES: Final = ("turnout_app", "turnout_refresher", "turnout_support")
_MIGRATION_LOCK: Final = 0x7475726E


def prepare(admin_conninfo: str, database: str = "turnout") -> None:
    """Create roles and database where they are missing and bring the schema up to date; safe to run again.

    `admin_conninfo` is a login that may create roles and databases, connected to any database of the server.
    Raises TurnoutError SERVER_TOO_OLD before Postgres 18.
    """
    with psycopg.connect(admin_conninfo, autocommit=True) as admin:
        _refuse_old_server(admin)
        admin.execute(statements("turnout.database", "roles.sql")["create_roles"])
        _let_admin_act_as_owner(admin)
        if not admin.execute("select 1 from pg_database where datname = %s", (database,)).fetchone():
            admin.execute(_CREATE_DATABASE.format(sql.Identifier(database)))
    migrate(make_conninfo(admin_conninfo, dbname=database))


_CREATE_DATABASE: Final = sql.SQL(
    "create database {} owner turnout_owner template template0 encoding 'UTF8' "
    "locale_provider builtin builtin_locale 'C.UTF-8' lc_collate 'C' lc_ctype 'C'"
)


def migrate(admin_conninfo: str) -> None:
    """Bring the schema of one existing database up to date; of several that start together one does it."""
    with psycopg.connect(admin_conninfo, autocommit=True) as admin:
        _refuse_old_server(admin)
        admin.execute("select pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
        _settle_schema(admin)
        _run_migrations(admin_conninfo)
        _run_repeatable(admin)


def _refuse_old_server(admin: psycopg.Connection) -> None:
    major = admin.info.server_version // 10_000
    if major < OLDEST_SERVER:
        raise TurnoutError(
            "SERVER_TOO_OLD",
            f"The database server is Postgres {major}; Turnout needs {OLDEST_SERVER} or newer.",
            "Upgrade the server, or leave DATABASE_URL unset to use the embedded one.",
        )


def _let_admin_act_as_owner(admin: psycopg.Connection) -> None:
    """An administrator that is no superuser must be a member of the roles it acts for."""
    admin.execute("grant turnout_auth to turnout_owner")
    if admin.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() != (True,):
        admin.execute("grant turnout_owner, turnout_auth to current_user with set true, inherit true")


def _settle_schema(admin: psycopg.Connection) -> None:
    database = sql.Identifier(admin.info.dbname)
    admin.execute("set lock_timeout = '30s'")
    admin.execute("create schema if not exists turnout authorization turnout_owner")
    admin.execute(sql.SQL("revoke temporary, create on database {} from public").format(database))
    admin.execute("revoke create on schema public from public")
    for role in LOGIN_ROLES:
        admin.execute(
            sql.SQL("alter role {} in database {} set search_path = turnout").format(sql.Identifier(role), database)
        )
    admin.execute("set role turnout_owner")
    admin.execute("set search_path = turnout")


def _run_migrations(admin_conninfo: str) -> None:
    def connect() -> psycopg.Connection:
        connection = psycopg.connect(admin_conninfo)
        connection.execute("set role turnout_owner")
        connection.execute("set search_path = turnout")
        connection.execute("set lock_timeout = '30s'")
        connection.commit()
        return connection

    config = Config()
    config.set_main_option("script_location", str(Path(str(files("turnout.database.migrations")))).replace("%", "%%"))
    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=pool.NullPool)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def _run_repeatable(admin: psycopg.Connection) -> None:
    """Replace functions, views and the wall, in one transaction, when their text or the schema has changed."""
    texts = [files("turnout.database").joinpath("repeatable", name).read_text(encoding="utf-8") for name in REPEATABLE]
    with admin.transaction():
        admin.execute("create table if not exists repeatable (digest text primary key)")
        version = admin.execute("select version_num from alembic_version").fetchall()
        digest = hashlib.sha256("\0".join([str(version), *texts]).encode()).hexdigest()
        if admin.execute("select 1 from repeatable where digest = %s", (digest,)).fetchone():
            return
        for text in texts:
            admin.execute(cast("LiteralString", text))
        admin.execute("delete from repeatable")
        admin.execute("insert into repeatable values (%s)", (digest,))
