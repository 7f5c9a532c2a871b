"""What a company's curve comes to: the peaks of its days, the time at each level, and its hours."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from turnout.analytics.sweeping.arrays import NEVER, Ints, ints
from turnout.analytics.sweeping.curves import Curve
from turnout.analytics.sweeping.facts import Days

# Meetings and calls have only speakers.
METRICS = 4
SECTIONS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """By day, metric and section; `at` is NEVER where the value is 0."""

    value: NDArray[np.int64]
    at: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Held:
    """How long each level above 0 of a metric and section lasted in a day, and the one that lasts on."""

    day: int
    metric: int
    section: int
    levels: list[int]
    spent: list[int]
    open: int | None


@dataclass(frozen=True, slots=True)
class Hour:
    """Where a local hour of a day lies; a day whose clock is turned may have one twice."""

    day: int
    hour: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True, eq=False)
class HourLevels:
    """Peaks by metric and section, and microseconds by section, of one hour of a day."""

    day: int
    hour: int
    peaks: NDArray[np.int64]
    spent: Ints


def peaks(curve: Curve, days: Days) -> Peaks:
    """The first instant counts, of several that reach the same."""
    value = np.zeros((len(days), METRICS, SECTIONS), np.int64)
    at = np.full_like(value, NEVER)
    for day in np.unique(curve.day).tolist():
        here = curve.of_day(day)
        levels = curve.levels[:, :, here]
        value[day] = levels.max(axis=2)
        reached = days.starts[day] + curve.since[here][levels.argmax(axis=2)]
        at[day] = np.where(value[day] > 0, reached, NEVER)
    return Peaks(value, at)


def most_lines(curve: Curve, days: Days) -> Iterator[tuple[int, int, int]]:
    """The days with dial-in lines: how many at most, and when first."""
    for day in np.unique(curve.day).tolist():
        here = curve.of_day(day)
        lines = curve.lines[here]
        first = int(lines.argmax())
        if lines[first]:
            yield day, int(lines[first]), int(days.starts[day] + curve.since[here][first])


def times(curve: Curve, days: Days) -> Iterator[Held]:
    """Up to now: what follows the last instant before it lasts on."""
    for day in np.unique(curve.day).tolist():
        here = curve.of_day(day)
        at = days.starts[day] + curve.since[here]
        past = int(np.searchsorted(at, days.as_of))
        if past:
            until = np.append(at[1:], days.ends[day])[:past]
            lasted = np.minimum(until, days.as_of) - at[:past]
            goes_on = bool(until[-1] >= days.as_of < days.ends[day])
            yield from _held(day, curve.levels[:, :, here][:, :, :past], lasted, goes_on=goes_on)


def _held(day: int, levels: NDArray[np.int64], lasted: Ints, *, goes_on: bool) -> Iterator[Held]:
    for metric in range(METRICS):
        for section in range(SECTIONS):
            level = levels[metric, section]
            # Exact: a day has fewer microseconds than a float has whole numbers.
            spent = np.bincount(level, weights=lasted).astype(np.int64)
            spent[0] = 0
            there = np.flatnonzero(spent)
            if len(there):
                now = int(level[-1]) if goes_on and level[-1] else None
                yield Held(day, metric, section, there.tolist(), spent[there].tolist(), now)


def hour_levels(curve: Curve, days: Days, hours: list[Hour]) -> Iterator[HourLevels]:
    """Every hour begins with the level that is carried into it."""
    for day in np.unique(curve.day).tolist():
        mine = sorted((hour for hour in hours if hour.day == day), key=lambda hour: hour.starts)
        parts = _parts(curve, curve.of_day(day), ints([hour.starts for hour in mine]) - days.starts[day])
        named: dict[int, list[tuple[NDArray[np.int64], Ints]]] = {}
        for hour, part in zip(mine, parts, strict=True):
            named.setdefault(hour.hour, []).append(part)
        for hour, twice in named.items():
            yield HourLevels(day, hour, np.max([p for p, _ in twice], axis=0), np.sum([s for _, s in twice], axis=0))


def _parts(curve: Curve, here: slice, begins: Ints) -> Iterator[tuple[NDArray[np.int64], Ints]]:
    since = np.union1d(curve.since[here], begins)
    place = np.searchsorted(curve.since[here], since, side="right") - 1
    levels = np.where(place >= 0, curve.levels[:, :, here][:, :, place], 0)
    lasts = np.append(np.diff(since), 0)
    first = np.searchsorted(since, begins)
    most = np.maximum.reduceat(levels, first, axis=2)
    spent = np.add.reduceat(levels[0] * lasts, first, axis=1)
    return ((most[:, :, n], spent[:, n]) for n in range(len(begins)))
