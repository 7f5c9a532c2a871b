"""Which of the activities that arrived count, and in which order they are read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .members import ALLOWED, CHECKS, HAPPENED, NEEDED, RETRACTED, is_id, is_instant

AHEAD = timedelta(minutes=5)

Raw = dict[str, Any]
"""An activity as it is sent: a CloudEvent."""


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity that counts; `data` holds what it says: no nulls, and no members that its type does not have."""

    source: str
    id: str
    type: str
    time: datetime
    data: Raw

    @property
    def event(self) -> str | None:
        return self.data.get("event")

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
    read = [Activity(raw["source"], raw["id"], raw["type"], instant(raw["time"]), said_by(raw)) for raw in kept]
    return sorted(read, key=lambda activity: activity.place)


def last_said(activities: Iterable[Activity], member: str) -> Any:
    """What the last of them that says anything of it says; None when none does."""
    said = [each.data[member] for each in activities if member in each.data]
    return said[-1] if said else None


def said_by(raw: Raw) -> Raw:
    """What it says of the members that its type has; null says nothing."""
    data: Raw = raw.get("data") or {}
    return {member: data[member] for member in ALLOWED[raw["type"]] if data.get(member) is not None}


def is_valid(raw: Raw, now: datetime) -> bool:
    """Whether the ingest takes it at `now`, rather than quarantine it."""
    if raw["type"] not in ALLOWED or not is_instant(raw["time"]):
        return False
    said = said_by(raw)
    return (
        all(is_id(raw[name]) for name in ("source", "id", "replaces") if raw.get(name) is not None)
        and all(member in said for member in NEEDED[raw["type"]])
        and all(CHECKS[member](value) for member, value in said.items())
        and all(instant(text) <= now + AHEAD for text in happened(raw, said))
        and ("parent" not in said or said["parent"] != said["event"])
        and replaces_another(raw)
    )


def happened(raw: Raw, said: Raw) -> list[str]:
    """The instants of it that cannot lie ahead."""
    return [raw["time"], *(said[member] for member in HAPPENED if member in said)]


def replaces_another(raw: Raw) -> bool:
    if raw["type"] == RETRACTED and raw.get("replaces") is None:
        return False
    return raw.get("replaces") != raw["id"]
