"""Rows about days as a whole: how long they hold, their sections and their bill."""

from typing import Any

import numpy as np

from turnout.analytics.sweeping import totals
from turnout.analytics.sweeping.arrays import NEVER, BigInts, Instants, Integers, Ints, ints
from turnout.analytics.sweeping.facts import CALL, instants_of_changes, some
from turnout.analytics.sweeping.levels import peaks
from turnout.analytics.sweeping.swept import Rows, Swept


def day_rows(swept: Swept) -> Rows:
    """How long each day holds, and its calls."""
    size = len(swept.days)
    calls = swept.tops.kind[swept.held_top] == CALL
    grouped = swept.grouped[swept.held_top]
    return {
        "valid_until": Instants(_valid_until(swept)),
        "personal_calls": Integers(totals.added(swept.held_day, calls & ~grouped, size)),
        "group_calls": Integers(totals.added(swept.held_day, calls & grouped, size)),
    }


def _valid_until(swept: Swept) -> Ints:
    """When a day must be computed again though nothing arrives.

    What begins at or after now (clocks run ahead) counts only once it is past, hence the microsecond.
    """
    pieces, now = swept.pieces, swept.days.as_of
    lo, hi = swept.days.starts, swept.days.ends
    outside = some(swept.all, ~swept.all.inside)
    ahead = some(pieces, pieces.joined >= now)
    leaving = some(pieces, ~pieces.open & (pieces.ends >= now) & (pieces.ends < hi[pieces.day]))
    changing, change = instants_of_changes(pieces, swept.changes)
    late = change >= now
    certain = np.full(max(len(swept.tops), 1), NEVER)
    at = np.searchsorted(swept.tops.event, swept.crowds.event)
    certain[at] = swept.crowds.changes
    expiries = [
        (pieces.day, pieces.stale),
        (outside.day, lo[outside.day] + 1),
        (ahead.day, ahead.joined + 1),
        (leaving.day, leaving.ends + 1),
        (changing[late], change[late] + 1),
        (swept.held_day, certain[swept.held_top]),
        _next_hours(swept),
    ]
    day, instant = (np.concatenate(parts) for parts in zip(*expiries, strict=True))
    return totals.least(day, instant, len(swept.days))


def _next_hours(swept: Swept) -> tuple[Ints, Ints]:
    """An open stay enters the next hour of its day."""
    now = swept.days.as_of
    growing = set(swept.pieces.day[swept.pieces.open].tolist())
    next_ = [
        (hour.day, (hour.starts if now == hour.starts else hour.ends) + 1)
        for hour in swept.hours
        if hour.starts <= now < hour.ends and hour.day in growing
    ]
    return ints([day for day, _ in next_]), ints([at for _, at in next_])


def section_rows(swept: Swept) -> Rows:
    """Peaks and totals of sections."""
    pieces, size = swept.pieces, 4 * len(swept.days)
    place, both = totals.in_sections(pieces), totals.twice(pieces)
    spent = totals.spent(both, place, size, swept.days)
    there = np.unique(place)
    top = peaks(swept.curve, swept.days)
    columns: dict[str, Any] = {"day": Integers(there // 4), "section": Integers(there % 4)}
    for metric, name in enumerate(("connections", "speakers", "listeners", "events")):
        columns[name] = Integers(top.value[:, metric, :].ravel()[there])
        columns[f"{name}_at"] = Instants(top.at[:, metric, :].ravel()[there])
    return columns | {
        "held": Integers(totals.distinct(place, both.top, size).count[there]),
        "people": Integers(totals.distinct(place, both.person, size).count[there]),
        "closed": BigInts(spent.closed[there]),
        "open": Integers(spent.open[there]),
        "offset": BigInts(spent.offset[there]),
    }


def billing_rows(swept: Swept) -> Rows:
    """Minutes, each stay rounded up on its own."""
    size = 4 * len(swept.days)
    place, both = totals.in_sections(swept.pieces), totals.twice(swept.pieces)
    since = both.joined - swept.days.starts[both.day]
    there = np.unique(place)
    grown = np.where(both.open, 0, totals.grown_minutes(both, swept.days))
    offset = np.where(both.open, np.maximum(since, 0) // totals.MINUTE, 0)
    growing = np.flatnonzero(both.open)
    growing = growing[np.argsort(place[growing], kind="stable")]
    count = np.bincount(place[growing], minlength=size)
    first = np.cumsum(count) - count
    return {
        "day": Integers(there // 4),
        "section": Integers(there % 4),
        "closed": BigInts(totals.added(place, grown, size)[there]),
        "open": Integers(count[there]),
        "offset": BigInts(totals.added(place, offset, size)[there]),
        "phases": Integers(since[growing] % totals.MINUTE),
        "first": Integers(first[there]),
        "count": Integers(count[there]),
    }


def carried_rows(swept: Swept) -> Rows:
    """Stays that last over the midnight before a day."""
    carried = some(swept.pieces, swept.pieces.joined < swept.days.starts[swept.pieces.day])
    return {
        "day": Integers(carried.day),
        "connection": BigInts(carried.connection),
        "kind": Integers(carried.kind),
        "joined": Instants(carried.joined),
        "last_left": Instants(np.where(carried.stale == NEVER, carried.left, NEVER)),
    }
