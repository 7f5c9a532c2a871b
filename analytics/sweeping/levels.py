"""What a company's curve comes to: the peaks of its days, the time at each level, and its hours."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from turnout.analytics.sweeping.arrays import NEVER, Bools, Ints, ints
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


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """How long a metric and section was at each level above 0: a row a day, and the level that lasts on, or 0.

    The levels of a row are those of all rows from `first`, so many as `count`.
    """

    day: Ints
    metric: Ints
    section: Ints
    first: Ints
    count: Ints
    open: Ints
    levels: Ints
    spent: Ints


@dataclass(frozen=True, slots=True)
class Hour:
    """Where a local hour of a day lies; a day whose clock is turned may have one twice."""

    day: int
    hour: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True, eq=False)
class HourLevels:
    """The hours of a day: peaks by metric, section and hour, and microseconds by section and hour."""

    day: int
    hour: Ints
    peaks: NDArray[np.int64]
    spent: NDArray[np.int64]


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


def times(curve: Curve, days: Days) -> Held:
    """Up to now: what follows the last instant before it lasts on."""
    at = days.starts[curve.day] + curve.since
    last = np.diff(curve.day, append=-1) != 0
    until = np.where(last, days.ends[curve.day], np.roll(at, -1))
    past = at < days.as_of
    lasted = np.where(past, np.minimum(until, days.as_of) - at, 0)
    goes_on = past & (until >= days.as_of) & (days.as_of < days.ends[curve.day])
    parts = [
        _held(curve, metric, section, lasted, goes_on, len(days))
        for metric in range(METRICS)
        for section in range(SECTIONS)
    ]
    rows, levels = (np.concatenate(columns, axis=1) for columns in zip(*parts, strict=True))
    day, metric, section, count, now = rows
    return Held(day, metric, section, np.cumsum(count) - count, count, now, *levels)


def _held(
    curve: Curve, metric: int, section: int, lasted: Ints, goes_on: Bools, size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of day, metric, section, number of levels and the one that lasts on; beside the levels and their times."""
    level = curve.levels[metric, section]
    span = int(level.max(initial=0)) + 1
    # Exact: a day has fewer microseconds than a float has whole numbers.
    spent = np.bincount(curve.day * span + level, weights=lasted, minlength=size * span)
    spent[::span] = 0
    there = np.flatnonzero(spent)
    day, count = np.unique(there // span, return_counts=True)
    now = np.zeros(size, np.int64)
    now[curve.day[goes_on]] = level[goes_on]
    rows = [day, np.full_like(day, metric), np.full_like(day, section), count, now[day]]
    return ints(rows), ints([there % span, spent[there]])


def hour_levels(curve: Curve, days: Days, hours: list[Hour]) -> Iterator[HourLevels]:
    """Every hour begins with the level that is carried into it."""
    for day in np.unique(curve.day).tolist():
        mine = sorted((hour for hour in hours if hour.day == day), key=lambda hour: hour.starts)
        peaks, spent = _parts(curve, curve.of_day(day), ints([hour.starts for hour in mine]) - days.starts[day])
        names, of = np.unique(ints([hour.hour for hour in mine]), return_inverse=True)
        most, sums = np.zeros((METRICS, SECTIONS, len(names)), np.int64), np.zeros((SECTIONS, len(names)), np.int64)
        np.maximum.at(np.moveaxis(most, 2, 0), of, np.moveaxis(peaks, 2, 0))
        np.add.at(sums.T, of, spent.T)
        yield HourLevels(day, names, most, sums)


def _parts(curve: Curve, here: slice, begins: Ints) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    since = np.union1d(curve.since[here], begins)
    place = np.searchsorted(curve.since[here], since, side="right") - 1
    levels = np.where(place >= 0, curve.levels[:, :, here][:, :, place], 0)
    first = np.searchsorted(since, begins)
    most = np.maximum.reduceat(levels, first, axis=2)
    return most, np.add.reduceat(levels[0] * np.append(np.diff(since), 0), first, axis=1)
