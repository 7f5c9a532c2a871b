"""How support staff write: one transaction that sees every company and its credentials, and nothing that happened."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, cast

import psycopg
from sqlalchemy import Connection, NullPool, create_engine
from sqlmodel import Session

_login: Final[ContextVar[str]] = ContextVar("login")
# One for all logins: what SQLAlchemy compiles, and what it asks of a server before anything else, an engine keeps.
_engine: Final = create_engine(
    "postgresql+psycopg://",
    creator=lambda: psycopg.connect(_login.get()),
    poolclass=NullPool,
    hide_parameters=True,
)


@contextmanager
def support(conninfo: str) -> Generator[Session]:
    """A session of the support role that commits when the block ends without an error."""
    with (
        _connected(conninfo) as connection,
        Session(connection, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


def _connected(conninfo: str) -> Connection:
    before = _login.set(conninfo)
    try:
        return _engine.connect()
    finally:
        _login.reset(before)


def driver(session: Session) -> psycopg.Connection[Any]:
    """The connection below a session, for SQL that is not about the tables of tenants."""
    return cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
