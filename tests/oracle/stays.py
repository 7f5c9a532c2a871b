"""The signals of one connection folded into stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .activities import Activity
from .events import Event, lineage
from .members import ENDED, JOINED, LEFT, ROLE_CHANGED

Person = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """One connection to one event; `left` is None while it is open.

    `roles` are (since, role): the first since `joined`, each until the next one; neighbours differ, none is empty.
    """

    event: str
    top: str
    connection: str
    joined: datetime
    left: datetime | None
    inferred: bool
    roles: tuple[tuple[datetime, str | None], ...]
    person: Person
    service: str | None
    external: str | None
    metadata: dict[str, str]
    device: str | None = None

    def until(self, now: datetime) -> datetime:
        """Where it ends as seen from `now`: while it is open it counts up to now."""
        return self.left or max(self.joined, now)

    def role_at(self, moment: datetime) -> str | None:
        return [role for since, role in self.roles if since <= moment][-1]


def stays_of(
    activities: Sequence[Activity], events: dict[str, Event], stale_after: timedelta, now: datetime
) -> list[Stay]:
    """Every stay there is, services too, by connection and then by time."""
    found: list[Stay] = []
    told = [each for each in activities if each.type in (JOINED, LEFT, ROLE_CHANGED)]
    latest = latest_of(activities, events)
    for event, connection in sorted({(each.data["event"], each.data["connection"]) for each in told}):
        line = lineage(event, events)
        stale_end = latest[line[-1]] if now >= latest[line[-1]] + stale_after else None
        signals = signals_of(activities, connection, line)
        found += [fold(part, line, stale_end) for part in split(signals)]
    return found


def latest_of(activities: Sequence[Activity], events: dict[str, Event]) -> dict[str, datetime]:
    """When something was last said of each event at the top or of one of its breakouts. Activities in reading order."""
    return {lineage(each.event, events)[-1]: each.time for each in activities if each.event is not None}


def signals_of(activities: Sequence[Activity], connection: str, line: Sequence[str]) -> list[Activity]:
    """What concerns the connection, the ends of its event and of those above it being read last at one instant."""
    told = [each for each in activities if each.type in (JOINED, LEFT, ROLE_CHANGED)]
    own = [each for each in told if (each.event, each.data["connection"]) == (line[0], connection)]
    ends = [each for each in activities if each.event in line and each.type == ENDED]
    return sorted(own + ends, key=lambda each: (each.time, each.type == ENDED, each.place))


def split(signals: Sequence[Activity]) -> list[list[Activity]]:
    """One part for each stay: the join that opens it and all that follows before the next such join."""
    parts: list[list[Activity]] = []
    inside = False
    for signal in signals:
        if signal.type == JOINED and not inside:
            parts.append([])
        if signal.type != ROLE_CHANGED:
            inside = signal.type == JOINED
        if parts:
            parts[-1].append(signal)
    return parts


def fold(part: Sequence[Activity], line: Sequence[str], stale_end: datetime | None) -> Stay:
    """The stay that the first signal opens."""
    joined, connection = part[0].time, part[0].data["connection"]
    end = end_of(part)
    left = end.time if end else stale_end and max(joined, stale_end)
    return Stay(
        event=line[0],
        top=line[-1],
        connection=connection,
        joined=joined,
        left=left,
        inferred=left is not None and (end is None or end.type == ENDED),
        roles=roles_in(part[: part.index(end)] if end else part, left),
        person=identity(said(part, "user"), said(part, "externalId"), (line[0], connection)),
        service=said(part, "service"),
        device=said(part, "device"),
        external=said(part, "externalId"),
        metadata=metadata_of(said(part, "metadata")),
    )


def end_of(part: Sequence[Activity]) -> Activity | None:
    """The first real leave, even after an `event.ended`; without one the first `event.ended`."""
    leaves = [each for each in part if each.type == LEFT]
    ends = [each for each in part if each.type == ENDED]
    return next(iter(leaves + ends), None)


def said(part: Sequence[Activity], member: str) -> Any:
    """The join that opens says it; a join while open adds only what was missing."""
    values = [each.data.get(member) for each in part if each.type == JOINED]
    return next((value for value in values if value is not None), None)


def metadata_of(value: dict[str, str] | str | None) -> dict[str, str]:
    """A bare text is kept under a key of its own."""
    return {"value": value} if isinstance(value, str) else value or {}


def identity(user: str | None, external: str | None, connection: tuple[str, str]) -> Person:
    """Three namespaces that never meet."""
    if user is not None:
        return "user", user
    return ("externalId", external) if external is not None else ("connection", *connection)


def roles_in(during: Sequence[Activity], left: datetime | None) -> tuple[tuple[datetime, str | None], ...]:
    """The first role and its changes: of those at one instant the last, none at the very end, neighbours differing."""
    joined = during[0].time
    changes = {joined: said(during, "role")}
    changes.update((each.time, each.data["role"]) for each in during if each.type == ROLE_CHANGED)
    roles: list[tuple[datetime, str | None]] = []
    for since, role in changes.items():
        lasts = since == joined or left is None or since < left
        if lasts and (not roles or roles[-1][1] != role):
            roles.append((since, role))
    return tuple(roles)
