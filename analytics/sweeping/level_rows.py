"""Rows about what there was at once: the time at each level, peaks without limits, hours."""

import numpy as np
from numpy.typing import NDArray

from turnout.analytics.sweeping import totals
from turnout.analytics.sweeping.arrays import NEVER, BigInts, Instants, Integers, Ints, ints
from turnout.analytics.sweeping.levels import HourLevels, hour_levels, most_lines, times
from turnout.analytics.sweeping.swept import Rows, Swept


def level_rows(swept: Swept) -> Rows:
    """Time at each level."""
    held = times(swept.curve, swept.days)
    numbers = ("day", "metric", "section", "first", "count", "open", "levels")
    return {name: Integers(getattr(held, name)) for name in numbers} | {"spent": BigInts(held.spent)}


def peak_rows(swept: Swept) -> Rows:
    """Peaks that have no limit."""
    crowds = totals.first_reached(swept.events, swept.days, len(swept.days))
    rows = [(day, 0, 1 + kind, value, at) for (day, kind), (value, at) in crowds.items()]
    for day in sorted({day for day, _ in crowds}):
        value, at = min((crowds[day, kind] for kind in range(3) if (day, kind) in crowds), key=lambda c: (-c[0], c[1]))
        rows.append((day, 0, 0, value, at))
    rows += [(day, 1, 0, value, at) for day, value, at in most_lines(swept.curve, swept.days)]
    day, metric, section, value, at = ints(rows).reshape(-1, 5).T
    return {
        "day": Integers(day),
        "metric": Integers(metric),
        "section": Integers(section),
        "value": Integers(value),
        "at": Instants(at),
    }


def hour_rows(swept: Swept) -> Rows:
    """Peaks and minutes of local hours."""
    open_ = _open_by_section(swept).reshape(-1, 4)
    now = {(h.day, h.hour): h.ends for h in swept.hours if h.starts <= swept.days.as_of < h.ends}
    parts = [_rows_of_day(each, open_[each.day], now) for each in hour_levels(swept.curve, swept.days, swept.hours)]
    columns = np.concatenate([np.zeros((10, 0), np.int64), *parts], axis=1)
    names = ("day", "section", "hour", "connections", "speakers", "listeners", "events")
    return {name: Integers(column) for name, column in zip(names, columns, strict=False)} | {
        "spent": BigInts(columns[7]),
        "open": Integers(columns[8]),
        "open_until": Instants(columns[9]),
    }


def _rows_of_day(hours: HourLevels, open_: Ints, now: dict[tuple[int, int], int]) -> NDArray[np.int64]:
    """The columns of each section and hour in which anybody was, or is now."""
    until = ints([now.get((hours.day, hour), NEVER) for hour in hours.hour.tolist()])
    growing = np.where(until != NEVER, open_[:, np.newaxis], 0)
    section, hour = np.nonzero((hours.peaks[0] > 0) | (growing > 0))
    day = np.full_like(section, hours.day)
    peaks = hours.peaks[:, section, hour]
    beside = (hours.spent[section, hour], growing[section, hour], until[hour])
    return ints([day, section, hours.hour[hour], *peaks, *beside])


def _open_by_section(swept: Swept) -> Ints:
    pieces = swept.pieces
    return totals.with_total(totals.added(pieces.day * 3 + pieces.kind, pieces.open, 3 * len(swept.days)))
