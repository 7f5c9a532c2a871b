"""What is used in a period of what was contracted: every figure by day, each day against its own limit."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .days import Day, days_of, local_day, midnight
from .facts import TOTAL, Facts
from .limits import METRICS, Limit
from .members import KINDS
from .recordings import recordings_in, stored_minutes
from .uses import uses_of

MINUTE = 60_000_000
EVERYWHERE = (TOTAL, *KINDS)
SECTIONS = {"SPEAKERS": EVERYWHERE, "LISTENERS": (TOTAL, "WEBINAR"), "CONNECTIONS": EVERYWHERE, "EVENTS": EVERYWHERE}
PEAKS = {name: metric for metric, name in METRICS.items()}
ALWAYS_TOLD = (
    *("CONNECTIONS", "EVENTS", "PARTICIPATION_MINUTES", "BILLED_MINUTES"),
    *("RECORDED_MINUTES", "STORED_RECORDING_MINUTES", "STORED_RECORDING_BYTES", "CAPTIONS_ENABLED_MINUTES"),
)

EXISTING = ("STORED_RECORDING_MINUTES",)

Row = dict[str, Any]


@dataclass(frozen=True)
class Contract:
    """A period of a company: its facts, limits, and whether it is a billing period whose stays are rounded up."""

    zone: str
    facts: Facts
    limits: Sequence[Limit]
    start: datetime
    end: datetime
    billing: bool
    per_stay: bool

    def rows(self) -> list[Row]:
        """The figures that are told, by metric and section."""
        return [*self._peaks(), *self._minutes(), *self._levels()]

    def _peaks(self) -> Iterator[Row]:
        for name in ("CONNECTIONS", "SPEAKERS", "LISTENERS", "EVENTS"):
            for section in SECTIONS[name]:
                if self._is_told(name, section):
                    yield self._peak(name, section)

    def _peak(self, name: str, section: str) -> Row:
        value, at = self.facts.peak(PEAKS[name], section, self.start, self.end)
        by_day = [(day, *self.facts.peak(PEAKS[name], section, day.start, day.end)) for day in self._days_up_to_today()]
        limit = self._limit(name, section, at or self.facts.at_the_end(self.end))
        return row(name, section, value, limit, at) | self._worst(name, section, by_day)

    def _minutes(self) -> Iterator[Row]:
        ways: list[tuple[str, Callable[[int], int]]] = [("PARTICIPATION_MINUTES", lambda us: us)]
        if self.billing:
            ways.append(("BILLED_MINUTES", whole_minutes if self.per_stay else lambda us: us))
        for name, rounded in ways:
            for section in EVERYWHERE:
                if self._is_told(name, section):
                    yield self._sum(name, section, self._spent(section, rounded))
        yield self._sum(
            "RECORDED_MINUTES",
            TOTAL,
            lambda end: recordings_in(self.facts.ran, self.start, end)["recordedMinutes"],
        )

    def _spent(self, section: str, rounded: Callable[[int], int]) -> Callable[[datetime], float]:
        def until(end: datetime) -> float:
            stays = self.facts.within(section, self.start, end)
            return sum(rounded(stay.microseconds_in(self.start, end)) for stay in stays) / MINUTE

        return until

    def _sum(self, name: str, section: str, until: Callable[[datetime], float]) -> Row:
        limit = self._limit(name, section, self.facts.at_the_end(self.end)) if self.billing else None
        by_day = [(day, until(day.end), self._end_of(day)) for day in self._days_up_to_today()]
        worst = self._worst(name, section, by_day if self.billing else [])
        return row(name, section, until(self.end), limit, min(self.end, self.facts.now)) | worst

    def _levels(self) -> Iterator[Row]:
        levels: dict[str, Callable[[datetime, datetime], float]] = {
            "STORED_RECORDING_MINUTES": lambda moment, end: stored_minutes(self.facts.ran, moment, end),
            "STORED_RECORDING_BYTES": lambda moment, _: sum(
                version.bytes for version in self.facts.in_use_at(moment) if not version.is_file
            ),
            "CAPTIONS_ENABLED_MINUTES": lambda _, end: uses_of(self.facts, self.start, end)["captionsEnabledMinutes"],
            "STORAGE_BYTES": lambda moment, _: sum(version.bytes for version in self.facts.in_use_at(moment)),
            "USERS": lambda moment, _: len(self.facts.registered_at(moment)),
        }
        for name, level in levels.items():
            if self._is_told(name, TOTAL):
                moment = self.facts.at_the_end(self.end)
                by_day = [
                    (day, level(self.facts.at_the_end(day.end), day.end), self._end_of(day))
                    for day in self._days_up_to_today()
                ]
                used = row(
                    name,
                    TOTAL,
                    level(moment, self.end),
                    self._limit(name, TOTAL, moment),
                    min(self.end, self.facts.now),
                )
                yield used | self._worst(name, TOTAL, by_day)

    def _worst(self, name: str, section: str, by_day: Sequence[tuple[Day, float, datetime | None]]) -> Row:
        """The highest share of a day, and of equal ones the first."""
        worst: Row = {"worstShare": None, "worstShareAt": None}
        for day, value, at in by_day:
            limit = self._limit(name, section, day.start)
            if limit and (worst["worstShare"] is None or value / limit > worst["worstShare"]):
                worst = {"worstShare": value / limit, "worstShareAt": at}
        return worst

    def _is_told(self, name: str, section: str) -> bool:
        if section == TOTAL and name in ALWAYS_TOLD:
            return True
        if name.endswith("_MINUTES") and name not in EXISTING and not self.billing:
            return False
        return any(self._limit(name, section, day.start) is not None for day in self._days_up_to_today())

    def _limit(self, name: str, section: str, moment: datetime) -> float | None:
        day = local_day(self.zone, moment)
        holding = [
            each for each in self.limits if (each.metric, each.section) == (name, section) and each.holds_on(day)
        ]
        latest = max((each.from_day.toordinal() if each.from_day else 0 for each in holding), default=0)
        ruling = [each for each in holding if (each.from_day.toordinal() if each.from_day else 0) == latest]
        return ruling[-1].value if ruling else None

    def _days_up_to_today(self) -> list[Day]:
        days = days_of(self.zone, self.start, self.end)
        return [day for day in days if midnight(self.zone, day.date) <= self.facts.now]

    def _end_of(self, day: Day) -> datetime:
        return min(day.end, self.facts.now)


def row(name: str, section: str, used: float, limit: float | None, at: datetime | None) -> Row:
    share = used / limit if limit else None
    headroom = None if limit is None else limit - used
    told = {"metric": name, "section": section, "used": float(used), "limit": limit, "share": share}
    return told | {"headroom": headroom, "at": at}


def whole_minutes(us: int) -> int:
    return -(-us // MINUTE) * MINUTE
