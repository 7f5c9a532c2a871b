"""Support's writes from inside the server: the same functions as those of the commands, each in a thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from turnout.database.errors import TurnoutError

Result = TypeVar("Result")

AT_ONCE: Final = 2


class Desk:
    """A few connections of the support role, opened when they are first needed."""

    def __init__(self, conninfo: Callable[[], str]) -> None:
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: psycopg.connect(conninfo()),
            pool_size=AT_ONCE,
            max_overflow=0,
            pool_pre_ping=True,
        )
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="support")

    async def run(self, work: Callable[[Session], Result]) -> Result:
        """The result of work done in one transaction, which is committed. Raises what the work does, and BUSY."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._transact, work)
        except (psycopg.OperationalError, OperationalError) as error:
            raise TurnoutError("BUSY", "The database cannot be reached.", "Try again in a second.") from error

    def close(self) -> None:
        """Give the connections back to the server."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    def _transact(self, work: Callable[[Session], Result]) -> Result:
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            return work(session)
