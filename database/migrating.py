"""Bringing a database to the schema this version needs: roles, migrations, then what may be replaced at any time."""

import hashlib
from importlib.resources import files
from typing import Any, Final, LiteralString, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements

OLDEST_SERVER: Final = 18
# The order matters: the wall names functions and closes what the others leave open.
REPEATABLE: Final = (
    "functions.sql",
    "segments.sql",
    "found_stays.sql",
    "pieces.sql",
    "staleness.sql",
    "levels.sql",
    "level_times.sql",
    "plans.sql",
    "measure.sql",
    "tally.sql",
    "recordings.sql",
    "hours.sql",
    "services.sql",
    "posts.sql",
    "gauge.sql",
    "breakdown.sql",
    "alerts.sql",
    "bill.sql",
    "contract_usage.sql",
    "authentication.sql",
    "sign_in.sql",
    "views.sql",
    "wall.sql",
    "wall_user.sql",
    "bi.sql",
    "bi_days.sql",
    "bi_breakdown.sql",
    "bi_comments.sql",
    "bi_wall.sql",
    "statistics.sql",
)
LOGIN_ROLES: Final = ("turnout_app", "turnout_refresher", "turnout_support")
_MIGRATION_LOCK: Final = 0x7475726E
_CATALOGUE: Final = statements("turnout.database", "catalogue.sql")


def prepare(admin_conninfo: str, database: str = "turnout") -> None:
    """Create roles and database where they are missing and bring the schema up to date; safe to run again.

    `admin_conninfo` is a login that may create roles and databases, connected to any database of the server.
    Raises TurnoutError SERVER_TOO_OLD before Postgres 18.
    """
    with psycopg.connect(admin_conninfo, autocommit=True) as admin:
        _refuse_old_server(admin)
        admin.execute("select pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
        admin.execute(statements("turnout.database", "roles.sql")["create_roles"])
        _let_admin_act_as_owner(admin)
        if not admin.execute("select 1 from pg_database where datname = %s", (database,)).fetchone():
            create_database(admin, database)
    migrate(make_conninfo(admin_conninfo, dbname=database))


_CREATE_DATABASE: Final = sql.SQL(
    "create database {} owner turnout_owner template template0 encoding 'UTF8' "
    "locale_provider builtin builtin_locale 'C.UTF-8' lc_collate 'C' lc_ctype 'C'"
)


def create_database(admin: psycopg.Connection[Any], database: str) -> None:
    """An empty database of ours, without a schema yet; `admin` is in no transaction."""
    admin.execute(_CREATE_DATABASE.format(sql.Identifier(database)))


def migrate(admin_conninfo: str) -> None:
    """Bring the schema of one existing database up to date; of several that start together one does it.

    A database that is as this version wants it costs one look, which is what most commands find.
    """
    with psycopg.connect(admin_conninfo, autocommit=True) as admin:
        _refuse_old_server(admin)
        wanted = _digest()
        if _is_done(admin, wanted):
            return
        admin.execute("select pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
        if _is_done(admin, wanted):  # by whoever had the lock; to do it again would get in the way of their work
            return
        settle(admin, admin.info.dbname)
        if _current(admin) == wanted:  # a copy, with the catalogue of what it was copied from
            return
        _close_catalogue(admin)
        _settle_schema(admin)
        _run_migrations(admin_conninfo)
        _run_repeatable(admin, wanted)


def _is_done(admin: psycopg.Connection, wanted: str) -> bool:
    return _current(admin) == wanted and _roles_are_settled(admin)


def _digest() -> str:
    """The schema that this version wants, in a few bytes: every migration and everything repeatable."""
    folder = files("turnout.database")
    migrations = folder.joinpath("migrations", "versions").iterdir()
    sources = sorted((item for item in migrations if item.name.endswith((".py", ".sql"))), key=lambda item: item.name)
    texts = [item.read_text(encoding="utf-8") for item in sources]
    texts += [folder.joinpath("repeatable", name).read_text(encoding="utf-8") for name in REPEATABLE]
    texts += _CATALOGUE.values()
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _current(admin: psycopg.Connection) -> str | None:
    """The same of the schema that is there; None before the first migration, and in a copy restored without views."""
    if (None,) in {
        admin.execute("select to_regclass('turnout.schema_digest')").fetchone(),
        admin.execute("select to_regnamespace('bi')").fetchone(),
    }:
        return None
    row = admin.execute("select digest from turnout.schema_digest").fetchone()
    return row[0] if row else None


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
    admin.execute("grant turnout_auth, turnout_bi_owner, turnout_bi_watch to turnout_owner")
    if admin.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() != (True,):
        admin.execute("grant turnout_owner, turnout_auth to current_user with set true, inherit true")


def _roles_are_settled(admin: psycopg.Connection) -> bool:
    """What a database says of its roles is not copied with it, nor who may do what with the database as a whole.

    The latter is settled first, so that this speaks for both.
    """
    row = admin.execute(
        "select count(*) from pg_db_role_setting s join pg_roles r on r.oid = s.setrole"
        " join pg_database d on d.oid = s.setdatabase"
        " where d.datname = current_database() and r.rolname = any (%s)",
        (list(LOGIN_ROLES),),
    ).fetchone()
    return row == (len(LOGIN_ROLES),)


def settle(admin: psycopg.Connection[Any], database: str) -> None:
    """What no database inherits from the one it is a copy of: who may do what with it, and how its roles are set."""
    settings = _role_settings(admin)
    with admin.pipeline():  # all of it or nothing: how roles are set speaks for the rest
        _settle_database(admin, sql.Identifier(database))
        for role in LOGIN_ROLES:
            for setting in settings:
                admin.execute(_SET_IN_DATABASE.format(sql.Identifier(role), sql.Identifier(database), setting))


_SET_IN_DATABASE: Final = sql.SQL("alter role {} in database {} set {}")


def _role_settings(admin: psycopg.Connection[Any]) -> list[sql.SQL]:
    """In UTC a day has 24 hours whatever the server's zone: an interval sent as `1 day` means them.

    Errors go to who asked, and from there to our log, which leaves out what they quote; Postgres' own would not.
    """
    settings = [sql.SQL("search_path = turnout"), sql.SQL("timezone = 'UTC'")]
    if admin.execute("select has_parameter_privilege('log_min_messages', 'set')").fetchone() == (True,):
        settings.append(sql.SQL("log_min_messages = 'log'"))
    return settings


def _settle_database(admin: psycopg.Connection[Any], database: sql.Identifier) -> None:
    admin.execute(sql.SQL("revoke temporary, create on database {} from public").format(database))
    # Materialized views are refreshed beside their readers through a temporary table, as their owner.
    admin.execute(sql.SQL("grant temporary on database {} to turnout_owner").format(database))


def _close_catalogue(admin: psycopg.Connection) -> None:
    """What Postgres lets everybody do, and none of ours needs. It belongs to a superuser, who alone can close it."""
    if admin.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (True,):
        for statement in _CATALOGUE.values():
            admin.execute(statement)


def _settle_schema(admin: psycopg.Connection) -> None:
    admin.execute("set lock_timeout = '30s'")
    admin.execute("create schema if not exists turnout authorization turnout_owner")
    admin.execute("create schema if not exists bi authorization turnout_bi_owner")
    admin.execute("revoke create on schema public from public")
    admin.execute("set role turnout_owner")
    admin.execute("set search_path = turnout")


def _run_migrations(admin_conninfo: str) -> None:
    # Imported here: it takes longer than anything else a command does, and only the first command needs it.
    from turnout.database.revisions import upgrade  # noqa: PLC0415

    upgrade(admin_conninfo)


def _run_repeatable(admin: psycopg.Connection, digest: str) -> None:
    """Replace functions, views and the wall, in one transaction that also says which schema this is now."""
    with admin.transaction():
        for name in REPEATABLE:
            text = files("turnout.database").joinpath("repeatable", name).read_text(encoding="utf-8")
            admin.execute(cast("LiteralString", text))
        admin.execute("create table if not exists schema_digest (digest text not null)")
        admin.execute("delete from schema_digest")
        admin.execute("insert into schema_digest values (%s)", (digest,))
