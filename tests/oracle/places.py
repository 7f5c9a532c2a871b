"""Where and when the worlds play: dates at which a clock does something awkward, and the awkward instants near them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .activities import AHEAD
from .days import DAY, midnight
from .facts import MICROSECOND

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

EVERYWHERE = ("UTC", "Asia/Kolkata", "Pacific/Chatham", "Australia/Lord_Howe", "America/New_York")


@dataclass(frozen=True, slots=True)
class Theatre:
    """A date, and the zones whose clocks turn on it or in the night before."""

    day: date
    zones: tuple[str, ...] = ()


THEATRES = (
    Theatre(date(2024, 6, 12)),  # nothing turns anywhere: what a failing world shrinks to
    Theatre(date(2024, 3, 10), ("America/Havana", "America/New_York")),  # Havana has no midnight
    Theatre(date(2024, 11, 3), ("America/Havana", "America/New_York")),  # Havana has two
    Theatre(date(2024, 3, 24), ("America/Asuncion",)),  # from midnight back to 23:00 of the day before
    Theatre(date(2024, 10, 6), ("America/Asuncion", "Australia/Lord_Howe")),  # no midnight; half an hour
    Theatre(date(2024, 4, 7), ("America/Santiago", "Pacific/Chatham", "Australia/Lord_Howe")),
    Theatre(date(2024, 9, 8), ("America/Santiago",)),
    Theatre(date(2024, 9, 29), ("Pacific/Chatham",)),
    Theatre(date(2024, 3, 31), ("Asia/Beirut", "Europe/Berlin")),
    Theatre(date(2024, 10, 27), ("Asia/Beirut", "Europe/Berlin")),
    Theatre(date(2024, 4, 26), ("Africa/Cairo",)),
    Theatre(date(2024, 11, 1), ("Africa/Cairo",)),
    Theatre(date(2011, 12, 30), ("Pacific/Apia",)),  # this day does not exist
)

IN_A_DAY = (10 * HOUR, timedelta(0), HOUR, HOUR / 2, 23 * HOUR, 10.5 * HOUR, -MICROSECOND, MICROSECOND)
FROM_NOW = (timedelta(0), -HOUR, -MICROSECOND, MICROSECOND, MINUTE, AHEAD)
AFTER_THE_DAY = (2 * DAY + 12 * HOUR, DAY, DAY - MICROSECOND, 10 * HOUR, 3 * DAY, 12 * DAY)


def nows(zones: Iterable[str], day: date) -> list[datetime]:
    """What the worlds may call now: on the day, at somebody's next midnight, some days later."""
    return distinct(midnight(zone, day) + after for zone in zones for after in AFTER_THE_DAY)


def midnights(zone: str, day: date, before: int, after: int) -> list[datetime]:
    """The local midnights from so many days before the day to so many after it."""
    return distinct(midnight(zone, day + timedelta(days=n)) for n in range(-before, after + 1))


def moments(zone: str, day: date, now: datetime, stale_after: timedelta, latest: datetime) -> list[datetime]:
    """What activities may call their time: often the same, often at midnight, some just where they grow stale."""
    near = [day + timedelta(days=n) for n in (0, 1, -1, 2)]
    in_days = [midnight(zone, each) + offset for offset in IN_A_DAY for each in near]
    round_now = [now + offset for offset in FROM_NOW]
    round_stale = [now - stale_after + offset for offset in (timedelta(0), MICROSECOND, -MICROSECOND, -HOUR)]
    return [moment for moment in distinct(in_days + round_now + round_stale) if moment <= latest]


def distinct(instants: Iterable[datetime]) -> list[datetime]:
    return list(dict.fromkeys(instants))
