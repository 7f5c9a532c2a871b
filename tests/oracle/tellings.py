"""Strategies for what one company's platforms tell: descriptions, signals, corrections, nonsense and conflicts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from hypothesis import strategies as st

from .activities import AHEAD, CANCELLED, ENDED, JOINED, LEFT, PLANNED, RETRACTED, ROLE_CHANGED, STARTED, Raw
from .days import DAY
from .facts import MICROSECOND

T = TypeVar("T")

# Ids that every company uses, and the same text in several namespaces. In UTF-8 the last two sources compare the
# other way round than in UTF-16, and "B" the other way round than in most locales.
EVENTS = ("e1", "e2", "e3", "é", "E1")
CONNECTIONS = ("c1", "c2", "c3", "c4", "e1", "c" * 200)
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
ROLES = (None, "PARTICIPANT", "SPEAKER", "MODERATOR")
SERVICES = (*[None] * 18, "RECORDER", "BOT")
DESCRIPTIONS: tuple[Raw, ...] = (
    {},
    *({"kind": "WEBINAR"}, {"kind": "CALL"}) * 3,
    {"kind": "MEETING"},
    {"template": "WEBINAR"},
    {"template": "PERSONAL_CALL"},
    {"template": "GROUP_CALL"},
    {"template": "LECTURE"},
    {"template": "CLUB_CALL"},
    {"template": "yoga"},
    {"template": "Zoo"},
    {"kind": None, "template": "Юга"},
    {"kind": "WEBINAR", "template": None},
    {"kind": "CALL", "template": "Zumba"},
    {"kind": "CALL", "template": "PERSONAL_CALL"},
    {"kind": "MEETING", "template": "PERSONAL_CALL"},
    {"kind": "WEBINAR", "template": "CLUB_CALL"},
    {"kind": "MEETING", "template": "WEBINAR"},
)
VERBS = {"J": JOINED, "L": LEFT, "R": ROLE_CHANGED}
STORIES = ("JL", "J", "JRL", "JLJL", "JJL", "JR", "L", "JLL", "LJ", "JLJ", "JRJ", "JJRL", "JRJRL", "RJRRL", "JLJLJL")
DEEDS = (STARTED, PLANNED, ENDED, STARTED, PLANNED, ENDED, CANCELLED)
STEPS = (1, 2, 1, 3, 0, 4)


@dataclass
class Pen:
    """Writes activities, numbering them by source from 8 on: as bytes "10" comes before "8"."""

    draw: st.DrawFn
    palette: Sequence[datetime]
    now: datetime
    written: list[Raw] = field(default_factory=list[Raw])
    numbers: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(SOURCES, 7)))

    def choose(self, values: Sequence[T]) -> T:
        return choose(self.draw, values)

    def several(self, values: Sequence[T], most: int) -> list[T]:
        return several(self.draw, values, most)

    def moment(self) -> str:
        return rfc3339(self.choose(self.palette))

    def write(self, kind: str, data: Raw | None, time: str | None = None, source: str | None = None) -> Raw:
        origin: str = source or self.choose(SOURCES)
        self.numbers[origin] += 1
        raw: Raw = {"specversion": "1.0", "id": str(self.numbers[origin]), "source": origin, "type": kind}
        raw["time"] = time or self.moment()
        if data is not None:
            raw["data"] = data
        self.written.append(raw)
        return raw


@lru_cache
def index(length: int) -> st.SearchStrategy[int]:
    return st.integers(0, length - 1)


def choose(draw: st.DrawFn, values: Sequence[T]) -> T:
    """One of the values, shrinking to the first. Many times faster than a new `sampled_from` each time."""
    return values[draw(index(len(values)))]


def several(draw: st.DrawFn, values: Sequence[T], most: int) -> list[T]:
    """None to `most` of the values, rather many: the lists of hypothesis are mostly short."""
    return [choose(draw, values) for _ in range(choose(draw, (*range(most + 1), *range(most // 2, most + 1))))]


def rfc3339(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def tell_of_events(pen: Pen) -> list[str]:
    """Descriptions and ends of up to five events, contradictory and late; answers which events there may be."""
    events: list[str] = pen.several(EVENTS, most=5)
    families = [*events[:1] * 6, *events, EVENTS[-1]] if pen.choose((False, True)) else []
    for event in events:
        for deed in pen.several(DEEDS, most=4):
            data: Raw = {"event": event}
            if deed in (PLANNED, STARTED):
                data |= described(pen, event, families)
            if deed == PLANNED:
                data["startsAt"] = rfc3339(
                    pen.choose([*pen.palette, pen.now, pen.now + MICROSECOND, pen.now + 3 * DAY])
                )
            pen.write(deed, data)
    return events


def described(pen: Pen, event: str, families: Sequence[str]) -> Raw:
    created = pen.choose([None, None, None, *pen.palette])
    others = [each for each in families if each != event]
    parent = pen.choose([*[None] * 5, *others])
    said = {"createdAt": created and rfc3339(created), "parent": parent}
    return pen.choose(DESCRIPTIONS) | {member: value for member, value in said.items() if value is not None}


def tell_of_stays(pen: Pen, events: Sequence[str]) -> None:
    """Up to eight stories of connections; two stories of one connection run into each other."""
    known = [*events] or [EVENTS[0]]
    gathered = known[:1] if pen.choose((True, False, False)) else known
    for event in pen.several(gathered, most=8):
        connection = pen.choose(CONNECTIONS)
        story = pen.choose(STORIES)
        at = pen.choose(range(len(pen.palette) // 2 + 1))
        for verb in story:
            data = {"event": event, "connection": connection, **signalled(pen, verb)}
            pen.write(VERBS[verb], data, rfc3339(pen.palette[at]))
            at = min(at + pen.choose(STEPS), len(pen.palette) - 1)


def signalled(pen: Pen, verb: str) -> Raw:
    if verb == "L":
        return {}
    if verb == "R":
        return {"role": pen.choose(ROLES[1:])}
    said = pen.choose(IDENTITIES) | {"role": pen.choose(ROLES), "service": pen.choose(SERVICES)}
    return {member: value for member, value in said.items() if value is not None or member == "user"}


def correct(pen: Pen) -> None:
    """Retractions and replacements, also of each other, of what does not exist, and of another source's ids."""
    for mode in pen.several(("retract", "replace", "replace", "retract nothing", "replace elsewhere"), most=3):
        if not pen.written:
            return
        old, other = pen.choose(pen.written), pen.choose(pen.written)
        source = (other if mode == "replace elsewhere" else old)["source"]
        if mode.startswith("replace"):
            raw = pen.write(other["type"], other.get("data"), source=source)
        else:
            raw = pen.write(RETRACTED, pen.choose(({}, None)), source=source)
        nowhere = mode == "retract nothing" or old["id"] == raw["id"]  # itself would be refused
        raw["replaces"] = "nowhere" if nowhere else old["id"]


def nonsense(pen: Pen) -> None:
    """What the quarantine takes; counted by mistake it would show, and so would what it claims to correct."""
    joined = {"event": EVENTS[0], "connection": "nonsense", "user": "nobody"}
    planned = {"event": EVENTS[0], "startsAt": rfc3339(pen.palette[0])}
    ahead, before = rfc3339(pen.now + AHEAD + MICROSECOND), "1999-12-31T23:59:59.999999Z"
    flaws: list[Raw] = [
        {"type": "turnout.stay.danced"},
        {"type": "example.stay.joined"},
        {"time": before},
        {"time": ahead},
        {"replaces": "own"},
        {"type": RETRACTED, "data": {}},
        {"data": joined | {"user": ""}},
        {"data": joined | {"name": ""}},
        {"data": joined | {"connection": "c\n1"}},
        {"data": joined | {"connection": "c\x7f"}},
        {"data": joined | {"connection": "c" * 201}},
        {"data": {"event": EVENTS[0]}},
        {"type": PLANNED, "data": planned | {"parent": EVENTS[0]}},
        {"type": PLANNED, "data": planned | {"createdAt": ahead}},
        {"type": PLANNED, "data": planned | {"startsAt": before}},
    ]
    for flaw in pen.several(flaws, most=2):
        claimed = pen.choose([None, *pen.written])
        raw = pen.write(JOINED, joined, source=claimed["source"] if claimed else None)
        raw |= flaw
        if claimed and raw["type"] != RETRACTED:
            raw.setdefault("replaces", claimed["id"])
        if raw.get("replaces") == "own":
            raw["replaces"] = raw["id"]


def conflicts(pen: Pen, kept: Sequence[Raw]) -> list[Raw]:
    """Other contents under identities that are taken; some claim to correct something."""
    refused: list[Raw] = []
    for mode in pen.several(("other", "corrects"), most=2 if kept else 0):
        first, other = pen.choose(kept), pen.choose(kept)
        raw = other | {"source": first["source"], "id": first["id"], "time": pen.moment()}
        if mode == "corrects" and other["id"] != first["id"]:
            raw["replaces"] = other["id"]
        if raw != first:
            refused.append(raw)
    return refused
