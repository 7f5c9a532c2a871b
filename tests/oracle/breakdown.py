"""What stays and messages come to by device, room, place, single event and local hour."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .days import days_of, midnight
from .events import lineage, rooms_of
from .facts import TOTAL, Facts, Presence
from .members import DEVICES, POSTED

Row = dict[str, Any]
Reached = tuple[int, datetime | None]

HOUR = timedelta(hours=1)
MICROSECONDS_A_MINUTE = 60_000_000
DIAL_IN = ("PHONE", "ROOM_SYSTEM")
METRICS = {"Connections": "connections", "Speakers": "speakers", "Listeners": "listeners", "Events": "events"}


def minutes_by_device(facts: Facts, start: datetime, end: datetime) -> list[Row]:
    """DeviceMinutes of every device."""
    there = facts.within(TOTAL, start, end)
    return [{"device": device, "minutes": minutes(of_device(there, device), start, end)} for device in DEVICES]


def of_device(stays: Iterable[Presence], device: str) -> list[Presence]:
    return [each for each in stays if (each.stay.device or "UNKNOWN") == device]


def minutes(stays: Iterable[Presence], start: datetime, end: datetime) -> float:
    return sum(each.microseconds_in(start, end) for each in stays) / MICROSECONDS_A_MINUTE


def active_rooms(facts: Facts, start: datetime, end: datetime) -> int:
    rooms = {facts.events[each.stay.top].room for each in facts.within(TOTAL, start, end)}
    return len(rooms - {None})


def in_one_event(facts: Facts, section: str, start: datetime, end: datetime) -> Reached:
    """The most connections to a single event, and where first."""
    there = facts.within(section, start, end)
    tops = {each.stay.top for each in there}
    return largest([[each for each in there if each.stay.top == top] for top in tops], start, end)


def dial_in_lines(facts: Facts, start: datetime, end: datetime) -> Reached:
    there = facts.within(TOTAL, start, end)
    return largest([[each for each in there if each.stay.device in DIAL_IN]], start, end)


def largest(groups: Sequence[Sequence[Presence]], start: datetime, end: datetime) -> Reached:
    """The largest number of stays of one group at an instant: only where one starts can it grow."""
    reached: Reached = 0, None
    for moment in sorted({max(start, each.start) for group in groups for each in group}):
        value = max(sum(each.start <= moment < each.end for each in group) for group in groups)
        reached = (value, moment) if value > reached[0] and moment < end else reached
    return reached


def posts(facts: Facts, section: str, start: datetime, end: datetime) -> Row:
    """Messages beside the messenger, each part alone and together; without an event they are in TOTAL alone."""
    posted = [each for each in facts.activities if each.type == POSTED and start <= each.time < end]
    places = [each.data["place"] for each in posted if section in (TOTAL, kind_of(facts, each.event))]
    parts = {"public_chat": "PUBLIC_CHAT", "private_chat": "PRIVATE_CHAT", "questions": "QUESTION", "answers": "ANSWER"}
    found = {name: places.count(place) for name, place in parts.items()}
    chat, qa = found["public_chat"] + found["private_chat"], found["questions"] + found["answers"]
    return found | {"chat": chat, "qa": qa}


def kind_of(facts: Facts, event: str | None) -> str | None:
    return facts.events[lineage(event, facts.events)[-1]].kind if event is not None else None


def room_rows(facts: Facts, start: datetime, end: datetime) -> list[Row]:
    """A RoomStat of each room with a person, a recorder or a streamer in the period."""
    rows = [room_row(facts, room, start, end) for room in {top.room for top in facts.tops() if top.room is not None}]
    return [row for row in rows if row is not None]


def room_row(facts: Facts, room: str, start: datetime, end: datetime) -> Row | None:
    described = rooms_of(facts.activities).get(room)
    there = [each for each in facts.within(TOTAL, start, end) if facts.events[each.stay.top].room == room]
    served = {name: services(facts, room, name, start, end) for name in ("RECORDER", "STREAMER")}
    if not there and not any(served.values()):
        return None
    return {
        "roomId": room,
        "name": described and described.name,
        "ownerId": described and described.owner,
        "sessions": len({each.stay.top for each in there}),
        "participationMinutes": minutes(there, start, end),
        "recorderMinutes": minutes(served["RECORDER"], start, end),
        "streamerMinutes": minutes(served["STREAMER"], start, end),
        "uniqueParticipants": len({each.stay.person for each in there}),
        "firstSessionAt": min((max(each.start, start) for each in there), default=None),
        "lastSessionAt": max((min(each.end, end) for each in there), default=None),
    }


def services(facts: Facts, room: str, service: str, start: datetime, end: datetime) -> list[Presence]:
    """The stays of a service in the events of a room that are in the bucket."""
    own = [each for each in facts.stays if each.service == service and facts.events[each.top].room == room]
    stays = [Presence(each, facts.events[each.top].kind, each.joined, each.until(facts.now)) for each in own]
    return [each for each in stays if each.is_in(start, end)]


def hour_rows(facts: Facts, zone: str, section: str, start: datetime, end: datetime) -> list[Row]:
    """An HourOfDay of each hour and an HourOfWeek of each weekday and hour, the former as weekday 0."""
    hours = [
        (weekday, hour, day, hour_figures(facts, section, lo, hi), lo <= facts.now)
        for day, hour, lo, hi in local_hours(zone, start, end)
        for weekday in (0, day.isoweekday())
    ]
    return [
        {"weekday": weekday, "hour": hour, "section": section}
        | together([(day, row, begun) for of, at, day, row, begun in hours if (of, at) == (weekday, hour)], section)
        for weekday in range(8)
        for hour in range(24)
    ]


def local_hours(zone: str, start: datetime, end: datetime) -> Iterator[tuple[Any, int, datetime, datetime]]:
    """Day, what the clock shows where the hour begins, and the part of it in the period."""
    for day in days_of(zone, start, end):
        begins = midnight(zone, day.date)
        while begins < day.end:
            if begins + HOUR > day.start:
                clock = begins.astimezone(ZoneInfo(zone)).hour
                yield day.date, clock, max(begins, day.start), min(begins + HOUR, day.end)
            begins += HOUR


def hour_figures(facts: Facts, section: str, start: datetime, end: datetime) -> Row:
    there = facts.within(section, start, end)
    peaks = {name: facts.peak(metric, section, start, end)[0] for name, metric in METRICS.items()}
    return peaks | {"us": sum(each.microseconds_in(start, end) for each in there)}


def together(parts: Sequence[tuple[Any, Row, bool]], section: str) -> Row:
    """One hour of several days; of a day that has it twice the larger peak."""
    begun = {day for day, _, has_begun in parts if has_begun}
    row: Row = {"days": len(begun)}
    for name in METRICS:
        peaks = {day: max(part[name] for of, part, _ in parts if of == day) for day, _, _ in parts}
        mean = sum(peaks[day] for day in begun) / len(begun) if begun else 0.0
        has_none = name == "Listeners" and section not in (TOTAL, "WEBINAR")
        row |= {f"peak{name}": None if has_none else max(peaks.values(), default=0)}
        row |= {f"meanPeak{name}": None if has_none else mean}
    return row | {"participationMinutes": sum(part["us"] for _, part, _ in parts) / MICROSECONDS_A_MINUTE}
