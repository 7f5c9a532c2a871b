"""The only door to a company's data: every statement runs with exactly one company set, for its transaction alone.

One user of the company may be set too: then what is not that user's own is not there.
"""

import selectors
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import starmap
from typing import Any, Final, Generic, LiteralString, TypeVar

import psycopg
from psycopg import AsyncConnection, AsyncRawCursor
from psycopg.rows import args_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from turnout.database.errors import TurnoutError
from turnout.database.statements import numbered

Row = TypeVar("Row")
Pool = AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]

# How long one statement of a question may take.
LONGEST_STATEMENT: Final = timedelta(seconds=20)

# The settings of before are asked in the same breath: one that outlived its transaction would have shown this
# borrower the last one's rows.
_ENTER: Final = (
    "select current_setting('app.company', true), current_setting('app.user_key', true),"
    " set_config('app.company', %s, true), set_config('app.user_key', %s, true)"
)
# Planning a question anew takes longer than answering it when it is about little, whatever plan it has.
_KEEP_PLANS: Final = "select set_config('plan_cache_mode', 'force_generic_plan', true)"


@dataclass(frozen=True)
class Statement(Generic[Row]):
    """A statement with its parameters, and what makes a row of its columns, taken in their order."""

    text: LiteralString
    parameters: Mapping[str, Any]
    row: Callable[..., Row]


class CompanyLeakError(RuntimeError):
    """A borrowed connection still had a company or a user set. The connection is closed and nothing is read."""


@dataclass(frozen=True)
class Sight:
    """What is seen through the door: a company, or of it what is one user's own; and whether little is looked at."""

    company_id: int
    user_key: str | None = None
    little: bool = False

    def settings(self) -> tuple[str, str]:
        """As the policies read them. Raises ValueError for an empty id, which they would take for everybody."""
        if self.user_key == "":
            raise ValueError("a user's id is never empty")
        return str(self.company_id), self.user_key or ""


class Door:
    """Pools of the application's connections: readers (one snapshot each, read only) and writers.

    Both are bounded: who finds no connection within the seconds of patience gets TurnoutError BUSY.
    """

    def __init__(self, conninfo: str, *, readers: int = 6, writers: int = 4, patience: float = 1) -> None:
        self._readers: Pool = _pool(conninfo, readers, patience, _configure_reader)
        self._writers: Pool = _pool(conninfo, writers, patience, None)

    async def open(self) -> None:
        """Connect; raises psycopg_pool.PoolTimeout when the server cannot be reached in 30 s."""
        await self._readers.open(wait=True)
        await self._writers.open(wait=True)

    async def close(self) -> None:
        """Give all connections back to the server."""
        await self._readers.close()
        await self._writers.close()

    async def read(
        self,
        company_id: int,
        statements: Sequence[Statement[Any]],
        *,
        user_key: str | None = None,
        about_little: bool = False,
    ) -> list[list[Any] | Exception]:
        """The rows of each statement, all of one snapshot, in one round trip; with a user's id only that user's own.

        Statements `about_little` are not planned anew for what they are asked with. One that fails takes the pipeline
        with it; then each runs alone, so that the others still have their rows and the one that failed has its
        exception, in its place.
        """
        sight = Sight(company_id, user_key, about_little)
        try:
            return await self._read(sight, statements)
        except psycopg.OperationalError as error:
            if isinstance(error, psycopg.errors.QueryCanceled):
                raise
            # A server that has restarted breaks every connection once; reading again on a new one harms nobody.
            return await self._read(sight, statements)

    async def _read(self, sight: Sight, statements: Sequence[Statement[Any]]) -> list[list[Any] | Exception]:
        async with self._borrow(self._readers) as connection:
            try:
                return await _run(connection, sight, statements)
            except psycopg.OperationalError:
                raise
            except psycopg.Error as error:
                if len(statements) == 1:
                    return [error]
            return [(await self._outcome(connection, sight, statement)) for statement in statements]

    @asynccontextmanager
    async def write(self, company_id: int) -> AsyncGenerator[AsyncConnection[tuple[Any, ...]]]:
        """A transaction in which the company is set and no user; it commits when the block ends without an error.

        It is a pipeline too: statements whose rows nobody fetches cost no round trip of their own.
        """
        async with self._borrow(self._writers) as connection, connection.pipeline(), connection.transaction():
            cursor = await connection.execute(_ENTER, Sight(company_id).settings())
            _assert_nobody_before(await cursor.fetchone())
            yield connection

    async def authenticate(self, statement: Statement[Row]) -> list[Row]:
        """Rows of one of the functions that lead from a credential to its company: the only reads without one."""
        async with (
            self._borrow(self._writers) as connection,
            connection.cursor(row_factory=args_row(statement.row)) as cursor,
        ):
            await cursor.execute(statement.text, statement.parameters)
            return await cursor.fetchall()

    async def ping(self) -> None:
        """Return when the database answers; raises psycopg.Error or TurnoutError BUSY when it does not."""
        for pool in (self._readers, self._writers):
            async with self._borrow(pool) as connection:
                await connection.execute("select 1")

    async def _outcome(
        self, connection: AsyncConnection[Any], sight: Sight, statement: Statement[Any]
    ) -> list[Any] | Exception:
        try:
            return (await _run(connection, sight, [statement]))[0]
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            return error

    @asynccontextmanager
    async def _borrow(self, pool: Pool) -> AsyncGenerator[AsyncConnection[tuple[Any, ...]]]:
        try:
            connection = await pool.getconn()
        except (PoolTimeout, TooManyRequests) as error:
            raise TurnoutError("BUSY", "All database connections are in use.", "Try again in a second.") from error
        try:
            yield connection
        except CompanyLeakError:
            await connection.close()
            raise
        finally:
            await pool.putconn(connection)


async def _run(
    connection: AsyncConnection[Any], sight: Sight, statements: Sequence[Statement[Any]]
) -> list[list[Any] | Exception]:
    """One pipeline on an autocommit connection: one implicit transaction, hence one snapshot and one sight."""
    try:
        return await _piped(connection, sight, statements)
    except BaseException:
        await _forget_prepared(connection)
        raise


async def _piped(
    connection: AsyncConnection[Any], sight: Sight, statements: Sequence[Statement[Any]]
) -> list[list[Any] | Exception]:
    async with connection.pipeline():
        entered = await connection.execute(_ENTER, sight.settings())
        if sight.little:
            await connection.execute(_KEEP_PLANS)
        cursors = [AsyncRawCursor(connection) for _ in statements]
        for cursor, statement in zip(cursors, statements, strict=True):
            text, names = numbered(statement.text)
            await cursor.execute(text, [statement.parameters[name] for name in names])
        _assert_nobody_before(await entered.fetchone())
        answers = [await cursor.fetchall() for cursor in cursors]
    return [list(starmap(statement.row, rows)) for statement, rows in zip(statements, answers, strict=True)]


async def _forget_prepared(connection: AsyncConnection[Any]) -> None:
    """What was to be prepared behind a statement that failed never was; the driver would go on to ask for it."""
    if connection.closed:
        return
    try:
        async with connection.transaction(force_rollback=True):  # after which the driver forgets them all
            pass
    except BaseException:
        await connection.close()
        raise


def _assert_nobody_before(row: tuple[Any, ...] | None) -> None:
    if row is None or row[0] or row[1]:
        raise CompanyLeakError("a company or a user was still set on a pooled connection")


def _pool(
    conninfo: str, size: int, patience: float, configure: Callable[[AsyncConnection[Any]], Awaitable[None]] | None
) -> Pool:
    return AsyncConnectionPool(
        conninfo,
        min_size=1,
        max_size=size,
        timeout=patience,
        max_waiting=size * 16,
        max_lifetime=3600,
        check=_check,
        kwargs={"autocommit": True},
        configure=configure,
        open=False,
    )


async def _check(connection: AsyncConnection[Any]) -> None:
    """Ask the server only where it has said something unasked for, as it does before it goes: a round trip is saved."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        said = selector.select(0)
    if said:
        await AsyncConnectionPool.check_connection(connection)


async def _configure_reader(connection: AsyncConnection[Any]) -> None:
    await connection.execute("set default_transaction_isolation = 'repeatable read'")
    await connection.execute("set default_transaction_read_only = on")
    milliseconds = LONGEST_STATEMENT // timedelta(milliseconds=1)
    await connection.execute("select set_config('statement_timeout', %s, false)", (str(milliseconds),))
