"""Who has an account, since when and until when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .activities import Activity, last_said
from .members import REGISTERED, REMOVED


@dataclass(frozen=True, slots=True)
class User:
    """A user by the winning description; registrations are `[registered, removed)`, None while there is no removal."""

    key: str
    name: str | None
    registrations: tuple[tuple[datetime, datetime | None], ...]

    def is_registered_at(self, moment: datetime) -> bool:
        return any(begin <= moment and (end is None or moment < end) for begin, end in self.registrations)


def users_of(activities: Iterable[Activity]) -> dict[str, User]:
    """Those of whom a registration or a removal is told; activities in reading order."""
    told: dict[str, list[Activity]] = {}
    for each in activities:
        if each.type in (REGISTERED, REMOVED):
            told.setdefault(each.data["user"], []).append(each)
    return {key: User(key, last_said(own, "name"), registrations(own)) for key, own in sorted(told.items())}


def registrations(told: Sequence[Activity]) -> tuple[tuple[datetime, datetime | None], ...]:
    """Registering while registered opens nothing, removing while not registered closes nothing."""
    found: list[tuple[datetime, datetime | None]] = []
    for each in told:
        registered = bool(found) and found[-1][1] is None
        if each.type == REGISTERED and not registered:
            found.append((each.time, None))
        if each.type == REMOVED and registered:
            found[-1] = found[-1][0], each.time
    return tuple(found)
