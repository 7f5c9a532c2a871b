"""Contracted limits: what a company may use of a metric, and on which days."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NoReturn

from turnout.database.errors import TurnoutError


class Section(StrEnum):
    """A part of what happened, by the kind of event; TOTAL is every kind together."""

    TOTAL = "TOTAL"
    MEETING = "MEETING"
    WEBINAR = "WEBINAR"
    CALL = "CALL"

    @property
    def has_listeners(self) -> bool:
        """Only webinars have listeners; in meetings and calls everybody speaks."""
        return self in {Section.TOTAL, Section.WEBINAR}


class LimitMetric(StrEnum):
    """What can be limited."""

    SPEAKERS = "SPEAKERS"
    LISTENERS = "LISTENERS"
    CONNECTIONS = "CONNECTIONS"
    EVENTS = "EVENTS"
    PARTICIPATION_MINUTES = "PARTICIPATION_MINUTES"
    RECORDED_MINUTES = "RECORDED_MINUTES"
    STORED_RECORDING_MINUTES = "STORED_RECORDING_MINUTES"
    STORAGE_BYTES = "STORAGE_BYTES"
    USERS = "USERS"


@dataclass(frozen=True, slots=True)
class Limit:
    """A value of a metric in a section, on the days from the first to the last, both included; None has no end."""

    metric: LimitMetric
    section: Section
    value: float
    valid_from: date | None = None
    valid_to: date | None = None

    def __str__(self) -> str:
        """The limit as `parse_limit` reads it."""
        section = "" if self.section is Section.TOTAL else f"@{self.section}"
        number = int(self.value) if self.value == int(self.value) else self.value
        days = [str(day or "") for day in (self.valid_from, self.valid_to)]
        return f"{self.metric}{section}={number}:{':'.join(days)}".rstrip(":")


EXAMPLE: Final = "CONNECTIONS@WEBINAR=500:2026-01-01:2026-12-31"
# Beyond it neighbouring whole numbers are no longer told apart.
LARGEST: Final = 2**53
_SHAPE: Final = re.compile(r"([^@=:]*)(?:@([^@=:]*))?=([^@=:]*)(?::([^@=:]*))?(?::([^@=:]*))?")
_NUMBER: Final = re.compile(r"[0-9]{1,16}(\.[0-9]{1,9})?")
_MINUTES: Final = frozenset(
    {LimitMetric.PARTICIPATION_MINUTES, LimitMetric.RECORDED_MINUTES, LimitMetric.STORED_RECORDING_MINUTES}
)
_EVERY_SECTION: Final = frozenset(Section)
_SECTIONS: Final[Mapping[LimitMetric, frozenset[Section]]] = {
    LimitMetric.SPEAKERS: _EVERY_SECTION,
    LimitMetric.LISTENERS: frozenset(section for section in Section if section.has_listeners),
    LimitMetric.CONNECTIONS: _EVERY_SECTION,
    LimitMetric.EVENTS: _EVERY_SECTION,
    LimitMetric.PARTICIPATION_MINUTES: _EVERY_SECTION,
}


def parse_limit(text: str) -> Limit:
    """The limit written as METRIC[@SECTION]=VALUE[:FROM[:TO]]; dates as 2026-01-31, FROM may be empty.

    Raises TurnoutError INVALID_LIMIT.
    """
    if not (parts := _SHAPE.fullmatch(text)):
        _refuse(text, "it is not written as METRIC[@SECTION]=VALUE[:FROM[:TO]]")
    metric = _metric(text, parts[1])
    section = _section(text, metric, parts[2])
    value = _value(text, metric, parts[3])
    valid_from, valid_to = _day(text, parts[4]), _day(text, parts[5])
    if valid_from and valid_to and valid_from > valid_to:
        _refuse(text, f"it ends on {valid_to}, before it begins")
    return Limit(metric, section, value, valid_from, valid_to)


def check_limit(limit: Limit) -> None:
    """Raises TurnoutError INVALID_LIMIT for one that `parse_limit` would not give."""
    parse_limit(str(limit))


def sections_of(metric: LimitMetric) -> frozenset[Section]:
    """The sections in which a metric can be limited."""
    return _SECTIONS.get(metric, frozenset({Section.TOTAL}))


def _metric(text: str, name: str) -> LimitMetric:
    if name not in LimitMetric.__members__:
        _refuse(text, f"{name!r} is none of {', '.join(LimitMetric)}")
    return LimitMetric(name)


def _section(text: str, metric: LimitMetric, name: str | None) -> Section:
    if name is None:
        return Section.TOTAL
    allowed = sections_of(metric)
    if name not in allowed:
        _refuse(text, f"{metric} has no section {name!r}, only {', '.join(s for s in Section if s in allowed)}")
    return Section(name)


def _value(text: str, metric: LimitMetric, number: str) -> float:
    if not _NUMBER.fullmatch(number):
        _refuse(text, f"{number!r} is not a number of 0 or more")
    value = float(number)
    if metric not in _MINUTES and not value.is_integer():
        _refuse(text, f"{metric} are counted, so {number} must be a whole number")
    if value > LARGEST:
        _refuse(text, f"{number} is more than {LARGEST}")
    return value


def _day(text: str, day: str | None) -> date | None:
    if not day:
        return None
    try:
        return datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        _refuse(text, f"{day!r} is not a date such as 2026-01-31")


def _refuse(text: str, reason: str) -> NoReturn:
    raise TurnoutError("INVALID_LIMIT", f"The limit {text!r} cannot be taken: {reason}.", f"Write it like {EXAMPLE}.")
