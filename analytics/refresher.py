"""The refresher of a process: works off marks in the background, and at once for whoever waits for an answer."""

import asyncio
import contextlib
import math
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from turnout.analytics.closing import NOT_AT_ALL, Closing, Waiting, billing_calendars
from turnout.analytics.periods import ALWAYS
from turnout.analytics.reading import Clock
from turnout.analytics.refreshing import Duty, Refresh, generations_to_refresh
from turnout.analytics.views import fill_views, refresh_views
from turnout.database.calendar import extend_all
from turnout.database.faults import describe
from turnout.tenants.company import Company

POLL_SECONDS: Final = 1.0
SETTLE_SECONDS: Final = 600.0
VIEW_SECONDS: Final = 60.0
# How many times as long as refreshing the views took nothing is done about them: they are made of all companies' days.
VIEW_PAUSE: Final = 20.0
CLOSE_SECONDS: Final = 300.0
LONGEST_PAUSE: Final = 300.0

# The marks stay where they are: the next sweep or reader finds them when the database is back.
_AWAY: Final = (psycopg.Error, PoolTimeout, TooManyRequests, OSError)

_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Failed:
    """How often in a row a company's refresh has failed, and when it may be tried again."""

    times: int = 0
    not_before: float = 0.0

    def once_more(self) -> "_Failed":
        return _Failed(self.times + 1, time.monotonic() + min(POLL_SECONDS * 2**self.times, LONGEST_PAUSE))


class Refresher:
    """Brings rollups up to date; several may run, in one process or in many.

    `wake` after an ingest spares the wait for the next poll. `refresh` is for readers: whoever waits for the same
    company waits for the same work.
    """

    def __init__(
        self, conninfo: str, clock: Clock, *, connections: int = 5, patience: float = 5, closing: Waiting | None = None
    ) -> None:
        self._clock = clock
        self._waiting = closing or Waiting()
        self._closed = -math.inf
        self._pool: AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]] = AsyncConnectionPool(
            conninfo,
            min_size=1,
            max_size=connections,
            timeout=patience,
            kwargs={"autocommit": True},
            check=AsyncConnectionPool.check_connection,
            open=False,
        )
        self._woken = asyncio.Event()
        self._gates: dict[int, asyncio.Lock] = {}
        self._shared: dict[tuple[int, int, tuple[date, date]], asyncio.Task[None]] = {}
        self._settled: dict[int, float] = {}
        self._failed: dict[tuple[int, int], _Failed] = {}
        # Late at the start: whoever ran before may have ended between computing days and this.
        self._views_are_late = True
        self._views_due = -math.inf
        self._beside: dict[str, asyncio.Task[None]] = {}
        self._builds: dict[int, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None
        # Python 3.11 loses a cancellation that comes together with what is waited for: whoever goes round looks here.
        self._stopping = False

    async def connect(self) -> None:
        """Be ready for those who ask; without `start` nothing is done in the background."""
        await self._pool.open(wait=True)
        async with self._pool.connection() as connection:
            await fill_views(connection)

    async def start(self) -> None:
        """Connect and begin to work in the background."""
        await self.connect()
        self._task = asyncio.create_task(self._work(), name="refresher")

    async def stop(self) -> None:
        """Stop between two refreshes or in one: an unfinished one leaves its marks."""
        self._stopping = True
        if self._task:
            await _end(self._task)  # the first, since it begins the others
        for task in [*self._builds.values(), *self._beside.values()]:
            await _end(task)
        await self._pool.close()

    def wake(self) -> None:
        """An ingest has committed; its marks say what is to be done."""
        self._woken.set()

    async def refresh(self, company: Company, first_day: date, last_day: date, patience: float) -> None:
        """Bring these days up to date for a reader, or let it go on when its patience is over: the work goes on too."""
        share = self._share(company.company_id, company.generation, (first_day, last_day))
        await asyncio.wait({share}, timeout=patience)

    async def refresh_company(
        self, company_id: int, generation: int, days: tuple[date, date] = ALWAYS, *, settle: bool = False
    ) -> None:
        """Compute every due day of a range, the newest first; between two batches whoever waits has its turn."""
        left = await self._refresh_batch(company_id, generation, days, settle=settle)
        while left:
            left = await self._refresh_batch(company_id, generation, days)

    async def _refresh_batch(
        self, company_id: int, generation: int, days: tuple[date, date] = ALWAYS, *, settle: bool = False
    ) -> int:
        async with self._gates.setdefault(company_id, asyncio.Lock()), self._pool.connection() as connection:
            refresh = Refresh(connection, company_id, generation)
            if settle:
                await refresh.settle(self._clock())
            left = await refresh.run(self._clock(), days)
            self._views_are_late = True
        return left

    async def _refresh_in_turn(self, company_id: int, generation: int) -> None:
        """One batch of one company: neither years that come in at once nor what cannot be computed hold up another.

        What fails is tried again less and less often.
        """
        failed = self._failed.get((company_id, generation))
        if failed and time.monotonic() < failed.not_before:
            return
        try:
            if await self._refresh_batch(company_id, generation, settle=self._may_settle(company_id)):
                self.wake()  # the next sweep takes the next batch, after the other companies'
        except psycopg.OperationalError:  # the database itself is away, for all of them
            raise
        except psycopg.Error as error:
            self._failed[company_id, generation] = again = (failed or _Failed()).once_more()
            _log.exception("company_refresh_failed", company=company_id, error=describe(error), times=again.times)
        else:
            self._failed.pop((company_id, generation), None)

    async def close_periods(self, company_id: int, generation: int) -> list[date]:
        """Close every billing period that has ended, and revise those that have changed, without waiting any longer.

        Returns the first days of those with a new revision.
        """
        await self.refresh_company(company_id, generation)
        return await self._close(company_id, generation, NOT_AT_ALL)

    async def _close(self, company_id: int, generation: int, waiting: Waiting) -> list[date]:
        async with self._gates.setdefault(company_id, asyncio.Lock()), self._pool.connection() as connection:
            return await Closing(connection, company_id, generation).run(self._clock(), waiting)

    async def _close_what_ended(self) -> None:
        """Now and then: nobody waits for it, and what cannot be closed for one company holds up no other."""
        if time.monotonic() < self._closed + CLOSE_SECONDS:
            return
        self._closed = time.monotonic()
        async with self._pool.connection() as connection:
            calendars = await billing_calendars(connection)
        for calendar in calendars:
            if calendar.has_work(self._clock(), self._waiting):
                try:
                    await self._close(calendar.company_id, calendar.generation, self._waiting)
                except psycopg.OperationalError:
                    raise
                except psycopg.Error as error:
                    _log.exception("closing_failed", company=calendar.company_id, error=str(error))

    async def follow(self, company_id: int, generation: int) -> None:
        """Begin rollups of the segments that the company has declared, and retire those of what it has removed."""
        async with self._gates.setdefault(company_id, asyncio.Lock()), self._pool.connection() as connection:
            await Refresh(connection, company_id, generation).follow(self._clock())

    async def build(self, company_id: int, generation: int) -> None:
        """Compute rollups that are to take the place of others until they do; or remove those that did their duty."""
        while not self._stopping and not await self._advance(company_id, generation):
            left = 1
            while left and not self._stopping:
                left = await self._refresh_batch(company_id, generation)
                _log.info("rollups_being_built", company=company_id, generation=generation, days_left=left)

    async def _advance(self, company_id: int, generation: int) -> bool:
        async with self._gates.setdefault(company_id, asyncio.Lock()), self._pool.connection() as connection:
            return await Refresh(connection, company_id, generation).advance(self._clock())

    def _share(self, company_id: int, generation: int, days: tuple[date, date]) -> asyncio.Task[None]:
        """Who asks for what is being done waits for that; whether it came early enough the reader sees itself."""
        key = (company_id, generation, days)
        if key not in self._shared:
            self._shared[key] = asyncio.create_task(self._serve(key))
        return self._shared[key]

    async def _serve(self, key: tuple[int, int, tuple[date, date]]) -> None:
        try:
            await self.refresh_company(*key)
        except _AWAY as error:
            _log.warning("refresh_failed", company=key[0], error=describe(error))
        finally:
            del self._shared[key]

    async def _work(self) -> None:
        extended: date | None = None
        while not self._stopping:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._woken.wait()
            self._woken.clear()
            try:
                if extended != (today := self._clock().date()):
                    await self._extend_calendars()
                    extended = today
                await self._sweep()
                self._do_beside("views", self._refresh_views)
                self._do_beside("closing", self._close_what_ended)
            except _AWAY as error:
                _log.warning("refresh_failed", error=describe(error))
                await asyncio.sleep(POLL_SECONDS)

    async def _extend_calendars(self) -> None:
        async with self._pool.connection() as connection:
            await extend_all(connection, self._clock())

    async def _sweep(self) -> None:
        async with self._pool.connection() as connection:
            generations = await generations_to_refresh(connection)
        beside: defaultdict[int, list[tuple[int, Duty]]] = defaultdict(list)
        for company_id, generation, duty in generations:
            if duty is Duty.REFRESH:
                await self._refresh_in_turn(company_id, generation)
            elif duty is not Duty.SEGMENT:
                beside[company_id].append((generation, duty))
        # Computing a whole history must hold up nobody else's days, and segments nobody's own.
        for company_id, work in beside.items():
            if company_id not in self._builds:
                self._builds[company_id] = asyncio.create_task(self._build(company_id, work))
        marked = [(company_id, generation) for company_id, generation, duty in generations if duty is Duty.SEGMENT]
        if marked:
            self._do_beside("segments", partial(self._refresh_segments, marked))

    def _do_beside(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """What is about all companies and takes as long as there are many of them holds up nobody's days."""
        if name not in self._beside:
            self._beside[name] = asyncio.create_task(self._try_beside(name, work))

    async def _try_beside(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except _AWAY as error:
            _log.warning("refresh_failed", of=name, error=describe(error))
        finally:
            del self._beside[name]

    async def _refresh_views(self) -> None:
        """When something has been computed, and not at once: most of it is about today, which they do not serve."""
        began = time.monotonic()
        if not self._views_are_late or began < self._views_due:
            return
        # Said before it is done: what is computed meanwhile makes them late again.
        self._views_are_late, self._views_due = False, began + VIEW_SECONDS
        async with self._pool.connection() as connection:
            await refresh_views(connection)
        ended = time.monotonic()
        self._views_due = max(self._views_due, ended + VIEW_PAUSE * (ended - began))

    async def _build(self, company_id: int, work: list[tuple[int, Duty]]) -> None:
        """One after the other, the latest first: segments are whole before the company's own take the old ones' place.

        What following declarations begins is built from the next sweep on.
        """
        following = [one for one in work if one[1] is Duty.FOLLOW]
        try:
            for generation, duty in following[:1] or sorted(work, reverse=True):
                await self._build_one(company_id, generation, duty)
        finally:
            del self._builds[company_id]

    async def _build_one(self, company_id: int, generation: int, duty: Duty) -> None:
        try:
            await (self.follow if duty is Duty.FOLLOW else self.build)(company_id, generation)
        except _AWAY as error:
            _log.warning("build_failed", company=company_id, generation=generation, error=describe(error))

    async def _refresh_segments(self, marked: list[tuple[int, int]]) -> None:
        for company_id, generation in marked:
            await self._refresh_in_turn(company_id, generation)

    def _may_settle(self, company_id: int) -> bool:
        """Stays that grew stale are written down now and then: no answer depends on it."""
        now = time.monotonic()
        due = now >= self._settled.get(company_id, -math.inf) + SETTLE_SECONDS
        if due:
            self._settled[company_id] = now
        return due


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it has ended. Raises what it has failed with."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()
