"""The terms in which a demo company is described: where it is, who works there, and what it does again and again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = range(6)
WORKDAYS: Final = range(5)
EVERY_DAY: Final = range(7)


@dataclass(frozen=True)
class Season:
    """A quiet part of every year, from (month, day) to (month, day), both included, perhaps over New Year."""

    first: tuple[int, int]
    last: tuple[int, int]
    share: float

    def __contains__(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, kw_only=True)
class Habit:
    """What a company does again and again: at fixed local hours, or so many times in the course of a day.

    `weeks`: only every so many weeks. `always`: whatever the season. `rooms`: their names; calls have none.
    `kind`: said only where the template is the platform's own.
    """

    name: str
    title: str = ""
    template: str
    kind: str | None = None
    rooms: Sequence[str] = ()
    weekdays: Sequence[int] = WORKDAYS
    weeks: int = 1
    hours: Sequence[float] = ()
    times_a_day: tuple[float, float] = (0, 0)
    minutes: tuple[int, int]
    people: tuple[int, int]
    guests: float = 0.0
    planned: bool = True
    recorded: bool = False
    breakouts: int = 0
    always: bool = False

    def falls_on(self, day: date) -> bool:
        """Whether it is followed on this day at all."""
        return day.weekday() in self.weekdays and (day.toordinal() - 1) // 7 % self.weeks == 0


@dataclass(frozen=True, kw_only=True)
class DemoCompany:
    """An invented company. The rest is what happens on an ordinary working day, apart from its events."""

    slug: str
    name: str
    time_zone: str
    billing_anchor_day: int
    staff: int
    departments: Sequence[str]
    seasons: Sequence[Season]
    habits: Sequence[Habit]
    sign_ins: tuple[int, int]
    messages: tuple[int, int]
    uploads: tuple[int, int]
    weekends: float = 0.1
