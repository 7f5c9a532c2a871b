"""Files and recordings, and the bytes they take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .activities import Activity, last_said
from .events import Event, lineage
from .members import FILE_DELETED, RECORDING_DELETED


@dataclass(frozen=True, slots=True)
class Version:
    """So many bytes that somebody, or nobody, has in use from `start` until `end`, None while there is no end."""

    owner: str | None
    bytes: int
    start: datetime
    end: datetime | None
    is_file: bool

    def is_in_use_at(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording by its winning description; `top` is the event at the top of the one it is of."""

    key: str
    top: str | None
    owner: str | None
    versions: tuple[Version, ...]


def file_versions(activities: Iterable[Activity]) -> list[Version]:
    """Every version of every file; activities in reading order."""
    files = grouped(activities, "file")
    return [version for told in files.values() for version in versions(told, last_said(told, "owner"), is_file=True)]


def recordings_of(activities: Iterable[Activity], events: dict[str, Event]) -> list[Recording]:
    """Every recording that is named; activities in reading order."""
    return [recording(key, told, events) for key, told in grouped(activities, "recording").items()]


def recording(key: str, told: Sequence[Activity], events: dict[str, Event]) -> Recording:
    event = last_said(told, "event")
    top = lineage(event, events)[-1] if event else None
    owner = last_said(told, "owner") or (events[top].owner if top else None)
    return Recording(key, top, owner, tuple(versions(told, owner, is_file=False)))


def versions(told: Iterable[Activity], owner: str | None, *, is_file: bool) -> list[Version]:
    """Whatever says bytes opens one; the next that does, or a deletion, ends it."""
    turns = [each for each in told if "bytes" in each.data or each.type in (FILE_DELETED, RECORDING_DELETED)]
    ends = [*(each.time for each in turns[1:]), None]
    return [
        Version(owner, each.data["bytes"], each.time, end, is_file)
        for each, end in zip(turns, ends, strict=False)
        if "bytes" in each.data
    ]


def grouped(activities: Iterable[Activity], member: str) -> dict[str, list[Activity]]:
    """The activities that name the same one, in the order they come."""
    groups: dict[str, list[Activity]] = {}
    for each in activities:
        if member in each.data:
            groups.setdefault(each.data[member], []).append(each)
    return groups
