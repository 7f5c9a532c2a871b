"""What one company's platforms tell, at random: signals, descriptions, corrections, nonsense and conflicts.

Every activity is made of the same five choices, so that hypothesis can take any of them out of a failing world.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from math import prod
from typing import TypeVar

from hypothesis import strategies as st

from .activities import AHEAD, Raw
from .days import DAY
from .facts import MICROSECOND
from .members import ENDED, JOINED, PLANNED, RETRACTED, STARTED, STORED
from .places import HOUR
from .verbs import (
    ALLOWING,
    CORRECT,
    FLAWED,
    LASTED,
    LENT,
    MORE,
    OWNERS,
    PARENTS,
    PLACES,
    SOURCES,
    SUBJECTS,
    TITLES,
    Verb,
)

T = TypeVar("T")

DESCRIBED = (len(PARENTS), 30, 4, len(OWNERS), len(LENT), len(TITLES), 4, len(ALLOWING))
EXTRAS = prod(DESCRIBED)


@dataclass
class Pen:
    """Writes activities, numbering them by source from 8 on: as bytes "10" comes before "8"."""

    draw: st.DrawFn
    verbs: Sequence[Verb]
    palette: Sequence[datetime]
    now: datetime
    families: bool
    written: list[Raw] = field(default_factory=list[Raw])
    numbers: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(SOURCES, 7)))

    def tell(self) -> None:
        """One activity; which members each of the five numbers decides depends on the first."""
        kind, members = choose(self.draw, self.verbs)
        where = self.draw(index(PLACES))
        source, when = reversed(divmod(self.draw(index(len(self.palette) * len(SOURCES))), len(SOURCES)))
        extra = self.draw(index(EXTRAS))
        moment = rfc3339(self.palette[when])

        if kind == FLAWED:
            self.blunder(members, moment, SOURCES[source], extra)
        elif kind == CORRECT and self.written:
            self.correct(members["mode"], moment, self.written[extra % len(self.written)], where)
        else:
            kind = ENDED if kind == CORRECT else kind
            subject, perhaps = SUBJECTS[kind][where], MORE.get(kind, (Raw(),))
            if kind in (STARTED, PLANNED):
                more = self.described(kind, subject["event"], extra)
            else:
                more = perhaps[extra % len(perhaps)]
            if kind == STORED:
                more = more | self.lasting(extra // len(perhaps))
            self.write(kind, moment, SOURCES[source], subject | more | members)

    def write(self, kind: str, moment: str, source: str, data: Raw | None) -> Raw:
        self.numbers[source] += 1
        raw: Raw = {"specversion": "1.0", "id": str(self.numbers[source]), "source": source, "type": kind}
        raw |= {"time": moment} | ({} if data is None else {"data": data})
        self.written.append(raw)
        return raw

    def described(self, kind: str, event: str, extra: int) -> Raw:
        """Whose breakout it may be, where, whose, called what, with captions, when created and planned to start."""
        parent, starts, created, owner, room, title, ends, captions = digits(extra, DESCRIBED)
        said = LENT[room] | OWNERS[owner] | TITLES[title] | ALLOWING[captions]
        if kind == PLANNED:
            said["startsAt"] = rfc3339(self.coming(starts))
        if kind == PLANNED and ends > 1:
            said["endsAt"] = rfc3339(self.coming(starts) + ends * HOUR)
        if created > 2:
            said["createdAt"] = rfc3339(self.palette[starts % len(self.palette)])
        if self.families and PARENTS[parent] not in (None, event):
            said["parent"] = PARENTS[parent]
        return said

    def lasting(self, number: int) -> Raw:
        """For how long a recording ran, perhaps since when; or neither."""
        turn, form = divmod(number, 3)
        lasted = {"seconds": LASTED[turn % len(LASTED)]} if form else {}
        return lasted | ({"startedAt": rfc3339(self.palette[turn % len(self.palette)])} if form == 2 else {})

    def coming(self, number: int) -> datetime:
        """When something is to start: at an instant that others mention too, or ahead of now."""
        ahead = (self.now, self.now + MICROSECOND, self.now + HOUR, self.now + 3 * DAY)
        turn, late = divmod(number, 2)
        return ahead[turn % len(ahead)] if late else self.palette[turn % len(self.palette)]

    def correct(self, mode: str, moment: str, old: Raw, where: int) -> None:
        """A retraction or a replacement, also of another one, of what does not exist, or by another source's id."""
        other = self.written[where % len(self.written)]
        source = (other if mode == "replace elsewhere" else old)["source"]
        if mode.startswith("replace"):
            raw = self.write(other["type"], moment, source, other.get("data"))
        else:
            raw = self.write(RETRACTED, moment, source, Raw() if where % 2 else None)
        nowhere = mode == "retract nothing" or old["id"] == raw["id"]  # itself would be refused
        raw["replaces"] = "nowhere" if nowhere else old["id"]

    def blunder(self, flaw: Raw, moment: str, source: str, extra: int) -> None:
        """What the quarantine takes; counted by mistake it would show, and so would what it claims to correct."""
        meant: Raw = {"event": "e1", "connection": "flawed", "user": "nobody"}
        words = {"ahead": rfc3339(self.now + AHEAD + MICROSECOND), "own": "e1"}
        envelope = {name: value for name, value in flaw.items() if name in ("type", "time", "replaces", "data")}
        meant |= {name: words.get(str(value), value) for name, value in flaw.items() if name not in envelope}
        claimed = self.written[extra % len(self.written)] if self.written and extra % 2 else None

        raw = self.write(JOINED, moment, claimed["source"] if claimed else source, meant)
        raw |= envelope | {"time": words.get(envelope.get("time", ""), envelope.get("time", moment))}
        if claimed and raw["type"] != RETRACTED:
            raw.setdefault("replaces", claimed["id"])
        if raw.get("replaces") == "own":
            raw["replaces"] = raw["id"]


@lru_cache
def index(length: int) -> st.SearchStrategy[int]:
    return st.integers(0, length - 1)


def choose(draw: st.DrawFn, values: Sequence[T]) -> T:
    """One of the values, shrinking to the first. Many times faster than a new `sampled_from` each time."""
    return values[draw(index(len(values)))]


def again(draw: st.DrawFn, mean: int, most: int) -> Iterator[int]:
    """Goes round `mean` times or so; a round and its choices can be taken out, which a number drawn first forbids."""
    for turn in range(most):
        if not draw(index(mean + 1)):
            return
        yield turn


def digits(number: int, sizes: Sequence[int]) -> Iterator[int]:
    """The number taken apart into one below each size, the least digit first."""
    for size in sizes:
        number, digit = divmod(number, size)
        yield digit


def rfc3339(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def conflicts(pen: Pen, kept: Sequence[Raw]) -> list[Raw]:
    """Other contents under identities that are taken; some claim to correct something."""
    refused: list[Raw] = []
    for _ in again(pen.draw, mean=1, most=3 if kept else 0):
        first, other = choose(pen.draw, kept), choose(pen.draw, kept)
        moment, corrects = choose(pen.draw, pen.palette), choose(pen.draw, (False, True))
        raw = other | {"source": first["source"], "id": first["id"], "time": rfc3339(moment)}
        if corrects and other["id"] != first["id"]:
            raw["replaces"] = other["id"]
        if raw not in (first, *refused):
            refused.append(raw)
    return refused
