"""Rows about people and their devices."""

from turnout.analytics.sweeping import totals
from turnout.analytics.sweeping.arrays import BigInts, Flags, Integers
from turnout.analytics.sweeping.swept import DEVICES, Rows, Swept


def person_rows(swept: Swept) -> Rows:
    """Who was there, and in what."""
    pieces = swept.pieces
    numbered = totals.groups(pieces.person)
    span = max(len(numbered), 1)
    active = totals.groups(pieces.day * span + numbered.of)
    meeting, webinar, call = (totals.added(active.of, pieces.kind == kind, len(active)) > 0 for kind in range(3))
    return {
        "day": Integers(active.keys // span),
        "person": BigInts(numbered.keys[active.keys % span]),
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
