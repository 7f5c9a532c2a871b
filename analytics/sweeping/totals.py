"""What pieces of stays add up to: by section, event, person, owner, room and device, and the minutes to be billed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from turnout.analytics.sweeping.arrays import NEVER, Bools, Ints, ints
from turnout.analytics.sweeping.curves import BITS, EventCurve
from turnout.analytics.sweeping.facts import WEBINAR, Days, Pieces, Stretches, Tops, some

MINUTE = 60_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Spent:
    """Stays that are over, and those that grow: how many, and the microseconds from the day's start to theirs."""

    closed: Ints
    open: Ints
    offset: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The groups that rows fall into, in order, and the group of each row."""

    keys: Ints
    of: Ints

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Several lists in one array: the nth from its `first`, so many as `count`."""

    values: Ints
    first: Ints
    count: Ints


def groups(keys: Ints) -> Groups:
    """One for each key."""
    unique, of = np.unique(keys, return_inverse=True)
    return Groups(unique, ints(of))


def spent(pieces: Pieces, of: Ints, size: int, days: Days) -> Spent:
    """Added up by group."""
    closed = np.where(pieces.open, 0, pieces.ends - pieces.starts)
    offset = np.where(pieces.open, pieces.starts - days.starts[pieces.day], 0)
    return Spent(added(of, closed, size), added(of, pieces.open, size), added(of, offset, size))


def added(of: Ints, values: NDArray[np.generic], size: int) -> Ints:
    """Sums by group, in whole numbers."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, of, values.astype(np.int64))
    return sums


def least(of: Ints, values: Ints, size: int) -> Ints:
    """The smallest by group; NEVER of none."""
    smallest = np.full(size, NEVER)
    np.minimum.at(smallest, of, values)
    return smallest


def most(of: Ints, values: Ints, size: int) -> Ints:
    """The largest by group; the smallest number there is of none."""
    largest = np.full(size, np.iinfo(np.int64).min)
    np.maximum.at(largest, of, values)
    return largest


def distinct(of: Ints, values: Groups, size: int) -> Ragged:
    """The different values of each group, in order."""
    span = max(len(values), 1)
    pairs = np.unique(of * span + values.of)
    count = np.bincount(pairs // span, minlength=size)
    return Ragged(values.keys[pairs % span], np.cumsum(count) - count, ints(count))


def with_total(kinds: Ints) -> Ints:
    """Sums by day and section, of those by day and kind: the first section is all of them together."""
    by_kind = kinds.reshape(-1, 3)
    return np.concatenate((by_kind.sum(axis=1, keepdims=True), by_kind), axis=1).ravel()


def owners(occupied: Stretches, tops: Tops) -> tuple[Ints, list[str], Ints]:
    """By day and owner: how many of the owner's meetings and webinars had somebody in them at once."""
    names = sorted({owner for owner in tops.owner if owner is not None})
    number = {owner: n for n, owner in enumerate(names)}
    code = ints([-1 if owner is None else number[owner] for owner in tops.owner])
    mine = some(occupied, (code[occupied.top] >= 0) & (tops.kind[occupied.top] <= WEBINAR)) if len(tops) else occupied
    key = mine.day * max(len(names), 1) + code[mine.top] if len(tops) else mine.day
    held = groups(np.concatenate((key, key)))
    at = np.concatenate((mine.starts, mine.ends))
    step = np.repeat(ints([1, -1]), len(mine.day))
    order = np.lexsort((step, at, held.of))
    # Of what happens together the ends come first: no level between them is higher than both before and after.
    peak = most(held.of[order], np.cumsum(step[order]), len(held))
    return held.keys // max(len(names), 1), [names[n] for n in (held.keys % max(len(names), 1)).tolist()], peak


def whole_minutes(us: Ints) -> Ints:
    """Rounded up."""
    return (us + MINUTE - 1) // MINUTE


def grown_minutes(pieces: Pieces, days: Days) -> Ints:
    """By how many whole minutes each stay has grown in its day: see `bill()`."""
    before = np.maximum(days.starts[pieces.day] - pieces.joined, 0)
    return whole_minutes(pieces.ends - pieces.joined) - whole_minutes(before)


def first_reached(events: EventCurve, days: Days, size: int) -> dict[tuple[int, int], tuple[int, int]]:
    """By day and kind the most connections in one event, and when they were first reached."""
    group = events.day * 3 + events.kind
    value = most(group, events.present, size * 3)
    reached = events.present == value[group]
    at = least(group[reached], (days.starts[events.day] + events.since)[reached], size * 3)
    return {divmod(n, 3): (int(value[n]), int(at[n])) for n in np.unique(group).tolist()}


def unions(pieces: Pieces, which: Bools, tops: Tops, days: Days) -> tuple[Stretches, Bools]:
    """The times of events that some pieces cover, and whether one of these goes on."""
    chosen = some(pieces, which & pieces.inside & (pieces.starts < pieces.ends))
    group = chosen.day * len(tops) + chosen.top
    key = np.concatenate((group, group)) << BITS | np.concatenate(
        (chosen.starts - days.starts[chosen.day], chosen.ends - days.starts[chosen.day])
    )
    step = np.repeat(ints([1, -1]), len(chosen))
    order = np.argsort(key, kind="stable")
    last = np.flatnonzero(np.diff(key[order], append=-1) != 0)
    there = np.cumsum(step[order])[last] > 0
    before = np.concatenate((np.zeros(1, np.bool_), there[:-1])) if len(there) else there
    begins, ends = order[last][there & ~before], order[last][before & ~there]
    day, top = np.concatenate((chosen.day, chosen.day)), np.concatenate((chosen.top, chosen.top))
    at = np.concatenate((chosen.starts, chosen.ends))
    going = np.zeros(len(days) * max(len(tops), 1), np.bool_)
    going[group[chosen.open]] = True
    stretches = Stretches(day[begins], top[begins], at[begins], at[ends])
    return stretches, going[stretches.day * len(tops) + stretches.top]
