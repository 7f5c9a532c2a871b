"""The calendar: when each local day of a zone begins and ends, by the IANA database as Python reads it."""

import difflib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from psycopg import AsyncConnection, Connection

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements

FIRST_DAY: Final = date(1999, 12, 30)
REACH: Final = timedelta(days=3 * 366)
LEAST_REACH: Final = timedelta(days=366)
# Files beside the zones that say something about this machine or nothing at all.
_NO_ZONES: Final = frozenset({"localtime", "Factory"})
_SQL: Final = statements("turnout.database", "calendar.sql")


def find_zone(name: str) -> ZoneInfo:
    """The zone of this IANA name, such as Europe/Berlin. Raises TurnoutError UNKNOWN_TIME_ZONE."""
    known = _zones()
    if name in known:
        return ZoneInfo(name)
    close = difflib.get_close_matches(name, known, n=1)
    raise TurnoutError(
        "UNKNOWN_TIME_ZONE",
        f"There is no time zone {name!r}.",
        f"Did you mean {close[0]}?" if close else "Use a name of the IANA database, such as Europe/Berlin.",
    )


@cache
def _zones() -> frozenset[str]:
    """What a zone may be called; to look for them all in the file system takes as long as everything else about one."""
    return frozenset(available_timezones()) - _NO_ZONES


@lru_cache(16_384)
def local_midnight(zone: ZoneInfo, day: date) -> datetime:
    """The instant at which the local day begins: the first of two midnights, the jump where midnight is skipped."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def local_days(zone: ZoneInfo, first: date, last: date) -> Iterator[tuple[date, datetime, datetime]]:
    """Day, beginning and end of each local day from first to last; a day that the zone skipped does not come."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 2))
    midnights = ((day, local_midnight(zone, day)) for day in days)
    return ((day, starts, ends) for (day, starts), (_, ends) in pairwise(midnights) if starts < ends)


def extend(connection: Connection[Any], time_zone: str, now: datetime) -> None:
    """Add the days that the calendar of a zone lacks, three years ahead, unless it reaches a year ahead already.

    Raises TurnoutError UNKNOWN_TIME_ZONE.
    """
    row = connection.execute(_SQL["last_day"], {"time_zone": time_zone}).fetchone()
    if missing := missing_days(time_zone, row and row[0], now):
        connection.execute(_SQL["add_days"], missing)


async def extend_async(connection: AsyncConnection[Any], time_zone: str, now: datetime) -> None:
    """The same as `extend`, for those who must not wait."""
    row = await (await connection.execute(_SQL["last_day"], {"time_zone": time_zone})).fetchone()
    if missing := missing_days(time_zone, row and row[0], now):
        await connection.execute(_SQL["add_days"], missing)


async def extend_all(connection: AsyncConnection[Any], now: datetime) -> None:
    """The same for every zone that a company has, so that no activity ever falls on a day without bounds."""
    cursor = await connection.execute(_SQL["zones"])
    for (time_zone,) in await cursor.fetchall():
        await extend_async(connection, time_zone, now)


def missing_days(time_zone: str, last: date | None, now: datetime) -> dict[str, Any] | None:
    """The parameters that add what comes after the last known day; nothing while that is far enough ahead."""
    today = now.astimezone(UTC).date()
    if last and last - today >= LEAST_REACH:
        return None
    first = last + timedelta(days=1) if last else FIRST_DAY
    rows = list(local_days(find_zone(time_zone), first, today + REACH))
    return {
        "time_zone": time_zone,
        "days": [day for day, _, _ in rows],
        "starts": [starts for _, starts, _ in rows],
        "ends": [ends for _, _, ends in rows],
    }
