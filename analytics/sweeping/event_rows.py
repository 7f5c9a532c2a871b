"""Rows about events, and about owners and rooms that have them."""

import numpy as np

from turnout.analytics.sweeping import totals
from turnout.analytics.sweeping.arrays import NEVER, BigInts, Flags, Instants, Integers, Ints, ints
from turnout.analytics.sweeping.facts import CALL, WEBINAR, some
from turnout.analytics.sweeping.swept import Rows, Swept


def event_rows(swept: Swept) -> Rows:
    """Events held, with their own peaks and totals."""
    pieces, held, size = swept.pieces, swept.held, len(swept.held)
    spent = totals.spent(pieces, held.of, size, swept.days)
    ended = pieces.stale == NEVER
    left = totals.most(held.of[ended], pieces.left[ended], size)
    live = totals.added(held.of, ~ended, size) > 0
    occupied, until = _occupancy(swept)
    connections, speakers, listeners = _event_peaks(swept)
    return {
        "day": Integers(swept.held_day),
        "event": BigInts(swept.tops.event[swept.held_top]),
        "grouped": Flags((swept.tops.kind[swept.held_top] == CALL) & swept.grouped[swept.held_top]),
        "connections": Integers(connections),
        "speakers": Integers(speakers),
        "listeners": Integers(listeners),
        "people": Integers(totals.distinct(held.of, swept.people, size).count),
        "closed": BigInts(spent.closed),
        "open": Integers(spent.open),
        "offset": BigInts(spent.offset),
        "occupied": BigInts(occupied),
        "occupied_until": Instants(until),
        "live": Flags(live),
        "joined": Instants(totals.least(held.of, pieces.joined, size)),
        "last_left": Instants(_never_before_all(left)),
    }


def _event_peaks(swept: Swept) -> tuple[Ints, Ints, Ints]:
    events, size = swept.events, len(swept.held)
    place = swept.place(events.day, events.top)
    webinar = events.kind == WEBINAR
    levels = (
        events.present,
        np.where(webinar, events.speaking, events.present),
        np.where(webinar, events.present - events.speaking, 0),
    )
    connections, speakers, listeners = (np.maximum(totals.most(place, level, size), 0) for level in levels)
    return connections, speakers, listeners


def _occupancy(swept: Swept) -> tuple[Ints, Ints]:
    """How long each event had somebody in it. What is open grows on from the last stretch."""
    stretches, size = swept.occupied, len(swept.held)
    place = swept.place(stretches.day, stretches.top)
    begun = stretches.starts < swept.days.as_of
    until = totals.most(place[begun], stretches.ends[begun], size)
    return totals.added(place, stretches.ends - stretches.starts, size), _never_before_all(until)


def owner_rows(swept: Swept) -> Rows:
    """The most events of one owner at once."""
    day, owner, events = totals.owners(swept.occupied, swept.tops)
    return {"day": Integers(day), "owner": owner, "events": Integers(events)}


def room_rows(swept: Swept) -> Rows:
    """Who was in which room."""
    names = sorted({room for room in swept.tops.room if room is not None})
    number = {room: n for n, room in enumerate(names)}
    code = ints([-1 if room is None else number[room] for room in swept.tops.room])
    held_in_one = code[swept.pieces.top] >= 0
    pieces = some(swept.pieces, held_in_one)
    persons = totals.Groups(swept.people.keys, swept.people.of[held_in_one])
    span = max(len(names), 1)
    visited = totals.groups(pieces.day * span + code[pieces.top])
    size = len(visited)
    spent = totals.spent(pieces, visited.of, size, swept.days)
    events = totals.distinct(visited.of, totals.Groups(swept.tops.event, pieces.top), size)
    people = totals.distinct(visited.of, persons, size)
    return {
        "day": Integers(visited.keys // span),
        "room": [names[n] for n in (visited.keys % span).tolist()],
        "event_ids": BigInts(events.values),
        "first_event": Integers(events.first),
        "events": Integers(events.count),
        "person_ids": BigInts(people.values),
        "first_person": Integers(people.first),
        "people": Integers(people.count),
        "first_at": Instants(totals.least(visited.of, pieces.starts, size)),
        "last_at": Instants(totals.most(visited.of, pieces.ends, size)),
        "closed": BigInts(spent.closed),
        "open": Integers(spent.open),
        "offset": BigInts(spent.offset),
    }


def feature_rows(swept: Swept) -> Rows:
    """What gauge_with() takes of stays."""
    pieces = swept.pieces
    begun = pieces.joined >= swept.days.starts[pieces.day]
    which = {"BREAKOUT": pieces.in_breakout, "CAPTIONS_ENABLED": swept.tops.captioned[pieces.top]}
    used = {figure: totals.unions(pieces, those, swept.tops, swept.days) for figure, those in which.items()}
    day, top, starts, ends = (
        np.concatenate([getattr(stretches, column) for stretches, _ in used.values()])
        for column in ("day", "top", "starts", "ends")
    )
    return {
        "nth": Integers(day + 1),
        "event": BigInts(swept.tops.event[top]),
        "figure": [figure for figure, (stretches, _) in used.items() for _ in stretches.day],
        "used_starts": Instants(starts),
        "used_ends": Instants(ends),
        "open": Flags(np.concatenate([going for _, going in used.values()])),
        "begun": Integers(totals.added(pieces.day, begun, len(swept.days))),
        "carried": Integers(totals.added(pieces.day, ~begun, len(swept.days))),
    }


def _never_before_all(instants: Ints) -> Ints:
    """The latest of none is never."""
    return np.where(instants == np.iinfo(np.int64).min, NEVER, instants)
