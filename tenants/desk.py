"""Writes of support's role from inside the server: the same functions as those of the commands, each in a thread."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from turnout.database.errors import TurnoutError

Result = TypeVar("Result")

AT_ONCE: Final = 2
WAITING: Final = 20
# Nothing here waits for long: whoever holds a lock of one company would otherwise keep all others from their work.
_TIMEOUTS: Final = "-c lock_timeout=2s -c statement_timeout=15s"


class Desk:
    """A few connections of the support role, opened when they are first needed, and bounded places to wait for them.

    Companies and support have one each: what companies ask for keeps nobody of support waiting.
    """

    def __init__(self, conninfo: Callable[[], str], *, waiting: int = WAITING) -> None:
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: _connect(conninfo()),
            pool_size=AT_ONCE,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="desk")
        self._places = threading.Semaphore(AT_ONCE + waiting)

    async def run(self, work: Callable[[Session], Result]) -> Result:
        """The result of work done in one transaction, which is committed.

        A place is given back when the work ends, not when whoever asked for it goes away. Raises what the work does,
        TurnoutError BUSY, and psycopg's QueryCanceled for a statement that takes longer than 15 s.
        """
        if not self._places.acquire(blocking=False):
            raise _busy("Too much is asked for at once.")
        future = self._threads.submit(self._transact, work)
        future.add_done_callback(lambda _: self._places.release())
        try:
            return await asyncio.wrap_future(future)
        except (psycopg.OperationalError, OperationalError) as error:
            raise _shown(error) from error

    def close(self) -> None:
        """Give the connections back to the server."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    def _transact(self, work: Callable[[Session], Result]) -> Result:
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            return work(session)


def _connect(conninfo: str) -> psycopg.Connection[Any]:
    """A connection with the timeouts; options of the conninfo come after them and count more."""
    options = conninfo_to_dict(conninfo).get("options") or ""
    return psycopg.connect(conninfo, options=f"{_TIMEOUTS} {options}".rstrip())


def _shown(error: psycopg.OperationalError | OperationalError) -> Exception:
    cause = error.orig if isinstance(error, OperationalError) else error
    if isinstance(cause, psycopg.errors.QueryCanceled):
        return cause
    if isinstance(cause, psycopg.errors.LockNotAvailable):
        return _busy("Something else is changing the same things.")
    return _busy("The database cannot be reached.")


def _busy(why: str) -> TurnoutError:
    return TurnoutError("BUSY", why, "Try again in a second.")
