"""Clients: what users signed in with."""

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, period_parameters, whole_days
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "clients.sql")


class Device(StrEnum):
    """What somebody holds or sits at."""

    DESKTOP = "DESKTOP"
    MOBILE = "MOBILE"
    TABLET = "TABLET"
    TV = "TV"
    PHONE = "PHONE"
    ROOM_SYSTEM = "ROOM_SYSTEM"
    UNKNOWN = "UNKNOWN"


class ClientStat(msgspec.Struct, frozen=True):
    """Sign-ins by one device, client and system, of one day or of the whole period; `users` are distinct."""

    day: date | None
    device: str
    client: str
    os: str | None
    sign_ins: int
    users: int


async def clients(reading: Reading, period: Period, rows: int, *, per_day: bool) -> list[ClientStat]:
    """The clients with the most sign-ins, `rows` of them a day or in all; the rest is one row, "Other"."""
    parameters = period_parameters(period, reading.today) | {"rows": rows, "per_day": per_day}
    return await reading.ask(Question(_SQL["clients"], ClientStat, parameters, whole_days(period)))
