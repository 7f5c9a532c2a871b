"""Events and rooms as their descriptions leave them, and which events are breakouts of which."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from .activities import Activity, instant, last_said
from .members import CANCELLED, PLANNED, ROOM_CREATED, STARTED


@dataclass(frozen=True, slots=True)
class Room:
    """A room by its winning description; one that is merely named has neither."""

    name: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event by its winning description; `parent` is None at the top, `owner` its own, else its room's."""

    key: str
    kind: str
    template: str | None
    title: str | None
    room: str | None
    room_label: str | None
    owner: str | None
    parent: str | None
    created_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    cancelled: bool
    captions_enabled: bool


def rooms_of(activities: Iterable[Activity]) -> dict[str, Room]:
    """The rooms that were described; activities in reading order."""
    told: dict[str, list[Activity]] = {}
    for each in activities:
        if each.type == ROOM_CREATED:
            told.setdefault(each.data["room"], []).append(each)
    return {key: Room(last_said(own, "name"), last_said(own, "owner")) for key, own in told.items()}


def events_of(activities: Sequence[Activity]) -> dict[str, Event]:
    """Every event that exists: from the first activity that names it, by `parent` too. Activities in reading order."""
    naming: dict[str, list[Activity]] = {}
    for activity in activities:
        for key in names(activity):
            naming.setdefault(key, []).append(activity)
    rooms = rooms_of(activities)
    said = {key: last_said(descriptions(key, naming[key]), "parent") for key in sorted(naming)}
    return {key: describe(key, naming[key], None if circles(key, said) else said[key], rooms) for key in said}


def names(activity: Activity) -> Iterator[str]:
    """The events that the activity names: whose it is, and whose breakout it says that to be."""
    return (activity.data[member] for member in ("event", "parent") if member in activity.data)


def descriptions(key: str, activities: Iterable[Activity]) -> list[Activity]:
    """Those that describe the event."""
    return [each for each in activities if each.event == key and each.type in (PLANNED, STARTED)]


def describe(key: str, naming: Sequence[Activity], parent: str | None, rooms: dict[str, Room]) -> Event:
    told = descriptions(key, naming)
    template, key_of_room = last_said(told, "template"), last_said(told, "room")
    room = rooms.get(key_of_room, Room())
    fates = [each.type for each in naming if each.event == key and each.type in (PLANNED, CANCELLED)]
    return Event(
        key=key,
        kind=last_said(told, "kind") or kind_by(template),
        template=template,
        title=last_said(told, "title"),
        room=key_of_room,
        room_label=room.name or key_of_room,
        owner=last_said(told, "owner") or room.owner,
        parent=parent,
        created_at=last_instant(told, "createdAt") or min(each.time for each in naming),
        starts_at=last_instant(told, "startsAt"),
        ends_at=last_instant(told, "endsAt"),
        cancelled=fates[-1:] == [CANCELLED],
        captions_enabled=bool(last_said(told, "captionsEnabled")),
    )


def last_instant(activities: Iterable[Activity], member: str) -> datetime | None:
    text = last_said(activities, member)
    return instant(text) if text else None


def kind_by(template: str | None) -> str:
    if template is not None and template.endswith("_CALL"):
        return "CALL"
    return "WEBINAR" if template == "WEBINAR" else "MEETING"


def circles(key: str, parents: dict[str, str | None]) -> bool:
    """Whether following the parents from here comes back here."""
    passed: set[str] = set()
    upper = parents[key]
    while upper is not None and upper not in passed:
        passed.add(upper)
        upper = parents[upper]
    return key in passed


def lineage(key: str, events: dict[str, Event]) -> list[str]:
    """The event, the one it is a breakout of, and so on to the top."""
    line = [key]
    while (parent := events[line[-1]].parent) is not None:
        line.append(parent)
    return line
