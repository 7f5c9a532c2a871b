"""Watching companies: one poller for each that is watched in this process, shared by all who watch it."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final, Generic, TypeVar

import psycopg
import structlog

from turnout.analytics.live import Live, News, StayActivity, first_look, live, look_again
from turnout.analytics.reading import Clock, Reading, Refreshing
from turnout.database.errors import TurnoutError
from turnout.database.faults import describe
from turnout.tenants.company import Company
from turnout.tenants.connection import Door

Item = TypeVar("Item")

# Seconds between two looks, and between two at figures that may have moved. Those are looked at when nobody has told of
# anything too, now and then: stays that have been silent too long end by time alone.
PAUSE: Final = 0.25
OF_FIGURES: Final = 0.5
IDLE: Final = 5.0
# What waits for one watcher; who lets more pile up has stopped reading.
MOST_WAITING: Final = 1000
# Seconds that a look may take before it is given up and begun again: one that hangs must not hold up other companies'.
LONGEST_LOOK: Final = 10.0
# Looks at one time in this process: the other readers are for whoever asks.
AT_ONCE: Final = 2
_log: structlog.stdlib.BoundLogger = structlog.get_logger("turnout.analytics")


class Watcher(Generic[Item]):
    """What one watcher has not taken yet: at the most so many items, of which more either push out or end it."""

    def __init__(self, most: int, *, latest_only: bool) -> None:
        self._waiting: deque[Item] = deque()
        self._most = most
        self._latest_only = latest_only
        self._ended: Exception | None = None
        self._woken = asyncio.Event()

    def offer(self, item: Item) -> None:
        """One more. It never waits. Whoever has been ended is told nothing more: there would be a gap before it."""
        if self._ended:
            return
        if self._latest_only:
            self._waiting.clear()
        if len(self._waiting) >= self._most:
            self.end(_too_slow())
            return
        self._waiting.append(item)
        self._woken.set()

    def end(self, why: Exception) -> None:
        """Nothing more will come; what waits is dropped."""
        self._waiting.clear()
        self._ended = why
        self._woken.set()

    def __aiter__(self) -> "Watcher[Item]":
        return self

    async def __anext__(self) -> Item:
        """The next item, when there is one. Raises READER_TOO_SLOW, or what the poller has met."""
        # Much may be waiting, and nothing that is done with it need ever wait: others have their turn first.
        await asyncio.sleep(0)
        while not self._waiting:
            if self._ended:
                raise self._ended
            self._woken.clear()
            await self._woken.wait()
        return self._waiting.popleft()


class Watch:
    """The poller of one company. It looks as long as it runs, and `watchers` says for how many."""

    def __init__(self, reading: Callable[[], Reading], turn: asyncio.Semaphore) -> None:
        self.watchers = 0
        self.activities: set[Watcher[StayActivity]] = set()
        self._figures: dict[Watcher[Live], Live | None] = {}
        self._reading = reading
        self._turn = turn
        self._looked_at = 0.0
        self._moved = True
        self._begun = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    @property
    def is_over(self) -> bool:
        """Whether it has failed, and told so to those who watched."""
        return self._task.done()

    async def begin(self) -> None:
        """Return when everything that is committed from now on will be told."""
        await self._begun.wait()

    def stop(self) -> None:
        """Look no more."""
        self._task.cancel()

    def add_figures(self, watcher: Watcher[Live]) -> None:
        """Tell a watcher the figures at the next look, and whenever they change."""
        self._figures[watcher] = None
        self._moved, self._looked_at = True, 0.0

    def remove_figures(self, watcher: Watcher[Live]) -> None:
        """Tell it nothing more."""
        del self._figures[watcher]

    async def _run(self) -> None:
        try:
            await self._look()
        except Exception as error:
            _log.exception("live_failed")
            for watcher in (*self._figures, *self.activities):
                watcher.end(error)
        finally:
            self._begun.set()

    async def _look(self) -> None:
        seen: News | None = None
        while True:
            try:
                async with self._turn, asyncio.timeout(LONGEST_LOOK):
                    seen = await (look_again(self._reading(), seen) if seen else first_look(self._reading()))
                    self._begun.set()
                    self._tell(seen)
                    await self._look_at_figures()
            except (TurnoutError, psycopg.OperationalError, TimeoutError) as error:
                # Nothing is lost: the next look sees all since the last one that succeeded.
                _log.warning("live_delayed", error=describe(error))
            await asyncio.sleep(PAUSE)

    def _tell(self, news: News) -> None:
        self._moved = self._moved or news.anything
        for activity in news.activities:
            for watcher in self.activities:
                watcher.offer(activity)

    async def _look_at_figures(self) -> None:
        now = asyncio.get_running_loop().time()
        if not self._figures or now - self._looked_at < (OF_FIGURES if self._moved else IDLE):
            return
        found = await live(self._reading())
        self._moved, self._looked_at = False, now
        for watcher, told in self._figures.items():
            if not found.is_as(told):
                self._figures[watcher] = found
                watcher.offer(found)


class Watches:
    """The companies that are watched in this process."""

    def __init__(self, door: Door, refresher: Refreshing, clock: Clock) -> None:
        self._door = door
        self._refresher = refresher
        self._clock = clock
        self._watches: dict[int, Watch] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)

    @property
    def companies(self) -> int:
        """How many companies somebody watches."""
        return len(self._watches)

    @asynccontextmanager
    async def figures(self, company: Company) -> AsyncGenerator[Watcher[Live]]:
        """A watcher of the figures: first as they are, then whenever they have changed, the latest alone."""
        watcher = Watcher[Live](1, latest_only=True)
        async with self._watched(company) as watch:
            watch.add_figures(watcher)
            try:
                yield watcher
            finally:
                watch.remove_figures(watcher)

    @asynccontextmanager
    async def activities(self, company: Company) -> AsyncGenerator[Watcher[StayActivity]]:
        """A watcher of who comes and goes from now on."""
        watcher = Watcher[StayActivity](MOST_WAITING, latest_only=False)
        async with self._watched(company) as watch:
            watch.activities.add(watcher)
            try:
                await watch.begin()
                yield watcher
            finally:
                watch.activities.discard(watcher)

    @asynccontextmanager
    async def _watched(self, company: Company) -> AsyncGenerator[Watch]:
        number = company.company_id
        watch = self._watches.get(number)
        if watch is None or watch.is_over:
            watch = self._watches[number] = Watch(lambda: self._read(company), self._turn)
        watch.watchers += 1
        try:
            yield watch
        finally:
            watch.watchers -= 1
            if not watch.watchers:
                if self._watches.get(number) is watch:
                    del self._watches[number]
                watch.stop()

    def _read(self, company: Company) -> Reading:
        return Reading(self._door, self._refresher, company, self._clock)


def _too_slow() -> TurnoutError:
    return TurnoutError(
        "READER_TOO_SLOW",
        f"More than {MOST_WAITING} activities were waiting to be read.",
        "Read them as they come, on a connection that is fast enough; subscribe again to go on from now.",
    )
