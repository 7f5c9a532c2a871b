"""What one company's platforms tell, at random: signals, descriptions, corrections, nonsense and conflicts.

Every activity is made of the same five choices, so that hypothesis can take any of them out of a failing world.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import product
from typing import TypeVar

from hypothesis import strategies as st

from .activities import AHEAD, Raw
from .days import DAY
from .facts import MICROSECOND
from .members import CANCELLED, ENDED, JOINED, LEFT, PLANNED, RETRACTED, ROLE_CHANGED, STARTED

T = TypeVar("T")

# Ids that every company uses, and the same text in several namespaces. In UTF-8 the last two sources compare the
# other way round than in UTF-16, and "B" the other way round than in most locales.
OFTEN = (("e1", "c1"), ("e1", "c2"), ("e1", "c3"), ("e2", "c1"), ("e2", "c2"), ("é", "c1"))
PLACES = (*OFTEN, ("e1", "c4"), ("é", "e1"), ("E1", "c1"), ("e1", "c" * 200), *OFTEN)
TOLD = tuple("idle" if connection in ("c3", "c4") else event for event, connection in PLACES)  # idle: never a stay
PARENTS = ("e1", "e2", "e1", "é", "E1", None, None, None)
SOURCES = ("a", "B", "a", "é", "\uff5e", "\U0001d11e")

IDENTITIES: tuple[Raw, ...] = (
    {},
    {"user": "p1"},
    {"user": "p2"},
    {"externalId": "p1"},
    {"externalId": "p2"},
    {"user": "p1", "externalId": "p2"},
    {"user": None, "externalId": "e1"},
)
ROLES: tuple[Raw, ...] = ({}, {"role": "PARTICIPANT"}, {"role": "SPEAKER"}, {"role": "MODERATOR"})
SERVICES: tuple[Raw, ...] = ({"service": "RECORDER"}, {"service": "BOT", "user": "p1"})
DESCRIPTIONS: tuple[Raw, ...] = (
    {},
    *({"kind": "WEBINAR"}, {"kind": "CALL"}) * 3,
    {"kind": "MEETING"},
    {"template": "WEBINAR"},
    {"template": "PERSONAL_CALL"},
    {"template": "GROUP_CALL"},
    {"template": "LECTURE"},
    {"template": "CLUB_CALL"},
    *({"template": "yoga"}, {"template": "Zoo"}) * 2,
    {"kind": None, "template": "Юга"},
    {"kind": "WEBINAR", "template": None},
    {"kind": "CALL", "template": "Zoo"},
    {"kind": "CALL", "template": "PERSONAL_CALL"},
    {"kind": "MEETING", "template": "PERSONAL_CALL"},
    {"kind": "WEBINAR", "template": "CLUB_CALL"},
)

CORRECTIONS = ("retract", "replace", "replace", "retract nothing", "replace elsewhere")
FLAWS: tuple[Raw, ...] = (
    {"type": "turnout.stay.danced"},
    {"type": "example.stay.joined"},
    {"time": "1999-12-31T23:59:59.999999Z"},
    {"time": "ahead"},
    {"replaces": "own"},
    {"type": RETRACTED, "data": {}},
    {"user": ""},
    {"name": ""},
    {"connection": "c\n1"},
    {"connection": "c\x7f"},
    {"connection": "c" * 201},
    {"connection": None},
    {"type": PLANNED, "startsAt": "2024-01-01T00:00:00Z", "parent": "own"},
    {"type": STARTED, "createdAt": "ahead"},
    {"type": PLANNED, "startsAt": "1999-12-31T23:59:59.999999Z"},
)

Verb = tuple[str, Raw]
CORRECT, FLAWED = "correct", "flawed"
VERBS: tuple[Verb, ...] = (
    *((JOINED, identity | role) for role, identity in product(ROLES, IDENTITIES)),
    *((JOINED, identity | role) for role, identity in product(ROLES, IDENTITIES)),
    *((JOINED, service) for service in SERVICES * 2),
    *[(LEFT, Raw())] * 40,
    *((ROLE_CHANGED, role) for role in ROLES[1:] * 16),
    *[(ENDED, Raw())] * 14,
    *((STARTED, description) for description in DESCRIPTIONS),
    *((PLANNED, description) for description in DESCRIPTIONS),
    *[(CANCELLED, Raw())] * 8,
    *((CORRECT, {"mode": mode}) for mode in CORRECTIONS * 3),
    *((FLAWED, flaw) for flaw in FLAWS),
)


@dataclass
class Pen:
    """Writes activities, numbering them by source from 8 on: as bytes "10" comes before "8"."""

    draw: st.DrawFn
    palette: Sequence[datetime]
    now: datetime
    families: bool
    written: list[Raw] = field(default_factory=list[Raw])
    numbers: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(SOURCES, 7)))

    def tell(self) -> None:
        """One activity; which members each of the five numbers decides depends on the first."""
        kind, members = choose(self.draw, VERBS)
        where = self.draw(index(len(PLACES)))
        source, when = reversed(divmod(self.draw(index(len(self.palette) * len(SOURCES))), len(SOURCES)))
        extra = self.draw(index(480))
        moment, (event, connection) = rfc3339(self.palette[when]), PLACES[where]

        if kind == CORRECT and self.written:
            self.correct(members["mode"], moment, self.written[extra % len(self.written)], where)
        elif kind == FLAWED:
            self.blunder(members, moment, SOURCES[source], extra)
        elif kind in (STARTED, PLANNED):
            self.write(kind, moment, SOURCES[source], self.described(kind, TOLD[where], extra) | members)
        elif kind in (ENDED, CANCELLED, CORRECT):
            self.write(CANCELLED if kind == CANCELLED else ENDED, moment, SOURCES[source], {"event": TOLD[where]})
        else:
            self.write(kind, moment, SOURCES[source], {"event": event, "connection": connection} | members)

    def write(self, kind: str, moment: str, source: str, data: Raw | None) -> Raw:
        self.numbers[source] += 1
        raw: Raw = {"specversion": "1.0", "id": str(self.numbers[source]), "source": source, "type": kind}
        raw |= {"time": moment} | ({} if data is None else {"data": data})
        self.written.append(raw)
        return raw

    def described(self, kind: str, event: str, extra: int) -> Raw:
        """When it was created, when it is to start, and perhaps whose breakout it is."""
        rest, parent = divmod(extra, len(PARENTS))
        created, starts = divmod(rest, 15)
        coming = [*self.palette, self.now, self.now + MICROSECOND, self.now + 3 * DAY]
        said: Raw = {"event": event}
        if kind == PLANNED:
            said["startsAt"] = rfc3339(coming[starts % len(coming)])
        if created > 2:
            said["createdAt"] = rfc3339(self.palette[starts % len(self.palette)])
        if self.families and PARENTS[parent] not in (None, event):
            said["parent"] = PARENTS[parent]
        return said

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
