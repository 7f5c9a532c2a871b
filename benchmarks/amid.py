"""What one company asks and does, and what looks over all of them: each in a database of its own or amid the others."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from psycopg import AsyncConnection

from benchmarks.mixture import KEY, SUBJECT
from turnout.analytics.closing import billing_calendars
from turnout.analytics.overview import overview
from turnout.analytics.paging import Wanted
from turnout.analytics.peaks import Section, daily_peaks
from turnout.analytics.periods import Period, by_dates
from turnout.analytics.reading import Question, Reading, whole_days
from turnout.analytics.refresher import Refresher
from turnout.analytics.refreshing import Refresh, generations_to_refresh
from turnout.analytics.summary import period_summary
from turnout.analytics.users import user_stats
from turnout.analytics.views import refresh_views
from turnout.database.embedded import Server
from turnout.ingest.intake import take
from turnout.tenants.authentication import authenticate
from turnout.tenants.connection import Door
from turnout.tenants.support import support

BATCH: Final = 1000


@dataclass
class Side:
    """One database with the subject in it, and whoever works at it."""

    now: datetime
    door: Door
    refresher: Refresher
    working: AsyncConnection[Any]
    support: str
    batches: int = 0

    def reading(self) -> Reading:
        """As a request reads."""
        return Reading(self.door, self.refresher, SUBJECT, lambda: self.now)

    def last(self, days: int) -> Period:
        """So many days, today included."""
        return by_dates(SUBJECT, self.now.date() - timedelta(days=days - 1), self.now.date())


Act = Callable[[Side], Awaitable[object]]


@asynccontextmanager
async def side(server: Server, database: str, now: datetime) -> AsyncGenerator[Side]:
    """Open it as a server does; nothing is done in the background."""

    def login(user: str) -> str:
        return server.conninfo(user=f"turnout_{user}", dbname=database)

    door = Door(login("app"), readers=2, writers=1, patience=600)
    refresher = Refresher(login("refresher"), lambda: now, patience=600)
    await door.open()
    await refresher.connect()
    try:
        async with await AsyncConnection[Any].connect(login("refresher"), autocommit=True) as working:
            yield Side(now, door, refresher, working, login("support"))
    finally:
        await refresher.stop()
        await door.close()


async def clock(act: Act, of: Side) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    await act(of)
    return time.perf_counter() - began


async def _fresh(of: Side, days: int) -> object:
    return await of.reading().ask(Question("select 1", int, {}, whole_days(of.last(days))))


async def _dashboard(of: Side, days: int) -> object:
    reading, period = of.reading(), of.last(days)
    return await asyncio.gather(
        period_summary(reading, period),
        daily_peaks(reading, period, list(Section)),
        user_stats(reading, period, Wanted(20, "EVENTS_HELD", descending=True)),
    )


def _of(ask: Callable[[Reading, Period], Awaitable[object]], days: int) -> Act:
    return lambda of: ask(of.reading(), of.last(days))


async def _top_users(reading: Reading, period: Period) -> object:
    return await user_stats(reading, period, Wanted(20, "EVENTS_HELD", descending=True))


async def _all_peaks(reading: Reading, period: Period) -> object:
    return await daily_peaks(reading, period, list(Section))


async def _take(of: Side) -> object:
    of.batches += 1
    yesterday = of.now.date() - timedelta(days=1)
    receipt = await take(of.door, SUBJECT.company_id, _batch(f"{of.now:%s}-{time.time_ns()}", yesterday), of.now)
    assert receipt.accepted == BATCH, receipt
    return receipt


def _batch(name: str, day: date) -> list[bytes]:
    """Stays of one day, joined and left, half of them in events that are there already."""
    return [body for n in range(BATCH // 2) for body in _stay(f"{name}-{n}", day, n)]


def _stay(name: str, day: date, n: int) -> list[bytes]:
    at = datetime.fromisoformat(f"{day}T08:00:00+00:00") + timedelta(seconds=n * 60)
    event = f"e-{day}-{1 + n % 50}" if n % 2 else f"{name.rpartition('-')[0]}-{n % 40}"
    data = {"event": event, "connection": name, "user": f"u{1 + n % 400}"}
    shared = {"specversion": "1.0", "source": "scale", "data": data}
    return [
        json.dumps(shared | {"id": f"{name}-{kind}", "type": f"turnout.stay.{kind}", "time": when.isoformat()}).encode()
        for kind, when in (("joined", at), ("left", at + timedelta(minutes=30)))
    ]


async def _refresh(of: Side) -> object:
    left = await Refresh(of.working, SUBJECT.company_id, SUBJECT.generation).run(of.now)
    assert left == 0
    return left


async def _authenticate(of: Side) -> object:
    found = await authenticate(of.door, f"Bearer {KEY}", of.now)
    assert found
    return found


async def _overview(of: Side) -> object:
    return await asyncio.to_thread(_overview_now, of.support)


def _overview_now(login: str) -> object:
    with support(login) as session:
        return overview(session, Wanted(50, "CONNECTIONS_SHARE", descending=True))


async def _told(of: Side) -> object:
    return await (await of.working.execute("select companies_to_tell(%s, 50)", (of.now,))).fetchall()


# In this order: what has been taken in is refreshed before anybody reads.
OF_ONE: Final[dict[str, Act]] = {
    "authentication of a request": _authenticate,
    f"ingest of {BATCH:,} activities": _take,
    "refresh of the day they touched": _refresh,
    "are 30 days up to date?": lambda of: _fresh(of, 30),
    "are 12 months up to date?": lambda of: _fresh(of, 365),
    "summary of 30 days": _of(period_summary, 30),
    "summary of 12 months": _of(period_summary, 365),
    "daily peaks of 30 days": _of(_all_peaks, 30),
    "daily peaks of 12 months": _of(_all_peaks, 365),
    "top 20 users of 30 days": _of(_top_users, 30),
    "top 20 users of 12 months": _of(_top_users, 365),
    "all three of 30 days at once": lambda of: _dashboard(of, 30),
}
OF_ALL: Final[dict[str, Act]] = {
    "which companies to refresh (each second)": lambda of: generations_to_refresh(of.working),
    "which companies to alert (each second)": _told,
    "which periods to close (each 5 minutes)": lambda of: billing_calendars(of.working),
    "overview of all companies": _overview,
    "refresh of the materialized views": lambda of: refresh_views(of.working),
}
