"""From the bytes of a delivery to an activity that can be counted, or to the reason why it cannot."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec

from turnout.ingest.vocabulary import (
    TYPES,
    Envelope,
    EventDescribed,
    EventNamed,
    EventPlanned,
    MessagePosted,
    RecordingRun,
    RecordingStored,
    Retracted,
    Said,
)

OLDEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
MOST_AHEAD: Final = timedelta(minutes=5)
LARGEST: Final = 1 << 20

_ENVELOPE: Final = msgspec.json.Decoder(Envelope)
_MEMBERS: Final[msgspec.json.Decoder[dict[str, Any] | None]] = msgspec.json.Decoder(dict[str, Any] | None)
_CANONICAL: Final = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that happened. `digest` is who said it and which one it is, `content` what it says."""

    position: int
    digest: bytes
    content: bytes
    type: str
    at: datetime
    source: str
    id: str
    said: Said
    replaces: bytes | None
    replaced_id: str | None
    body: bytes

    @property
    def event(self) -> str | None:
        """The event it is about, or that it names beside a message or a recording."""
        said = self.said
        return said.event if isinstance(said, EventNamed | MessagePosted | RecordingRun | RecordingStored) else None

    @property
    def parent(self) -> str | None:
        """The event that it says its own is a breakout of."""
        return self.said.parent if isinstance(self.said, EventDescribed) else None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A delivery that cannot be counted: where it stood in the request, its id where it has one, and why."""

    position: int
    id: str | None
    code: str
    reason: str
    body: bytes = b""
    source: str | None = None


class _RefusedError(Exception):
    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def read_activity(body: bytes, position: int, now: datetime) -> Activity | Quarantined:
    """Read one delivery; nothing is raised for whatever it may be."""
    try:
        return _read(_read_envelope(body), body, position, now)
    except _RefusedError as refused:
        code, reason = refused.code, refused.reason
    except msgspec.ValidationError as error:
        code, reason = "INVALID", str(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        code, reason = "UNREADABLE", f"Not a JSON object in UTF-8: {error}"
    names = _salvage(body)
    return Quarantined(position, printable(names.id), code, reason, body[:LARGEST], printable(names.source))


def digest_of(source: str, id_: str) -> bytes:
    """16 bytes that name an activity for ever; ids hold no control characters, so NUL keeps the two apart."""
    return hashlib.blake2b(f"{source}\0{id_}".encode(), digest_size=16).digest()


def _read_envelope(body: bytes) -> Envelope:
    if len(body) > LARGEST:
        raise _RefusedError("TOO_LARGE", f"An activity has {len(body)} bytes; {LARGEST} is the most.")
    return _ENVELOPE.decode(body)


def _read(envelope: Envelope, body: bytes, position: int, now: datetime) -> Activity:
    said = _read_data(envelope)
    at = envelope.time.astimezone(UTC)
    _refuse_times(at, said, now)
    if isinstance(said, EventDescribed) and said.parent == said.event:
        raise _RefusedError("PARENT_IS_ITSELF", f"The event {said.event!r} names itself as its parent.")
    if envelope.replaces == envelope.id:
        raise _RefusedError("REPLACES_ITSELF", "`replaces` names an earlier activity of the same source, never itself.")
    if isinstance(said, Retracted) and envelope.replaces is None:
        raise _RefusedError("INVALID", "A retraction needs `replaces`: the id of the activity that it takes back.")
    return Activity(
        position,
        digest_of(envelope.source, envelope.id),
        _content(envelope, at),
        envelope.type,
        at,
        envelope.source,
        envelope.id,
        said,
        digest_of(envelope.source, envelope.replaces) if envelope.replaces else None,
        envelope.replaces,
        body,
    )


def _read_data(envelope: Envelope) -> Said:
    said = TYPES.get(envelope.type)
    if said is None:
        raise _RefusedError("UNKNOWN_TYPE", f"The type {envelope.type[:200]!r} is not one that Turnout counts.")
    if said is Retracted:
        return Retracted()
    try:
        return _decoder(said).decode(envelope.data)
    except msgspec.ValidationError as error:
        raise _RefusedError("INVALID", f"data: {error}") from None


@lru_cache
def _decoder(said: type[Said]) -> msgspec.json.Decoder[Said]:
    return msgspec.json.Decoder(said)


def _refuse_times(at: datetime, said: Said, now: datetime) -> None:
    happened: list[tuple[str, datetime | None]] = [("time", at)]
    if isinstance(said, EventDescribed):
        happened.append(("createdAt", said.createdAt))
    if isinstance(said, RecordingStored):
        happened.append(("startedAt", said.startedAt))
    ahead: list[tuple[str, datetime | None]] = []
    if isinstance(said, EventPlanned):
        ahead = [("startsAt", said.startsAt), ("endsAt", said.endsAt)]
    for name, instant in happened + ahead:
        if instant is not None and instant < OLDEST:
            raise _RefusedError("TOO_OLD", f"{name} is {instant.isoformat()}; nothing before the year 2000 is taken.")
    for name, instant in happened:
        if instant is not None and instant > now + MOST_AHEAD:
            raise _RefusedError(
                "TOO_FAR_AHEAD", f"{name} is {instant.isoformat()}, more than 5 minutes ahead of the clock here."
            )


def _content(envelope: Envelope, at: datetime) -> bytes:
    """What an activity says, however it is written: members in order, those that are null left out."""
    members = _MEMBERS.decode(envelope.data)
    said = {name: value for name, value in members.items() if value is not None} if members else {}
    text = _CANONICAL.encode([envelope.type, at, envelope.replaces, said])
    return hashlib.blake2b(text, digest_size=16).digest()


class _Names(msgspec.Struct):
    """Whatever can be told of an activity that is broken elsewhere."""

    id: Any = None
    source: Any = None


def _salvage(body: bytes) -> _Names:
    try:
        return msgspec.json.decode(body[:LARGEST], type=_Names)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Names()


def printable(value: object) -> str | None:
    """A text that the database and every reader can take, or nothing."""
    return value[:200] if isinstance(value, str) and value.isprintable() else None
