"""Which days of an answer are not final yet: they are not over, or time alone can still change them."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from turnout.analytics.periods import DAY, Period
from turnout.database.statements import statements
from turnout.tenants.connection import Statement

_SQL: Final = statements("turnout.analytics", "reading.sql")


class Unfinished:
    """The unfinished days of all periods that a request is about, as its answers find them."""

    def __init__(self) -> None:
        self._periods: set[tuple[date, date]] = set()
        self._found: set[date] = set()

    def ask(self, period: Period) -> None:
        """Take the days of a period into account, from the next question on."""
        self._periods.add((period.first_day, period.last_day))

    def statements(self, fixed: Mapping[str, Any], today: date) -> Iterator[Statement[date]]:
        """What to ask beside the questions of a request; nothing where none of its periods has begun."""
        first = min((first for first, _ in self._periods), default=today)
        last = min(today, max((last for _, last in self._periods), default=first - DAY))
        if first <= last:
            span = {"first_day": first, "last_day": last}
            yield Statement(_SQL["unfinished_days"], {**fixed, **span}, _day)

    def found(self, days: list[date]) -> None:
        """Keep what an answer's snapshot had."""
        self._found |= {day for day in days if self._asked(day)}

    def days(self, today: date) -> list[date]:
        """The unfinished days, ascending. Days after today are not named: nothing of them is in any answer."""
        return sorted(self._found | ({today} if self._asked(today) else set()))

    def _asked(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self._periods)


def _day(day: date) -> date:
    return day
