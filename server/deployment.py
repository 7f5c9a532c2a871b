"""Where the database of a command is: embedded in a folder, or a real server."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from turnout.database.embedded import Server, attach
from turnout.database.errors import TurnoutError
from turnout.database.migrating import prepare
from turnout.database.statements import statements
from turnout.server.settings import DEFAULT_DATA, Settings, read_settings

DATABASE: Final = "turnout"
# The role that each connection must log in as, and the variable that says how.
SETTINGS: Final = {
    "turnout_app": "DATABASE_URL",
    "turnout_refresher": "TURNOUT_REFRESHER_URL",
    "turnout_support": "TURNOUT_SUPPORT_URL",
}
_SQL: Final = statements("turnout.server", "deployment.sql")


class Deployment:
    """How to connect as each role; `folder` is that of the embedded database, None where there is a real server.

    A login of a real server is examined when it is first asked for. Raises then TurnoutError MISSING_SETTING,
    INVALID_SETTING, DATABASE_UNREACHABLE, WRONG_ROLE, UNSAFE_ROLE or DATABASE_NOT_PREPARED.
    """

    def __init__(self, conninfos: Mapping[str, str | None], *, trusted: bool, folder: Path | None = None) -> None:
        self.folder = folder
        self._conninfos = conninfos
        self._examined = set(conninfos) if trusted else set[str]()

    @property
    def app(self) -> str:
        """The conninfo of the application."""
        return self._of("turnout_app")

    @property
    def refresher(self) -> str:
        """The conninfo of the refresher."""
        return self._of("turnout_refresher")

    @property
    def support(self) -> str:
        """The conninfo of support staff."""
        return self._of("turnout_support")

    def _of(self, role: str) -> str:
        conninfo = self._conninfos[role]
        if not conninfo:
            raise TurnoutError(
                "MISSING_SETTING",
                f"{SETTINGS[role]} is not set, which says how to connect as {role}.",
                "`turnout database prepare` prints it. Without DATABASE_URL the embedded database is used.",
            )
        if role not in self._examined:
            _examine(conninfo, role)
            self._examined.add(role)
        return conninfo


@contextmanager
def deployment(data: Path | None = None, *, sql_port: int | None = None) -> Generator[Deployment]:
    """The database in a folder, started and brought up to date when needed; without a folder what the settings say.

    They prefer DATABASE_URL to TURNOUT_DATA, and that to `.data` in the current folder. `sql_port` opens an embedded
    one on 127.0.0.1 to the logins for BI. Raises TurnoutError, SQL_PORT_IS_THE_SERVERS too, and EmbeddedPostgresError.
    """
    settings = read_settings()
    if settings.database_url and not data:
        if sql_port is not None:
            raise TurnoutError(
                "SQL_PORT_IS_THE_SERVERS",
                "--sql-port is for the embedded database, and DATABASE_URL names a server, which listens by itself.",
                "Leave --sql-port out; who may log in to a server of your own says its pg_hba.conf.",
            )
        yield _given(settings)
        return
    folder = (data or settings.data or DEFAULT_DATA).absolute()
    with attach(folder, port=sql_port) as server:
        prepare(server.conninfo(user="postgres", dbname="postgres"), DATABASE)
        roles = {role: server.conninfo(user=role, dbname=DATABASE) for role in SETTINGS}
        yield Deployment(roles, trusted=True, folder=folder)


@contextmanager
def preparing_alone(admin_conninfo: str) -> Generator[psycopg.Connection]:
    """An administrator's connection, while nobody else prepares the server: two cannot create one role at once."""
    with psycopg.connect(admin_conninfo, autocommit=True) as admin:
        admin.execute(_SQL["wait_to_prepare"])
        yield admin


@contextmanager
def administrator(given: str | None) -> Generator[str]:
    """The login that prepares a server: the one given, or that of the settings.

    Raises TurnoutError MISSING_SETTING, INVALID_SETTING, DATABASE_UNREACHABLE, NOT_ALLOWED, the last three also for
    what the block does.
    """
    login = given or read_settings().admin_url
    if not login:
        raise TurnoutError(
            "MISSING_SETTING",
            "Nothing says how to connect as an administrator of the server.",
            "Set TURNOUT_ADMIN_URL, or give --admin-url postgresql://USER:PASSWORD@HOST:5432/postgres.",
        )
    with _coded_errors("--admin-url" if given else "TURNOUT_ADMIN_URL"):
        yield login


@dataclass(frozen=True)
class Administration:
    """An administrator's login to a server, and the name of our database on it; `embedded` where it is that one."""

    login: str
    database: str
    embedded: Server | None = None

    @property
    def conninfo(self) -> str:
        """The login, to that database."""
        return make_conninfo(self.login, dbname=self.database)


@contextmanager
def administration(data: Path | None, given: str | None) -> Generator[Administration]:
    """What `deployment` finds, for whoever works on the database as a whole; its login is to another one.

    On a real server it is the database of DATABASE_URL, with the login given or TURNOUT_ADMIN_URL.
    Raises TurnoutError as `administrator` does, and EmbeddedPostgresError.
    """
    settings = read_settings()
    if (settings.database_url or given) and not data:
        with administrator(given) as login:
            database = str(conninfo_to_dict(settings.database_url or "").get("dbname") or DATABASE)
            yield Administration(make_conninfo(login, dbname="postgres"), database)
        return
    with attach((data or settings.data or DEFAULT_DATA).absolute()) as server:
        login = server.conninfo(user="postgres", dbname="postgres")
        prepare(login, DATABASE)
        yield Administration(login, DATABASE, server)


def _given(settings: Settings) -> Deployment:
    urls = (settings.database_url, settings.refresher_url, settings.support_url)
    return Deployment(dict(zip(SETTINGS, urls, strict=True)), trusted=False)


def _examine(conninfo: str, role: str) -> None:
    login, unsafe, prepared = _describe(conninfo, role)
    if unsafe:
        raise TurnoutError(
            "UNSAFE_ROLE",
            f"{SETTINGS[role]} logs in as {login}, which row security does not hold.",
            f"Log in as {role}: no superuser, no BYPASSRLS, no member of turnout_owner.",
        )
    if login != role:
        raise TurnoutError(
            "WRONG_ROLE",
            f"{SETTINGS[role]} logs in as {login}, which would see nothing.",
            f"Log in as {role}; `turnout database prepare` creates it.",
        )
    if not prepared:
        raise TurnoutError(
            "DATABASE_NOT_PREPARED",
            f"The database of {SETTINGS[role]} is empty.",
            "Run `turnout database prepare` first, or name the database that it has prepared.",
        )


def _describe(conninfo: str, role: str) -> tuple[str, bool, bool]:
    """The login's name, whether it would pass the wall, and whether there is a schema."""
    with _coded_errors(SETTINGS[role]), psycopg.connect(conninfo, connect_timeout=10) as connection:
        return connection.execute(_SQL["describe_login"]).fetchall()[0]


@contextmanager
def _coded_errors(setting: str) -> Generator[None]:
    """Says what a login cannot do in terms of the setting that names it."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise TurnoutError(
            "DATABASE_UNREACHABLE",
            f"{setting} leads to no database: {error}",
            "Check that it runs, and the address, database, user and password of the setting.",
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise TurnoutError(
            "NOT_ALLOWED",
            f"The login of {setting} may not do that: {error.diag.message_primary}.",
            "Use a superuser, or a role with CREATEROLE and CREATEDB.",
        ) from error
    except psycopg.ProgrammingError as error:
        if error.sqlstate:
            raise
        raise TurnoutError(
            "INVALID_SETTING",
            f"{setting} is no connection string of Postgres.",
            "Write it like postgresql://USER:PASSWORD@HOST:5432/DATABASE.",
        ) from error
