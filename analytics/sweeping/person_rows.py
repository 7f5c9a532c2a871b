"""Rows about people and their devices."""

from turnout.analytics.sweeping import totals
from turnout.analytics.sweeping.arrays import BigInts, Flags, Integers
from turnout.analytics.sweeping.swept import DEVICES, Rows, Swept


def person_rows(swept: Swept) -> Rows:
    """Who was there, and in what."""
    meeting, webinar, call = swept.active_in
    return {
        "day": Integers(swept.active_day),
        "person": BigInts(swept.active_person),
        "in_meeting": Flags(meeting),
        "in_webinar": Flags(webinar),
        "in_call": Flags(call),
    }


def device_rows(swept: Swept) -> Rows:
    """Minutes by device."""
    pieces = swept.pieces
    used = totals.groups(pieces.day * len(DEVICES) + pieces.device)
    spent = totals.spent(pieces, used.of, len(used), swept.days)
    return {
        "day": Integers(used.keys // len(DEVICES)),
        "device": Integers(used.keys % len(DEVICES)),
        "closed": BigInts(spent.closed),
        "open": Integers(spent.open),
        "offset": BigInts(spent.offset),
    }
