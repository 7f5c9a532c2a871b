"""What is going on now: who is in which events, what is recorded and streamed, and who has just come and gone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from turnout.analytics.metadata import MetadataEntry, entries_of
from turnout.analytics.peaks import Section
from turnout.analytics.reading import Question, Reading
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "live.sql")
# Rows of the outbox that are older are none that anybody waits for; ingest keeps them about as long.
_KEPT: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class LiveSection:
    """How many stays are going on in how many events."""

    section: Section
    participants: int
    events: int


@dataclass(frozen=True, slots=True)
class Live:
    """A company as of an instant: each section in the order of the enumeration, recorded events, live streams."""

    as_of: datetime
    sections: Sequence[LiveSection]
    recordings: int
    live_streams: int

    def is_as(self, other: "Live | None") -> bool:
        """Whether nothing has changed but the time."""
        return other is not None and replace(self, as_of=other.as_of) == other


class StayActivityKind(Enum):
    """What somebody has done."""

    JOINED = "JOINED"
    LEFT = "LEFT"
    ROLE_CHANGED = "ROLE_CHANGED"


@dataclass(frozen=True, slots=True)
class StayActivity:
    """Somebody has joined, left or changed role; the role is the one from then on, or held until then.

    `person` is the stay's own number, for what stands for its name.
    """

    what: StayActivityKind
    at: datetime
    kind: str
    event_id: str
    title: str | None
    room_id: str | None
    room: str | None
    connection_id: str
    person: str
    user_id: str | None
    name: str | None
    external_id: str | None
    role: str | None
    device: str
    client: str | None
    metadata: Sequence[MetadataEntry]


@dataclass(frozen=True, slots=True)
class News:
    """What has become known up to a snapshot: whether anything has, and what of it is about stays."""

    snapshot: str
    anything: bool = False
    activities: Sequence[StayActivity] = ()


async def live(reading: Reading) -> Live:
    """The figures as of now."""
    sections, [recordings], [live_streams] = await asyncio.gather(
        reading.ask(Question(_SQL["sections"], _section)),
        reading.ask(Question(_SQL["recordings"], int)),
        reading.ask(Question(_SQL["live_streams"], int)),
    )
    found = {row.section: row for row in sections}
    rows = tuple(found.get(section, LiveSection(section, 0, 0)) for section in Section)
    return Live(reading.as_of, rows, recordings, live_streams)


async def first_look(reading: Reading) -> News:
    """From where on there can be news."""
    [snapshot] = await reading.ask(Question(_SQL["snapshot"], str))
    return News(snapshot)


async def look_again(reading: Reading, before: News) -> News:
    """What has been committed since; each activity once, whatever the order in which transactions end."""
    asked = {"seen": before.snapshot, "kept": _KEPT}
    [snapshot], activities = await asyncio.gather(
        reading.ask(Question(_SQL["snapshot"], str)), reading.ask(Question(_SQL["activities"], _activity, asked))
    )
    return News(snapshot, bool(activities), tuple(activity for activity in activities if activity))


def _section(section: str, participants: int, events: int) -> LiveSection:
    return LiveSection(Section(section), participants, events)


def _activity(
    what: str,
    at: datetime,
    kind: str,
    event_id: str,
    title: str | None,
    room_id: str | None,
    room: str | None,
    connection_id: str,
    person: str,
    user_id: str | None,
    name: str | None,
    external_id: str | None,
    role: str | None,
    device: str,
    client: str | None,
    metadata: dict[str, str] | None,
) -> StayActivity | None:
    """None for what is about no stay."""
    if what == "OTHER":
        return None
    return StayActivity(
        StayActivityKind(what),
        at,
        kind,
        event_id,
        title,
        room_id,
        room,
        connection_id,
        person,
        user_id,
        name,
        external_id,
        role,
        device,
        client,
        entries_of(person, metadata),
    )
