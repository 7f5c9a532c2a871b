"""What stays and messages come to by device, room, place and single event: of a period, and of each day in it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, LiteralString

import msgspec

from turnout.analytics.clients import Device
from turnout.analytics.peaks import MICROSECONDS_A_MINUTE, Section
from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, Row, period_parameters, whole_days
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "breakdown.sql")
# In the order of the members of Posts.
_PLACES: Final = ("PUBLIC_CHAT", "PRIVATE_CHAT", "QUESTION", "ANSWER")


class DayMetric(StrEnum):
    """A peak that no limit is agreed for."""

    CONNECTIONS_IN_ONE_EVENT = "CONNECTIONS_IN_ONE_EVENT"
    DIAL_IN_LINES = "DIAL_IN_LINES"


class DeviceMinutes(msgspec.Struct, frozen=True):
    """Minutes spent with one device."""

    device: Device
    minutes: float


class Reached(msgspec.Struct, frozen=True):
    """A peak without a limit, and the first instant at which it was reached; None exactly when it is 0."""

    value: int = 0
    at: datetime | None = None


class Posts(msgspec.Struct, frozen=True):
    """Messages posted during events, by place."""

    public_chat: int = 0
    private_chat: int = 0
    questions: int = 0
    answers: int = 0

    @property
    def chat(self) -> int:
        """Public and private chat together."""
        return self.public_chat + self.private_chat

    @property
    def qa(self) -> int:
        """Questions and answers together."""
        return self.questions + self.answers


Peaks = Mapping[tuple[date | None, DayMetric, Section], Reached]
PostsBySection = Mapping[tuple[date | None, Section], Posts]

NO_MINUTES: Final = [DeviceMinutes(device, 0.0) for device in Device]


async def device_minutes(reading: Reading, period: Period) -> list[DeviceMinutes]:
    """Participation minutes of a period, of every device."""
    rows = await _ask(reading, period, _SQL["devices"], by_day=False)
    return _minutes({device: microseconds for _, device, microseconds in rows})


async def device_minutes_of_days(reading: Reading, period: Period) -> dict[date, list[DeviceMinutes]]:
    """The same of each day; days without anybody are missing."""
    spent: dict[date, dict[str, int]] = defaultdict(dict)
    for day, device, microseconds in await _ask(reading, period, _SQL["devices"], by_day=True):
        spent[day][device] = microseconds
    return {day: _minutes(of_day) for day, of_day in spent.items()}


async def active_rooms(reading: Reading, period: Period) -> int:
    """Distinct rooms in which somebody was during a period."""
    rows = await _ask(reading, period, _SQL["active_rooms"], by_day=False)
    return rows[0][1] if rows else 0


async def active_rooms_of_days(reading: Reading, period: Period) -> dict[date, int]:
    """The same of each day; days without anybody are missing."""
    return dict(await _ask(reading, period, _SQL["active_rooms"], by_day=True))


async def peaks(reading: Reading, period: Period) -> Peaks:
    """Connections in one event by section, and dial-in lines of TOTAL, without a day; those of 0 are missing."""
    return await _peaks(reading, period, by_day=False)


async def peaks_of_days(reading: Reading, period: Period) -> Peaks:
    """The same of each day."""
    return await _peaks(reading, period, by_day=True)


async def posts(reading: Reading, period: Period) -> PostsBySection:
    """Posts by section, without a day; those without an event are in TOTAL alone. Sections without any are missing."""
    return await _posts(reading, period, by_day=False)


async def posts_of_days(reading: Reading, period: Period) -> PostsBySection:
    """The same of each day."""
    return await _posts(reading, period, by_day=True)


def period_of(reading: Reading, period: Period) -> dict[str, Any]:
    """The parameters of a period for what is broken down: cut days are measured in the company's zone."""
    return period_parameters(period, reading.today) | {"time_zone": reading.company.time_zone}


async def _ask(reading: Reading, period: Period, text: LiteralString, *, by_day: bool) -> list[Any]:
    parameters = period_of(reading, period) | {"by_day": by_day}
    return await reading.ask(Question(text, _columns, parameters, whole_days(period)))


def _columns(*columns: Row) -> tuple[Row, ...]:
    return columns


def _minutes(spent: Mapping[str, int]) -> list[DeviceMinutes]:
    return [DeviceMinutes(device, spent.get(device, 0) / MICROSECONDS_A_MINUTE) for device in Device]


async def _peaks(reading: Reading, period: Period, *, by_day: bool) -> Peaks:
    rows = await _ask(reading, period, _SQL["peaks"], by_day=by_day)
    return {(day, DayMetric(metric), Section(section)): Reached(value, at) for day, metric, section, value, at in rows}


async def _posts(reading: Reading, period: Period, *, by_day: bool) -> PostsBySection:
    found: dict[tuple[date | None, Section], dict[str, int]] = defaultdict(dict)
    for day, section, place, count in await _ask(reading, period, _SQL["posts"], by_day=by_day):
        found[day, Section(section)][place] = count
    return {key: Posts(*(places.get(place, 0) for place in _PLACES)) for key, places in found.items()}
