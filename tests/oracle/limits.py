"""Contracted limits, and a peak held against them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

METRICS = {"connections": "CONNECTIONS", "speakers": "SPEAKERS", "listeners": "LISTENERS", "events": "EVENTS"}


@dataclass(frozen=True, slots=True)
class Limit:
    """So much of a metric in a section, on the days from and to, both included; None is without an end."""

    metric: str
    section: str
    value: float
    from_day: date | None = None
    to_day: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.from_day or date.min) <= day <= (self.to_day or date.max)


def limit_on(limits: Sequence[Limit], metric: str, section: str, day: date) -> int | None:
    """The value that rules on the day: of those that hold the latest start, of equal starts the later listed."""
    holding = [each for each in limits if (each.metric, each.section) == (metric, section) and each.holds_on(day)]
    if not holding:
        return None
    latest = max(each.from_day or date.min for each in holding)
    return int([each for each in holding if (each.from_day or date.min) == latest][-1].value)


def peak_against(limit: int | None, value: int, at: datetime | None) -> dict[str, Any]:
    """A Peak as the API shows it."""
    share = value / limit if limit else None
    headroom = None if limit is None else limit - value
    return {"value": value, "at": at, "limit": limit, "share": share, "headroom": headroom}


def usage_against(limit: int | None, used: int) -> dict[str, Any]:
    """A Usage as the API shows it."""
    share = used / limit if limit else None
    headroom = None if limit is None else float(limit - used)
    return {"used": float(used), "limit": None if limit is None else float(limit), "share": share, "headroom": headroom}
