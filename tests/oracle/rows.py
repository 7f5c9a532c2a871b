"""Rows about users, owners and events."""

from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from .events import Event
from .facts import MICROSECOND, Facts, Presence
from .stored import Version

Row = dict[str, Any]
There = Sequence[tuple[Presence, datetime]]
"""The stays at one instant, each with that instant."""
Count = Callable[[There], int]

MICROSECONDS_A_MINUTE = 60_000_000


def user_rows(facts: Facts, start: datetime, end: datetime) -> list[Row]:
    """A UserStat of everybody registered at the end and of everybody with a figure above 0, by id."""
    registered = facts.registered_at(facts.at_the_end(end))
    owners = {top.owner for top in facts.tops()} | {version.owner for version in facts.versions}
    known = sorted({*registered, *(owner for owner in owners if owner is not None)})
    rows = [user_row(facts, user, start, end) for user in known]
    return [row for row in rows if row["userId"] in registered or has_a_figure(row)]


def has_a_figure(row: Row) -> bool:
    return any(row[column] for column in row.keys() - {"userId", "name"})


def user_row(facts: Facts, user: str, start: datetime, end: datetime) -> Row:
    owned = [top for top in facts.tops() if top.owner == user and top.kind != "CALL"]
    stays = [facts.of_event(top.key) for top in owned]
    in_use = facts.in_use_at(facts.at_the_end(end))
    return {
        "userId": user,
        "name": facts.name_of(user),
        "maxSpeakers": max((highest(each, speakers, start, end) for each in stays), default=0),
        "maxListeners": max((highest(each, listeners, start, end) for each in stays), default=0),
        "maxParallelEvents": highest([each for those in stays for each in those], occupied, start, end),
        "eventsCreated": sum(start <= top.created_at < end for top in owned),
        "eventsHeld": sum(any(each.is_in(start, end) for each in those) for those in stays),
        "eventsPlanned": sum(facts.is_planned(top) for top in owned),
        "diskBytes": sum(version.bytes for version in in_use if version.owner == user),
    }


def planned_rows(facts: Facts) -> list[Row]:
    """A PlannedEvents of each owner of planned events, nobody being one of them."""
    planned = [top for top in facts.tops() if facts.is_planned(top)]
    return [planned_row(facts, owner, planned) for owner in {top.owner for top in planned}]


def planned_row(facts: Facts, owner: str | None, planned: Sequence[Event]) -> Row:
    starts = [top.starts_at for top in planned if top.owner == owner and top.starts_at]
    return {"userId": owner, "name": facts.name_of(owner), "planned": len(starts), "nextStartsAt": min(starts)}


def arrival_rows(facts: Facts, start: datetime, end: datetime) -> list[Row]:
    """A HostArrivals of each owner of an event with a planned start in which somebody was in the period."""
    held = [top for top in facts.tops() if any(each.is_in(start, end) for each in facts.of_event(top.key))]
    planned = [top for top in held if top.starts_at is not None and top.owner is not None]
    return [arrival_row(facts, owner, planned) for owner in {top.owner for top in planned}]


def arrival_row(facts: Facts, owner: str | None, planned: Sequence[Event]) -> Row:
    owned = [top for top in planned if top.owner == owner]
    arrivals = sorted(arrival for top in owned if (arrival := arrival_of(facts, top)) is not None)
    return {
        "userId": owner,
        "name": facts.name_of(owner),
        "events": len(owned),
        "attended": len(arrivals),
        "meanArrivalSeconds": round_half_up(sum(arrivals), len(arrivals)) / 1_000_000 if arrivals else None,
        "medianArrivalSeconds": median(arrivals) / 1_000_000 if arrivals else None,
        "lateShare": sum(arrival > 0 for arrival in arrivals) / len(arrivals) if arrivals else None,
    }


def arrival_of(facts: Facts, top: Event) -> int | None:
    """The microseconds from the planned start to the owner's first join, whenever that was; None without either."""
    joined = [each.start for each in facts.of_event(top.key) if each.stay.person == ("user", top.owner)]
    return (min(joined) - top.starts_at) // MICROSECOND if joined and top.starts_at else None


def round_half_up(total: int, count: int) -> int:
    """The nearest whole number to the quotient; of two that are as near the one farther from 0."""
    rounded = (2 * abs(total) + count) // (2 * count)
    return rounded if total > 0 else -rounded


def disk_rows(facts: Facts, start: datetime, end: datetime) -> list[Row]:
    """A DiskUsage of each owner with something in use at the end or uploaded in the period, nobody being one."""
    in_use, uploaded = facts.in_use_at(facts.at_the_end(end)), facts.uploaded_in(start, end)
    rows = [disk_row(facts, owner, in_use, uploaded) for owner in {version.owner for version in facts.versions}]
    return [row for row in rows if row["files"] or row["uploadedBytes"]]


def disk_row(facts: Facts, owner: str | None, in_use: Sequence[Version], uploaded: Sequence[Version]) -> Row:
    own = [version for version in in_use if version.owner == owner]
    return {
        "userId": owner,
        "name": facts.name_of(owner),
        "usedBytes": sum(version.bytes for version in own),
        "uploadedBytes": sum(version.bytes for version in uploaded if version.owner == owner),
        "files": len(own),
    }


def event_rows(facts: Facts, start: datetime, end: datetime) -> list[Row]:
    """An EventStat of each event that is held or created in the period, or planned to start in it."""
    return [event_row(facts, top, start, end) for top in facts.tops() if concerns(facts, top, start, end)]


def concerns(facts: Facts, top: Event, start: datetime, end: datetime) -> bool:
    held = any(each.is_in(start, end) for each in facts.of_event(top.key))
    return held or start <= top.created_at < end or (top.starts_at is not None and start <= top.starts_at < end)


def event_row(facts: Facts, top: Event, start: datetime, end: datetime) -> Row:
    """Peaks, people and participation minutes are of the period, all the rest of the whole event."""
    whole, stays = facts.whole.of_event(top.key), facts.of_event(top.key)
    inside = [each for each in stays if each.is_in(start, end)]
    minutes = sum(each.microseconds_in(start, end) for each in inside) / MICROSECONDS_A_MINUTE
    recorded = sum(each.microseconds_in(start, end) for each in facts.ran if each.top == top.key)
    return {
        "eventId": top.key,
        "kind": top.kind,
        "template": top.template,
        "status": status(facts, top),
        "title": top.title,
        "roomId": top.room,
        "room": top.room_label,
        "ownerId": top.owner,
        "ownerName": facts.name_of(top.owner),
        "createdAt": top.created_at,
        "startsAt": top.starts_at,
        "endsAt": top.ends_at,
        "startedAt": min((each.start for each in whole), default=None),
        "endedAt": None if is_open(whole) else max((each.end for each in whole), default=None),
        "durationMinutes": covered(whole) / MICROSECONDS_A_MINUTE,
        "peakConnections": highest(stays, len, start, end),
        "peakSpeakers": highest(stays, speakers, start, end),
        "peakListeners": highest(stays, listeners, start, end) if top.kind == "WEBINAR" else None,
        "uniqueParticipants": len({each.stay.person for each in inside}),
        "participationMinutes": minutes,
        "recordings": sum(recording.top == top.key for recording in facts.recordings),
        "recordedMinutes": recorded / MICROSECONDS_A_MINUTE,
    }


def status(facts: Facts, top: Event) -> str:
    stays = facts.whole.of_event(top.key)
    if stays:
        return "LIVE" if is_open(stays) else "HELD"
    if top.cancelled:
        return "CANCELLED"
    return "PLANNED" if facts.is_planned(top) else "NOT_HELD"


def is_open(stays: Sequence[Presence]) -> bool:
    """Whether anybody is in: a stay has no end as seen from now."""
    return any(each.stay.left is None for each in stays)


def covered(stays: Sequence[Presence]) -> int:
    """The microseconds during which there is at least one stay."""
    total, reached = 0, None
    for each in sorted(stays, key=lambda each: each.start):
        begin = max(each.start, reached or each.start)
        total += max(0, (each.end - begin) // MICROSECOND)
        reached = max(each.end, begin)
    return total


def highest(stays: Sequence[Presence], count: Count, start: datetime, end: datetime) -> int:
    """The largest count of what is there at an instant of the period: only where something starts can it grow."""
    moments = {max(start, since) for each in stays for since, _ in each.stay.roles}
    there = [[(each, at) for each in stays if each.start <= at < each.end] for at in moments if at < end]
    return max(map(count, there), default=0)


def speakers(there: There) -> int:
    return sum(each.speaks_at(moment) for each, moment in there)


def listeners(there: There) -> int:
    return len(there) - speakers(there)


def occupied(there: There) -> int:
    """How many events have at least one stay."""
    return len({each.stay.top for each, _ in there})
