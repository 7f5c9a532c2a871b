"""From the bytes of a delivery to an activity that can be counted, or to the reason why it cannot."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct

from turnout.ingest.vocabulary import (
    TYPES,
    Envelope,
    EventDescribed,
    EventPlanned,
    RecordingStored,
    Retracted,
    Said,
)

OLDEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
MOST_AHEAD: Final = timedelta(minutes=5)
LARGEST: Final = 1 << 20
DIGEST_SIZE: Final = 16

_ENVELOPE: Final = msgspec.json.Decoder(Envelope)
_MEMBERS: Final[msgspec.json.Decoder[dict[str, Any] | None]] = msgspec.json.Decoder(dict[str, Any] | None)
_SAID: Final[dict[str, msgspec.json.Decoder[Said]]] = {name: msgspec.json.Decoder(said) for name, said in TYPES.items()}
_CANONICAL: Final = msgspec.json.Encoder(order="deterministic")


class Activity(Struct, frozen=True, gc=False):
    """One thing that happened. `digest` is who said it and which one it is, `content` what it says.

    `event` is the event it is about, or that it names beside a message or a recording; `parent` the event that it says
    its own is a breakout of.
    """

    position: int
    digest: bytes
    content: bytes
    type: str
    at: datetime
    source: str
    id: str
    said: Said
    event: str | None
    parent: str | None
    replaces: bytes | None
    replaced_id: str | None
    body: bytes


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
    return hashlib.blake2b(f"{source}\0{id_}".encode(), digest_size=DIGEST_SIZE).digest()


def _read_envelope(body: bytes) -> Envelope:
    if len(body) > LARGEST:
        raise _RefusedError("TOO_LARGE", f"An activity has {len(body)} bytes; {LARGEST} is the most.")
    return _ENVELOPE.decode(body)


def _read(envelope: Envelope, body: bytes, position: int, now: datetime) -> Activity:
    said = _read_data(envelope)
    at = envelope.time.astimezone(UTC)
    _refuse_times(at, said, now)
    event: str | None = getattr(said, "event", None)
    parent = said.parent if isinstance(said, EventDescribed) else None
    if parent is not None and parent == event:
        raise _RefusedError("PARENT_IS_ITSELF", f"The event {event!r} names itself as its parent.")
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
        event,
        parent,
        digest_of(envelope.source, envelope.replaces) if envelope.replaces else None,
        envelope.replaces,
        body,
    )


def _read_data(envelope: Envelope) -> Said:
    decoder = _SAID.get(envelope.type)
    if decoder is None:
        raise _RefusedError("UNKNOWN_TYPE", f"The type {envelope.type[:200]!r} is not one that Turnout counts.")
    if TYPES[envelope.type] is Retracted:
        return Retracted()
    try:
        return decoder.decode(envelope.data)
    except msgspec.ValidationError as error:
        raise _RefusedError("INVALID", f"data: {error}") from None


def _refuse_times(at: datetime, said: Said, now: datetime) -> None:
    _refuse_time("time", at, now)
    if isinstance(said, EventDescribed):
        _refuse_time("createdAt", said.createdAt, now)
    if isinstance(said, EventPlanned):
        _refuse_time("startsAt", said.startsAt, None)
        _refuse_time("endsAt", said.endsAt, None)
    if isinstance(said, RecordingStored):
        _refuse_time("startedAt", said.startedAt, now)


def _refuse_time(name: str, instant: datetime | None, now: datetime | None) -> None:
    """What has happened lies behind `now`; without it, what is planned may lie ahead."""
    if instant is None:
        return
    if instant < OLDEST:
        raise _RefusedError("TOO_OLD", f"{name} is {instant.isoformat()}; nothing before the year 2000 is taken.")
    if now and instant > now + MOST_AHEAD:
        raise _RefusedError(
            "TOO_FAR_AHEAD", f"{name} is {instant.isoformat()}, more than 5 minutes ahead of the clock here."
        )


def _content(envelope: Envelope, at: datetime) -> bytes:
    """What an activity says, however it is written: members in order, those that are null left out."""
    members = _MEMBERS.decode(envelope.data)
    said = {name: value for name, value in members.items() if value is not None} if members else {}
    text = _CANONICAL.encode([envelope.type, at, envelope.replaces, said])
    return hashlib.blake2b(text, digest_size=DIGEST_SIZE).digest()


class _Names(Struct):
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
