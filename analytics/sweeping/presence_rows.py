"""Rows of bits: who was there, and which events were held."""

import numpy as np
from numpy.typing import NDArray

from turnout.analytics.sweeping import totals
from turnout.analytics.sweeping.arrays import BigInts, Integers, Ints
from turnout.analytics.sweeping.swept import Rows, Swept

# So many ids share a row: 256 of them.
ID_BITS = 8
_LAST = (1 << ID_BITS) - 1


def presence_rows(swept: Swept) -> Rows:
    """People first, then events."""
    pieces, tops = swept.pieces, swept.tops
    people = _Chunks(pieces.day, pieces.person, pieces.kind)
    events = _Chunks(swept.held_day, tops.event[swept.held_top], tops.kind[swept.held_top])
    return {
        "day": Integers(np.concatenate((people.day, events.day))),
        "what": Integers(np.repeat(np.arange(2), (len(people.day), len(events.day)))),
        "chunk": BigInts(np.concatenate((people.chunk, events.chunk))),
        "total": people.total + events.total,
        "in_meeting": people.kinds[0] + events.kinds[0],
        "in_webinar": people.kinds[1] + events.kinds[1],
        "in_call": people.kinds[2] + events.kinds[2],
    }


class _Chunks:
    """Ids of some days, each with a kind, as rows of bits in hexadecimal digits."""

    def __init__(self, day: Ints, number: Ints, kind: Ints) -> None:
        numbered = totals.groups(number >> ID_BITS)
        span = max(len(numbered), 1)
        chunks = totals.groups(day * span + numbered.of)
        self.day = chunks.keys // span
        self.chunk = numbered.keys[chunks.keys % span]
        self.total = _bits(chunks.of, number & _LAST, len(chunks))
        kinds = (kind == each for each in range(3))
        self.kinds = [_bits(chunks.of[these], number[these] & _LAST, len(chunks)) for these in kinds]


def _bits(row: Ints, place: Ints, rows: int) -> list[str]:
    """For each row its bits, the first one leftmost as Postgres has them."""
    found: NDArray[np.bool_] = np.zeros((rows, _LAST + 1), np.bool_)
    found[row, place] = True
    return [bits.tobytes().hex() for bits in np.packbits(found, axis=1)]
