"""Which of the activities that arrived count, and in which order they are read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

JOINED, LEFT, ROLE_CHANGED = "turnout.stay.joined", "turnout.stay.left", "turnout.stay.roleChanged"
PLANNED, CANCELLED = "turnout.event.planned", "turnout.event.cancelled"
STARTED, ENDED = "turnout.event.started", "turnout.event.ended"
RETRACTED = "turnout.activity.retracted"

NEEDED_MEMBERS: dict[str, tuple[str, ...]] = {
    JOINED: ("event", "connection"),
    LEFT: ("event", "connection"),
    ROLE_CHANGED: ("event", "connection", "role"),
    PLANNED: ("event", "startsAt"),
    CANCELLED: ("event",),
    STARTED: ("event",),
    ENDED: ("event",),
    RETRACTED: (),
}
ID_MEMBERS = ("event", "connection", "user", "externalId", "parent", "owner", "room")
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)

Raw = dict[str, Any]
"""An activity as it is sent: a CloudEvent."""


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity that counts."""

    source: str
    id: str
    type: str
    time: datetime
    data: Raw

    @property
    def event(self) -> str:
        return self.data["event"]

    @property
    def place(self) -> tuple[datetime, bytes, bytes]:
        """Where it stands in the order of reading, whatever arrived first."""
        return self.time, self.source.encode(), self.id.encode()


def instant(text: str) -> datetime:
    """An RFC 3339 text as an instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def counting(arrived: Iterable[Raw], now: datetime) -> list[Activity]:
    """The activities that count, in the order of reading; retractions have done their work and are left out."""
    accepted: dict[tuple[str, str], Raw] = {}
    for raw in arrived:
        if is_valid(raw, now):
            accepted.setdefault((raw["source"], raw["id"]), raw)  # other content later is a CONFLICT

    gone = {(raw["source"], raw["replaces"]) for raw in accepted.values() if raw.get("replaces") is not None}
    kept = [raw for identity, raw in accepted.items() if identity not in gone and raw["type"] != RETRACTED]
    read = [Activity(raw["source"], raw["id"], raw["type"], instant(raw["time"]), raw["data"]) for raw in kept]
    return sorted(read, key=lambda activity: activity.place)


def is_valid(raw: Raw, now: datetime) -> bool:
    """Whether the ingest takes it at `now`, rather than quarantine it."""
    if raw["type"] not in NEEDED_MEMBERS or "" in texts(raw):
        return False
    data: Raw = raw.get("data") or {}
    return (
        all(data.get(member) is not None for member in NEEDED_MEMBERS[raw["type"]])
        and all(is_id(text) for text in ids(raw, data))
        and all(moment >= EARLIEST for moment in instants(raw, data, ("time", "createdAt", "startsAt", "endsAt")))
        and all(moment <= now + AHEAD for moment in instants(raw, data, ("time", "createdAt")))
        and (data.get("parent") is None or data["parent"] != data["event"])
        and replaces_another(raw)
    )


def replaces_another(raw: Raw) -> bool:
    if raw["type"] == RETRACTED and raw.get("replaces") is None:
        return False
    return raw.get("replaces") != raw["id"]


def is_id(text: str) -> bool:
    return 1 <= len(text) <= 200 and not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in text)


def ids(raw: Raw, data: Raw) -> Iterator[str]:
    named = [raw["source"], raw["id"], raw.get("replaces"), *(data.get(member) for member in ID_MEMBERS)]
    return (text for text in named if text is not None)


def instants(raw: Raw, data: Raw, members: Iterable[str]) -> Iterator[datetime]:
    """Those of these instants that it says."""
    said = (raw["time"] if member == "time" else data.get(member) for member in members)
    return (instant(text) for text in said if text is not None)


def texts(value: Any) -> list[str]:
    """Every text in it, however deep."""
    if isinstance(value, dict):
        members = cast("Raw", value).values()
        return [text for member in members for text in texts(member)]
    return [value] if isinstance(value, str) else []
