"""How support staff write: one transaction that sees every company and its credentials, and nothing that happened."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import NullPool, create_engine
from sqlmodel import Session


@contextmanager
def support(conninfo: str) -> Generator[Session]:
    """A session of the support role that commits when the block ends without an error."""
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(conninfo),
        poolclass=NullPool,
        hide_parameters=True,
    )
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def driver(session: Session) -> psycopg.Connection[Any]:
    """The connection below a session, for SQL that is not about the tables of tenants."""
    return cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
