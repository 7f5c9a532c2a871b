"""How many there were at once: in each event, and of all events together."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from turnout.analytics.sweeping.arrays import Bools, Ints, ints
from turnout.analytics.sweeping.facts import CALL, WEBINAR, Days, Pieces, Stretches, Tops, some

# Microseconds since a day began fit into so many bits; above them there is room for what the time is of.
BITS: Final = 37
PHONES: Final = ("PHONE", "ROOM_SYSTEM")


@dataclass(frozen=True, slots=True, eq=False)
class EventCurve:
    """The numbers of each event from when they change, 0 at the end; in the order of day, event and time."""

    day: Ints
    top: Ints
    kind: Ints
    since: Ints
    present: Ints
    speaking: Ints
    lines: Ints

    @property
    def groups(self) -> Ints:
        """Where each event of a day begins."""
        return np.flatnonzero((np.diff(self.day, prepend=-1) != 0) | (np.diff(self.top, prepend=-1) != 0))


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The numbers of all events together from the instants on at which they change, day after day.

    `levels` is (metric, section, instant): connections, speakers, listeners and events of TOTAL and
    of each kind.
    """

    day: Ints
    since: Ints
    levels: NDArray[np.int64]
    lines: Ints

    def of_day(self, day: int) -> slice:
        """Where a day's instants are."""
        begin, end = np.searchsorted(self.day, (day, day + 1)).tolist()
        return slice(begin, end)


def event_curve(pieces: Pieces, speaking: Stretches, tops: Tops, days: Days, phones: Bools) -> EventCurve:
    """All that happens in an event at one instant happens together."""
    lasting = some(pieces, pieces.inside & (pieces.starts < pieces.ends))
    lines = phones[lasting.device].astype(np.int64)
    nobody, somebody = np.zeros(len(speaking.day), np.int64), np.ones(len(lasting), np.int64)
    day = np.concatenate((lasting.day, lasting.day, speaking.day, speaking.day))
    top = np.concatenate((lasting.top, lasting.top, speaking.top, speaking.top))
    at = np.concatenate((lasting.starts, lasting.ends, speaking.starts, speaking.ends))
    key = (day * len(tops) + top) << BITS | (at - days.starts[day])
    order = np.argsort(key)
    last = _last_of(key[order])
    present, heard, held = (
        np.cumsum(np.concatenate(steps)[order])[last]
        for steps in (
            (somebody, -somebody, nobody, nobody),
            (0 * somebody, 0 * somebody, nobody + 1, nobody - 1),
            (lines, -lines, nobody, nobody),
        )
    )
    rows = order[last]
    return EventCurve(day[rows], top[rows], tops.kind[top[rows]], key[rows] & ((1 << BITS) - 1), present, heard, held)


def curve(events: EventCurve) -> Curve:
    """An event becomes active where its level leaves 0; as each ends at 0, the differences of all are those of each."""
    key = events.day << BITS | events.since
    order = np.argsort(key)
    last = _last_of(key[order])
    rows = order[last]
    joined, active = np.diff(events.present, prepend=0), np.diff((events.present > 0).astype(np.int64), prepend=0)

    def running(steps: Ints) -> Ints:
        return np.cumsum(steps[order])[last]

    connections = [running(np.where(events.kind == kind, joined, 0)) for kind in range(CALL + 1)]
    held = [running(np.where(events.kind == kind, active, 0)) for kind in range(CALL + 1)]
    speaking = running(np.diff(events.speaking, prepend=0))
    levels = ints(_sections(connections, speaking, held)).reshape(4, 4, -1)
    return Curve(events.day[rows], events.since[rows], levels, running(np.diff(events.lines, prepend=0)))


def _sections(connections: list[Ints], speaking: Ints, held: list[Ints]) -> list[list[Ints]]:
    meeting, webinar, call = connections
    nobody = np.zeros_like(speaking)
    listening = webinar - speaking
    return [
        [meeting + webinar + call, *connections],
        [meeting + speaking + call, meeting, speaking, call],
        [listening, nobody, listening, nobody],
        [held[0] + held[WEBINAR] + held[CALL], *held],
    ]


def occupied(events: EventCurve, days: Days) -> Stretches:
    """When each event had somebody in it."""
    there = events.present > 0
    was_there = np.concatenate((np.zeros(1, np.bool_), there[:-1])) if len(there) else there
    begins, ends = there & ~was_there, was_there & ~there
    starts = days.starts[events.day]
    at = events.since + starts
    return Stretches(events.day[begins], events.top[begins], at[begins], at[ends])


def _last_of(keys: Ints) -> Ints:
    """The last place of each key in a sorted array."""
    return np.flatnonzero(np.diff(keys, append=-1) != 0)
