"""A company's local days as stretches of UTC."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Day:
    """A local day, or what a period cuts out of it: `[start, end)`."""

    date: date
    start: datetime
    end: datetime


@lru_cache(maxsize=100_000)
def midnight(zone: str, day: date) -> datetime:
    """The first instant at which the zone's calendar shows this day, or a later one when this day is left out."""
    wall = datetime.combine(day, time(0), ZoneInfo(zone))  # of two such midnights fold=0 is the first
    first = wall.astimezone(UTC)
    if first.astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return first

    moment = wall.replace(fold=1).astimezone(UTC)  # the clock jumps over midnight: walk to the jump, PEP 495
    while moment.astimezone(wall.tzinfo).date() < day:
        moment += MINUTE
    return moment


def local_day(zone: str, instant: datetime) -> date:
    """The company's day in which the instant lies."""
    day = instant.astimezone(ZoneInfo(zone)).date() + DAY
    while midnight(zone, day) > instant:
        day -= DAY
    return day


def days_of(zone: str, start: datetime, end: datetime) -> Iterator[Day]:
    """The days of a period by instants, the first and the last cut to it; a day that does not exist is no day."""
    day = local_day(zone, start)
    while midnight(zone, day) < end:
        cut = Day(day, max(start, midnight(zone, day)), min(end, midnight(zone, day + DAY)))
        if cut.start < cut.end:
            yield cut
        day += DAY
