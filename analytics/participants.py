"""Participants: the stays of one event, and those of one participant, with what was said of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from turnout.analytics.metadata import MetadataEntry, entries_of
from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.peaks import MICROSECONDS_A_MINUTE
from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading
from turnout.database.statements import statements

MICROSECONDS_A_SECOND: Final = 1_000_000

_SQL: Final = statements("turnout.analytics", "participants.sql")
_WHOLE: Final[dict[str, Any]] = {"period_start": None, "period_end": None}


class RoleSince(msgspec.Struct, frozen=True):
    """A role and from when on it was had; None when none was said."""

    role: str | None
    since: datetime


class Participant(msgspec.Struct, frozen=True):
    """One stay. `left_at` is None while it goes on, and inferred where no leave was told."""

    stay_id: str
    event_id: str
    title: str | None
    kind: str
    breakout_id: str | None
    joined_at: datetime
    left_at: datetime | None
    left_is_inferred: bool
    roles: list[RoleSince]
    device: str
    client: str | None
    user_id: str | None
    external_id: str | None
    name: str | None
    metadata: list[MetadataEntry]
    service: str | None
    participation_minutes: float
    arrival_seconds: float | None

    @property
    def connection(self) -> str:
        """Which connection it is a stay of."""
        return _connection(self.stay_id)


class Person(msgspec.Struct, frozen=True):
    """Whose stays: somebody in one of the two namespaces that ids have."""

    namespace: str
    key: str


async def participants(reading: Reading, event_id: str, wanted: Wanted, *, services: bool) -> Page[Participant]:
    """The stays of one event and its breakouts by when they began; none of a breakout, and of what does not exist."""
    return await _ask(reading, "of_event", wanted, _WHOLE | {"event": event_id, "services": services})


async def participant_stays(reading: Reading, period: Period, person: Person, wanted: Wanted) -> Page[Participant]:
    """The stays in a period of one person by when they began, over all events; services aside."""
    about = {"period_start": period.start, "period_end": period.end, "services": False}
    about |= {"namespace": person.namespace, "person": person.key}
    return await _ask(reading, "of_person", wanted, about)


async def _ask(reading: Reading, which: str, wanted: Wanted, about: dict[str, Any]) -> Page[Participant]:
    text = paged(_SQL[which] + "\n" + _SQL["rows"], wanted)
    return page_of(await reading.ask(Question(text, line_of(_participant), about | wanted.parameters())), wanted)


def _connection(stay_id: str) -> str:
    return stay_id.partition(".")[0]


def _participant(
    stay_id: str,
    event_id: str,
    title: str | None,
    kind: str,
    breakout_id: str | None,
    joined_at: datetime,
    left_at: datetime | None,
    inferred: bool,
    since: Sequence[datetime],
    roles: Sequence[str | None],
    device: str,
    client: str | None,
    user_id: str | None,
    external_id: str | None,
    name: str | None,
    metadata: dict[str, str] | None,
    service: str | None,
    lasted_us: int,
    arrival_us: int | None,
) -> Participant:
    return Participant(
        stay_id,
        event_id,
        title,
        kind,
        breakout_id,
        joined_at,
        left_at,
        inferred,
        [RoleSince(role, at) for role, at in zip(roles, since, strict=True)],
        device,
        client,
        user_id,
        external_id,
        name,
        entries_of(_connection(stay_id), metadata),
        service,
        lasted_us / MICROSECONDS_A_MINUTE,
        None if arrival_us is None else arrival_us / MICROSECONDS_A_SECOND,
    )
