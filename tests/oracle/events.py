"""Events as their descriptions leave them, and which of them are breakouts of which."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from .activities import CANCELLED, PLANNED, STARTED, Activity, instant


@dataclass(frozen=True, slots=True)
class Event:
    """An event by its winning description; `parent` is None at the top."""

    key: str
    kind: str
    template: str | None
    parent: str | None
    created_at: datetime
    starts_at: datetime | None
    cancelled: bool


def events_of(activities: Sequence[Activity]) -> dict[str, Event]:
    """Every event that exists: from the first activity that names it, by `parent` too. Activities in reading order."""
    named = sorted({key for activity in activities for key in names(activity)})
    said = {key: winning([each for each in activities if each.event == key], "parent") for key in named}
    return {key: describe(key, activities, None if circles(key, said) else said[key]) for key in named}


def names(activity: Activity) -> Iterator[str]:
    """The events that the activity names."""
    yield activity.event
    parent = winning([activity], "parent")
    if parent is not None:
        yield parent


def describe(key: str, activities: Iterable[Activity], parent: str | None) -> Event:
    naming = [each for each in activities if key in names(each)]
    own = [each for each in naming if each.event == key]
    template = winning(own, "template")
    created_at = winning(own, "createdAt")
    starts_at = winning([each for each in own if each.type == PLANNED], "startsAt")
    fates = [each.type for each in own if each.type in (PLANNED, CANCELLED)]
    return Event(
        key=key,
        kind=winning(own, "kind") or kind_by(template),
        template=template,
        parent=parent,
        created_at=instant(created_at) if created_at else min(each.time for each in naming),
        starts_at=instant(starts_at) if starts_at else None,
        cancelled=fates[-1:] == [CANCELLED],
    )


def winning(activities: Iterable[Activity], member: str) -> str | None:
    """What was said last, null saying nothing. Only these two types describe an event."""
    said = [each.data.get(member) for each in activities if each.type in (PLANNED, STARTED)]
    return next((value for value in reversed(said) if value is not None), None)


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
