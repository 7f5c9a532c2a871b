"""Stays as arrays: each cut to its day and under the event at the top, as `pieces()` of the database does it."""

from dataclasses import Field, dataclass, fields, replace
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from turnout.analytics.sweeping.arrays import NEVER, NONE, Bools, Ints, ints

WEBINAR = 1
CALL = 2


class _OfArrays(Protocol):
    """A dataclass; here its fields are arrays of one length."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Table = TypeVar("Table", bound=_OfArrays)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Stays as they stand, once for each day that they touch."""

    day: Ints
    connection: Ints
    ordinal: Ints
    event: Ints
    person: Ints
    joined: Ints
    left: Ints
    device: Ints
    speaks: Bools
    changed: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Roles that stays took on: in the order of connection, ordinal and time."""

    connection: Ints
    ordinal: Ints
    at: Ints
    speaks: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Tops:
    """Events at the top, each once, and of every event (in order) which of them it is under."""

    of_event: Ints
    place: Ints
    event: Ints
    kind: Ints
    active: Ints
    stale: Ints
    captioned: Bools
    grouped: Ints
    owner: list[str | None]
    room: list[str | None]

    def __len__(self) -> int:
        return len(self.event)


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """The days that are swept, and the instant as of which."""

    starts: Ints
    ends: Ints
    as_of: int

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The part of a stay in a day: see `pieces()`. `top` is a place among the tops; what never comes is NEVER."""

    day: Ints
    top: Ints
    kind: Ints
    connection: Ints
    ordinal: Ints
    person: Ints
    device: Ints
    joined: Ints
    left: Ints
    starts: Ints
    ends: Ints
    stale: Ints
    open: Bools
    inside: Bools
    in_breakout: Bools
    speaks: Bools
    changed: Bools

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Times of events in days, such as those in which somebody speaks."""

    day: Ints
    top: Ints
    starts: Ints
    ends: Ints


def some(table: Table, which: NDArray[Any]) -> Table:
    """The rows of a table of arrays at these places, or where this is true."""
    if which.dtype == np.bool_ and which.all():
        return table
    return replace(table, **{column.name: getattr(table, column.name)[which] for column in fields(table)})


def tops_of(columns: tuple[Any, ...]) -> Tops:
    """The answer of `find_tops`, in which an event at the top stands once for each event under it."""
    events, tops, *numbers, owners, rooms = columns
    order = np.argsort(events)
    event, first, place = np.unique(tops[order], return_index=True, return_inverse=True)
    once = order[first]
    kind, active, stale, captioned, grouped = (column[once] for column in numbers)
    texts = ([column[row] for row in once.tolist()] for column in (owners, rooms))
    return Tops(events[order], ints(place), event, kind, active, stale, captioned, grouped, *texts)


def cut(found: Found, tops: Tops, days: Days) -> Pieces:
    """Where each stay begins and ends in its day: an open one lasts until now unless its event is long silent."""
    at = np.searchsorted(tops.of_event, found.event)
    known = np.isin(found.event, tops.of_event)
    found, top = some(found, known), tops.place[at[known]] if known.any() else NONE
    lo, hi = days.starts[found.day], days.ends[found.day]
    unended = found.left == NEVER
    silent = unended & (days.as_of >= tops.stale[top])
    until = np.where(silent, tops.active[top], days.as_of)
    left = np.where(unended, np.maximum(found.joined, until), found.left)
    stale = np.where(unended & ~silent, tops.stale[top], NEVER)
    now = (stale != NEVER) & (found.joined < days.as_of) & (lo <= days.as_of) & (days.as_of < hi)
    inside = (found.joined >= lo) | (left > lo)
    pieces = Pieces(
        found.day, top, tops.kind[top], found.connection, found.ordinal, found.person, found.device, found.joined,
        left, np.maximum(found.joined, lo), np.minimum(left, hi), stale, now, inside, tops.event[top] != found.event,
        found.speaks, found.changed,
    )  # fmt: skip
    return some(pieces, inside | (stale != NEVER))


def speaking(pieces: Pieces, changes: Changes) -> Stretches:
    """When somebody speaks in a webinar; everywhere else who stays speaks."""
    webinars = pieces.inside & (pieces.kind == WEBINAR)
    steady = some(pieces, webinars & ~pieces.changed & pieces.speaks & (pieces.starts < pieces.ends))
    turning = _turns(some(pieces, webinars & pieces.changed), changes)
    return Stretches(
        np.concatenate((steady.day, turning.day)),
        np.concatenate((steady.top, turning.top)),
        np.concatenate((steady.starts, turning.starts)),
        np.concatenate((steady.ends, turning.ends)),
    )


def _turns(pieces: Pieces, changes: Changes) -> Stretches:
    """Stretches in a speaking role: the first begins with joining, each ends with the next."""
    first, count = _of_stays(pieces, changes)
    of, nth = _repeated(count + 1)
    change = first[of] + nth - 1
    begins = nth == 0
    last = nth == count[of]
    since = np.where(begins, pieces.joined[of], _at(changes.at, change))
    until = np.where(last, pieces.ends[of], _at(changes.at, change + 1))
    speaks = np.where(begins, pieces.speaks[of], _at(changes.speaks, change))
    turns = Stretches(
        pieces.day[of], pieces.top[of], np.maximum(since, pieces.starts[of]), np.minimum(until, pieces.ends[of])
    )
    return some(turns, speaks & (turns.starts < turns.ends))


def instants_of_changes(pieces: Pieces, changes: Changes) -> tuple[Ints, Ints]:
    """The days and instants at which roles change in stays that touch the day."""
    pieces = some(pieces, pieces.inside & pieces.changed)
    first, count = _of_stays(pieces, changes)
    of, nth = _repeated(count)
    return pieces.day[of], _at(changes.at, first[of] + nth)


def _of_stays(pieces: Pieces, changes: Changes) -> tuple[Ints, Ints]:
    """Where the changes of each stay begin, and how many there are."""
    stays, first, count = np.unique(_stay(changes), return_index=True, return_counts=True)
    place = np.searchsorted(stays, _stay(pieces))
    return first[place], count[place]


def _stay(table: Pieces | Changes) -> Ints:
    return table.connection << 20 | table.ordinal


def _repeated(counts: Ints) -> tuple[Ints, Ints]:
    """Each place as often as it counts, and which repetition it is."""
    of = np.repeat(np.arange(len(counts)), counts)
    return of, np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)


def _at(values: NDArray[Any], places: Ints) -> NDArray[Any]:
    """The values at places of which some lie outside and are not looked at."""
    return values[np.clip(places, 0, len(values) - 1)] if len(values) else np.zeros(len(places), values.dtype)
