"""Rows about what there was at once: the time at each level, peaks without limits, hours."""

import numpy as np

from turnout.analytics.sweeping import totals
from turnout.analytics.sweeping.arrays import NEVER, BigInts, Instants, Integers, Ints, ints
from turnout.analytics.sweeping.levels import hour_levels, most_lines, times
from turnout.analytics.sweeping.swept import Rows, Swept


def level_rows(swept: Swept) -> Rows:
    """Time at each level."""
    held = list(times(swept.curve, swept.days))
    count = ints([len(each.levels) for each in held])
    return {
        "day": Integers(ints([each.day for each in held])),
        "metric": Integers(ints([each.metric for each in held])),
        "section": Integers(ints([each.section for each in held])),
        "levels": Integers(ints([level for each in held for level in each.levels])),
        "spent": BigInts(ints([us for each in held for us in each.spent])),
        "first": Integers(np.cumsum(count) - count),
        "count": Integers(count),
        "open": Integers(ints([each.open or 0 for each in held])),
    }


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
    open_ = _open_by_section(swept)
    now = {(h.day, h.hour): h.ends for h in swept.hours if h.starts <= swept.days.as_of < h.ends}
    rows: list[tuple[int, ...]] = []
    for hour in hour_levels(swept.curve, swept.days, swept.hours):
        until = now.get((hour.day, hour.hour), NEVER)
        for section in range(4):
            growing = int(open_[hour.day * 4 + section]) if until != NEVER else 0
            if hour.peaks[0, section] or growing:
                levels = hour.peaks[:, section].tolist()
                rows.append((hour.day, section, hour.hour, *levels, int(hour.spent[section]), growing, until))
    columns = ints(rows).reshape(-1, 10).T
    names = ("day", "section", "hour", "connections", "speakers", "listeners", "events")
    return {name: Integers(column) for name, column in zip(names, columns, strict=False)} | {
        "spent": BigInts(columns[7]),
        "open": Integers(columns[8]),
        "open_until": Instants(columns[9]),
    }


def _open_by_section(swept: Swept) -> Ints:
    pieces = swept.pieces
    return totals.with_total(totals.added(pieces.day * 3 + pieces.kind, pieces.open, 3 * len(swept.days)))
