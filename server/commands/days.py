"""The days of a company that a command has touched."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from rich.progress import Progress

    from turnout.tenants.company import Company


async def extend_calendars(conninfo: str, now: "Callable[[], datetime]") -> None:
    """As a server does every day; where none runs, nobody else would."""
    from psycopg import AsyncConnection

    from turnout.database.calendar import extend_all

    async with await AsyncConnection[tuple[object, ...]].connect(conninfo, autocommit=True) as connection:
        await extend_all(connection, now())


async def build_days(conninfo: str, company: "Company", now: "Callable[[], datetime]", progress: "Progress") -> None:
    """Compute all days of rollups that are to take the place of others, and let them. A server may be at it too."""
    from psycopg import AsyncConnection

    from turnout.analytics.refreshing import Refresh

    bar = progress.add_task("Computing days", total=None)
    async with await AsyncConnection[tuple[object, ...]].connect(conninfo, autocommit=True) as connection:
        refresh = Refresh(connection, company.company_id, company.generation)
        total = 0
        while not await refresh.advance(now()):
            while left := await refresh.run(now()):
                total = max(total, left)
                progress.update(bar, total=total, completed=total - left)


async def compute_days(conninfo: str, company: "Company", now: "Callable[[], datetime]", progress: "Progress") -> None:
    """Compute the days that were touched, so that the first who asks need not wait."""
    from psycopg import AsyncConnection

    from turnout.analytics.refreshing import Refresh

    bar = progress.add_task("Computing days", total=None)
    async with await AsyncConnection[tuple[object, ...]].connect(conninfo, autocommit=True) as connection:
        refresh = Refresh(connection, company.company_id, company.generation)
        await refresh.settle(now())
        left, total = 1, 0
        while left:
            left = await refresh.run(now())
            total = max(total, left)
            progress.update(bar, total=total, completed=total - left)


async def close_periods(conninfo: str, company: "Company", now: "Callable[[], datetime]") -> "list[date]":
    """Close the billing periods that have ended, whether a server is at it too; the first days of those it changed."""
    from turnout.analytics.refresher import Refresher

    refresher = Refresher(conninfo, now, connections=1)
    try:
        await refresher.connect()
        return await refresher.close_periods(company.company_id, company.generation)
    finally:
        await refresher.stop()
