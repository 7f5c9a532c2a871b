"""The time of a demo company: when its history begins, how it grows, who works there when, how busy a day is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from turnout.server.demo.company import DemoCompany
from turnout.server.demo.dice import Dice

# 13 months, so that every day of the last twelve months has one a year before it or nearly so.
DAYS_BACK: Final = 396
DAYS_AHEAD: Final = 21
# The share of people and of activity that was there when the history began; it is 1 when the demo is first loaded.
AT_FIRST: Final = 0.7
LEAVES: Final = 0.08


class Employee(NamedTuple):
    """A user, the day of registration, and the day of removal if there is one."""

    user: str
    hired: date
    left: date | None


@dataclass(frozen=True)
class History:
    """A company from `days_back` days before it was first loaded on.

    Everything is counted from that day, never from today: a later start tells the same and goes on.
    """

    company: DemoCompany
    founded: date
    days_back: int = DAYS_BACK

    @classmethod
    def since(cls, company: DemoCompany, loaded: datetime, days_back: int = DAYS_BACK) -> "History":
        """The history of a company that was first loaded at this instant."""
        return cls(company, loaded.astimezone(ZoneInfo(company.time_zone)).date(), days_back)

    @cached_property
    def first_day(self) -> date:
        """The first of which anything is told."""
        return self.founded - timedelta(days=self.days_back)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The company's."""
        return ZoneInfo(self.company.time_zone)

    def at(self, day: date, hour: float) -> datetime:
        """The instant of a local hour; of one that a clock change leaves out, the one an hour later."""
        local = datetime.combine(day, time(), self.zone) + timedelta(hours=hour)
        return local.astimezone(UTC)

    def days(self, now: datetime) -> Iterator[date]:
        """All on which something may begin that is known by now."""
        last = now.astimezone(self.zone).date() + timedelta(days=DAYS_AHEAD)
        return (self.first_day + timedelta(days=offset) for offset in range((last - self.first_day).days + 1))

    def growth(self, day: date) -> float:
        """How large the company is, against the day on which it was first loaded."""
        return AT_FIRST + (1 - AT_FIRST) * (day - self.first_day).days / self.days_back

    def busy(self, day: date) -> float:
        """How much happens on a day, against an ordinary working day on which the demo is first loaded."""
        share = min([1.0, *(season.share for season in self.company.seasons if day in season)])
        return share * self.growth(day) * (self.company.weekends if day.weekday() > 4 else 1)

    @cached_property
    def employees(self) -> list[Employee]:
        """Everybody who has ever had an account, or will within a year of the first load."""
        return [self._employee(number) for number in range(1, int(self.company.staff * 1.3) + 1)]

    def _employee(self, number: int) -> Employee:
        dice = Dice(f"{self.company.slug} employee {number}")
        grown = max(0.0, number / self.company.staff - AT_FIRST) / (1 - AT_FIRST)
        hired = self.first_day + timedelta(days=round(grown * self.days_back))
        left = hired + timedelta(days=dice.count(15, 330)) if dice.chance(LEAVES) else None
        return Employee(f"u-{number:03}", hired, left)

    def staff(self, day: date) -> list[str]:
        """Who can stay, sign in and own something on a day: the registered ones."""
        if day not in self._staff:
            those = (who for who in self.employees if who.hired <= day and (who.left is None or day < who.left))
            self._staff[day] = [who.user for who in those]
        return self._staff[day]

    @cached_property
    def _staff(self) -> dict[date, list[str]]:
        return {}
