"""What the demo's companies bought: one comes near its limits, one goes beyond them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from turnout.server.demo.exchange import MEGABYTE
from turnout.server.demo.history import History
from turnout.server.demo.telling import Happening
from turnout.tenants.limits import Limit, LimitMetric, Section

# Limits changed this many days before the demo was first loaded.
GREW_BEFORE: Final = timedelta(days=30)
NEARLY: Final = 0.95
TOO_MANY: Final = 1.04
GIGABYTE: Final = 1000 * MEGABYTE


def limits(history: History, told: Sequence[Happening]) -> list[Limit]:
    """What a company has contracted when the demo is first loaded, and these things have happened in it."""
    grew = history.founded - GREW_BEFORE
    match history.company.slug:
        case "aldermoor":
            return _nearly_reached(told, grew)
        case "nova-lyceum":
            return _exceeded(len(history.staff(history.founded)))
        case _:
            return _ample(grew)


def _nearly_reached(told: Sequence[Happening], grew: date) -> list[Limit]:
    """The town hall comes near its own, files and recordings near theirs."""
    step = 100 * MEGABYTE
    storage = -(-bytes_in_use(told) / NEARLY // step) * step
    return [
        Limit(LimitMetric.CONNECTIONS, Section.WEBINAR, 100),
        Limit(LimitMetric.LISTENERS, Section.WEBINAR, 100),
        Limit(LimitMetric.CONNECTIONS, Section.TOTAL, 150),
        Limit(LimitMetric.STORAGE_BYTES, Section.TOTAL, storage / 2, valid_to=grew - timedelta(days=1)),
        Limit(LimitMetric.STORAGE_BYTES, Section.TOTAL, storage, valid_from=grew),
        Limit(LimitMetric.USERS, Section.TOTAL, 200),
    ]


def _exceeded(users: int) -> list[Limit]:
    """Open evenings go beyond it, and so do the accounts."""
    return [
        Limit(LimitMetric.CONNECTIONS, Section.WEBINAR, 40),
        Limit(LimitMetric.PARTICIPATION_MINUTES, Section.TOTAL, 100_000),
        Limit(LimitMetric.USERS, Section.TOTAL, int(users / TOO_MANY)),
        Limit(LimitMetric.STORAGE_BYTES, Section.TOTAL, 500 * GIGABYTE),
    ]


def _ample(grew: date) -> list[Limit]:
    return [
        Limit(LimitMetric.CONNECTIONS, Section.TOTAL, 14, valid_to=grew - timedelta(days=1)),
        Limit(LimitMetric.CONNECTIONS, Section.TOTAL, 24, valid_from=grew),
        Limit(LimitMetric.EVENTS, Section.MEETING, 8),
        Limit(LimitMetric.USERS, Section.TOTAL, 60),
    ]


def bytes_in_use(told: Sequence[Happening]) -> int:
    """What files and recordings take up once all of this has happened, in the order in which it did."""
    sizes: dict[str, int] = {}
    for _, activity in told:
        data = activity["data"]
        match activity["type"]:
            case "turnout.file.uploaded":
                sizes[data["file"]] = data["bytes"]
            case "turnout.recording.stored":
                sizes[data["recording"]] = data["bytes"]
            case "turnout.file.deleted" | "turnout.recording.deleted":
                sizes.pop(data.get("file") or data["recording"], None)
            case _:
                pass
    return sum(sizes.values())
