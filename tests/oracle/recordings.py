"""When recordings ran, how many at once, and what of them exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .activities import Activity, instant, last_said
from .events import Event, lineage
from .members import ENDED, RECORDING_DELETED, RUNNING, STORED
from .stored import grouped

MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_A_MINUTE = 60_000_000
BEGUN, PAUSED, RESUMED, STOPPED = RUNNING


@dataclass(frozen=True, slots=True)
class Take:
    """What a recording was told between one start and the next that was none of the same take."""

    signals: tuple[Activity, ...]

    def runs(self, stale_end: datetime | None) -> list[tuple[datetime, datetime | None]]:
        """From when until when it ran, None while it runs; it never runs on after its end."""
        stop = next((each for each in self.signals if each.type == STOPPED), None)
        close = stop or next((each for each in self.signals if each.type == ENDED), None)
        told = self.signals[: self.signals.index(close)] if close else self.signals
        runs: list[tuple[datetime, datetime | None]] = []
        since: datetime | None = None
        for each in told:
            if each.type == PAUSED and since is not None:
                runs.append((since, each.time))
                since = None
            elif each.type in (BEGUN, RESUMED) and since is None:
                since = each.time
        if since is not None:
            runs.append((since, close.time if close else stale_end and max(since, stale_end)))
        return runs


@dataclass(frozen=True, slots=True)
class Ran:
    """A recording as seen from `now`: when it ran, what it ran nobody knows when, and when it existed.

    `counted` is the instant at which the microseconds `lasted` count that have no place of their own.
    """

    key: str
    top: str | None
    runs: tuple[tuple[datetime, datetime], ...]
    counted: datetime | None
    lasted: int
    turns: tuple[tuple[datetime, bool], ...]

    def runs_at(self, moment: datetime) -> bool:
        return any(start <= moment < end for start, end in self.runs)

    def microseconds_in(self, start: datetime, end: datetime) -> int:
        inside = sum(max(0, (min(until, end) - max(since, start)) // MICROSECOND) for since, until in self.runs)
        return inside + (self.lasted if self.counted is not None and start <= self.counted < end else 0)

    def exists_at(self, moment: datetime) -> bool:
        return ([False] + [stored for at, stored in self.turns if at <= moment])[-1]


def recordings_run(
    activities: Sequence[Activity], events: dict[str, Event], stale_after: timedelta, now: datetime
) -> list[Ran]:
    """Every recording that is named; activities in reading order. Of what lies ahead of now nothing counts yet."""
    latest = {lineage(each.event, events)[-1]: each.time for each in activities if each.event is not None}
    found: list[Ran] = []
    for key, told in grouped(activities, "recording").items():
        event = last_said(told, "event")
        line = lineage(event, events) if event else []
        stale_end = latest[line[-1]] if line and now >= latest[line[-1]] + stale_after else None
        takes = takes_of([*told, *(each for each in activities if each.type == ENDED and each.event in line)])
        runs = [run for take in takes for run in take.runs(stale_end)]
        counted, lasted = None, 0
        if not takes:
            runs, counted, lasted = as_stored(told)
        seen = tuple((start, min(end or now, max(start, now))) for start, end in runs)
        counted = counted if counted is not None and counted <= now else None
        turns = [(each.time, each.type == STORED) for each in told if each.type in (STORED, RECORDING_DELETED)]
        found.append(Ran(key, line[-1] if line else None, seen, counted, lasted, tuple(turns)))
    return found


def takes_of(signals: Sequence[Activity]) -> list[Take]:
    """Each start while it is stopped begins one; the ends of events are read last at their instant."""
    told = [each for each in signals if each.type in (*RUNNING, ENDED)]
    told.sort(key=lambda each: (each.time, each.type == ENDED, each.place))
    takes: list[list[Activity]] = []
    goes_on = False
    for each in told:
        if each.type == BEGUN and not goes_on:
            takes.append([])
        if each.type in (BEGUN, STOPPED, ENDED):
            goes_on = each.type == BEGUN
        if takes:
            takes[-1].append(each)
    return [Take(tuple(take)) for take in takes]


def as_stored(told: Sequence[Activity]) -> tuple[list[tuple[datetime, datetime | None]], datetime | None, int]:
    """What was said of a recording that was never started: where it ran, or when so much of it counts."""
    said = [each for each in told if each.type == STORED]
    begun = last_said(said, "startedAt")
    lasting = [each for each in said if "seconds" in each.data]
    if not lasting:
        return [], None, 0
    lasted = round(lasting[-1].data["seconds"] * 1e6)
    if begun is None:
        return [], lasting[-1].time, lasted
    return [(instant(begun), instant(begun) + lasted * MICROSECOND)], None, 0


def recordings_in(recordings: Sequence[Ran], start: datetime, end: datetime) -> dict[str, Any]:
    """The peak of a bucket, when it was reached first, and the minutes: only where one starts can the number grow."""
    starts = sorted({since for each in recordings for since, _ in each.runs if start < since < end})
    levels = [(sum(each.runs_at(moment) for each in recordings), moment) for moment in (start, *starts)]
    peak = max(level for level, _ in levels)
    return {
        "peakRecordings": peak,
        "peakRecordingsAt": next(moment for level, moment in levels if level == peak) if peak else None,
        "recordedMinutes": sum(each.microseconds_in(start, end) for each in recordings) / MICROSECONDS_A_MINUTE,
    }


def stored_minutes(recordings: Sequence[Ran], moment: datetime, end: datetime) -> float:
    """What those that exist at the last instant had run by the end."""
    existing = [each for each in recordings if each.exists_at(moment)]
    first = datetime.min.replace(tzinfo=end.tzinfo)
    return sum(each.microseconds_in(first, end) for each in existing) / MICROSECONDS_A_MINUTE
