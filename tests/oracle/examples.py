"""Short words for small worlds worked out by hand: the 12th of June 2024, in UTC, as seen from noon of the 14th."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from .activities import Raw
from .limits import Limit
from .oracle import Oracle

NUMBERS = count(1000)
HOUR = timedelta(hours=1)
TINY = timedelta(microseconds=1)


def at(clock: str, day: int = 12) -> datetime:
    """An instant of June 2024."""
    return datetime.fromisoformat(f"2024-06-{day}T{clock}:00+00:00")


NOW = at("12:00", 14)
MIDNIGHTS = [at("00:00", day) for day in range(10, 20)]
THE_12TH = (at("00:00", 12), at("00:00", 13))


def says(verb: str, time: datetime | str, event: str | None = "e", **members: Any) -> Raw:
    """An activity of the 12th of June, or of an instant; `source`, `id`, `replaces` are the envelope's."""
    moment = at(time) if isinstance(time, str) else time
    raw: Raw = {"source": "s", "id": str(next(NUMBERS)), "type": f"turnout.{verb}", "time": moment.isoformat()}
    raw |= {name: members.pop(name) for name in ("source", "id", "replaces") if name in members}
    instants = {name: value.isoformat() for name, value in members.items() if isinstance(value, datetime)}
    return raw | {"data": ({} if event is None else {"event": event}) | members | instants}


def tells(verb: str, time: datetime | str, **members: Any) -> Raw:
    """An activity that is of no event unless it says so."""
    return says(verb, time, members.pop("event", None), **members)


def registered(time: datetime | str, user: str = "u", **members: Any) -> Raw:
    return tells("user.registered", time, user=user, **members)


def removed(time: datetime | str, user: str = "u", **members: Any) -> Raw:
    return tells("user.removed", time, user=user, **members)


def uploaded(time: datetime | str, size: int, file: str = "f", **members: Any) -> Raw:
    return tells("file.uploaded", time, file=file, bytes=size, **members)


def stored(time: datetime | str, size: int | None, recording: str = "r", **members: Any) -> Raw:
    return tells("recording.stored", time, recording=recording, bytes=size, **members)


def joined(time: datetime | str, connection: str, event: str = "e", **members: Any) -> Raw:
    return says("stay.joined", time, event, connection=connection, **members)


def left(time: datetime | str, connection: str, event: str = "e", **members: Any) -> Raw:
    return says("stay.left", time, event, connection=connection, **members)


def stay(start: datetime | str, end: datetime | str, connection: str, event: str = "e", **members: Any) -> list[Raw]:
    return [joined(start, connection, event, **members), left(end, connection, event)]


def company(*activities: Raw, zone: str = "UTC", limits: tuple[Limit, ...] = ()) -> Oracle:
    return Oracle(zone, 24 * HOUR, limits, activities)


def summary(*activities: Raw, now: datetime = NOW, limits: tuple[Limit, ...] = ()) -> Any:
    return company(*activities, limits=limits).period_summary(*THE_12TH, now)


def total(*activities: Raw, now: datetime = NOW) -> tuple[int, int, float, int]:
    """Peak of connections, events held, minutes, people on the 12th."""
    found = summary(*activities, now=now)["total"]
    peak = found["peakConnections"]["value"]
    return peak, found["eventsHeld"], found["participationMinutes"], found["uniqueParticipants"]


def ends(*activities: Raw, now: datetime = NOW) -> list[tuple[datetime | None, bool]]:
    return [(each.left, each.inferred) for each in company(*activities).stays(now)]
