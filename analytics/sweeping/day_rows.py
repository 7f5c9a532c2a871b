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
    size = 3 * len(swept.days)
    spent = totals.spent(swept.pieces, _day_and_kind(swept), size, swept.days)
    there = _sections_there(swept)
    top = peaks(swept.curve, swept.days)
    columns: dict[str, Any] = {"day": Integers(there // 4), "section": Integers(there % 4)}
    for metric, name in enumerate(("connections", "speakers", "listeners", "events")):
        columns[name] = Integers(top.value[:, metric, :].ravel()[there])
        columns[f"{name}_at"] = Instants(top.at[:, metric, :].ravel()[there])
    return columns | {
        "held": Integers(_events_held(swept)[there]),
        "people": Integers(_people(swept)[there]),
        "closed": BigInts(totals.with_total(spent.closed)[there]),
        "open": Integers(totals.with_total(spent.open)[there]),
        "offset": BigInts(totals.with_total(spent.offset)[there]),
    }


def _day_and_kind(swept: Swept) -> Ints:
    return swept.pieces.day * 3 + swept.pieces.kind


def _sections_there(swept: Swept) -> Ints:
    """The sections of days in which anybody stayed, as places among all of them."""
    stays = np.bincount(_day_and_kind(swept), minlength=3 * len(swept.days))
    return np.flatnonzero(totals.with_total(ints(stays)))


def _events_held(swept: Swept) -> Ints:
    kind = swept.tops.kind[swept.held_top]
    return totals.with_total(ints(np.bincount(swept.held_day * 3 + kind, minlength=3 * len(swept.days))))


def _people(swept: Swept) -> Ints:
    """Whoever was in events of two kinds is one in all."""
    size = len(swept.days)
    everybody = np.bincount(swept.active_day, minlength=size)
    kinds = [totals.added(swept.active_day, was_in, size) for was_in in swept.active_in]
    return np.stack((ints(everybody), *kinds), axis=1).ravel()


def billing_rows(swept: Swept) -> Rows:
    """Minutes, each stay rounded up on its own."""
    pieces, size = swept.pieces, 3 * len(swept.days)
    place, there = _day_and_kind(swept), _sections_there(swept)
    since = pieces.joined - swept.days.starts[pieces.day]
    grown = np.where(pieces.open, 0, totals.grown_minutes(pieces, swept.days))
    offset = np.where(pieces.open, np.maximum(since, 0) // totals.MINUTE, 0)
    growing = np.flatnonzero(pieces.open)
    sections = np.concatenate((pieces.day[growing] * 4, pieces.day[growing] * 4 + 1 + pieces.kind[growing]))
    order = np.argsort(sections, kind="stable")
    count = np.bincount(sections, minlength=4 * len(swept.days))
    return {
        "day": Integers(there // 4),
        "section": Integers(there % 4),
        "closed": BigInts(totals.with_total(totals.added(place, grown, size))[there]),
        "open": Integers(count[there]),
        "offset": BigInts(totals.with_total(totals.added(place, offset, size))[there]),
        "phases": Integers(np.tile(since[growing] % totals.MINUTE, 2)[order]),
        "first": Integers((np.cumsum(count) - count)[there]),
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
