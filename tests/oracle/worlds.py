"""Random worlds for hypothesis: a few companies, what their platforms tell, how it arrives, and what will be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import strategies as st

from .activities import AHEAD, Raw, instant, is_valid
from .days import DAY, local_day
from .facts import MICROSECOND
from .limits import Limit
from .places import EVERYWHERE, HOUR, THEATRES, Theatre, distinct, midnights, moments, nows
from .tellings import Pen, again, choose, conflicts
from .verbs import COMPANIES

Delivery = list[Raw]
Period = tuple[datetime, datetime]

STALE_HOURS = (24, 1, 2, 30, 48)
ANCHORS = (1, 31, 29, 15)
SEEDS = st.integers(0, 9999)
LIMITED = (
    *[(metric, "TOTAL") for metric in ("CONNECTIONS", "SPEAKERS", "LISTENERS", "EVENTS")] * 2,
    *((metric, kind) for metric in ("CONNECTIONS", "SPEAKERS", "EVENTS") for kind in ("MEETING", "WEBINAR", "CALL")),
    ("LISTENERS", "WEBINAR"),
    *[("STORAGE_BYTES", "TOTAL"), ("USERS", "TOTAL"), ("PARTICIPATION_MINUTES", "TOTAL")] * 3,
    *(("PARTICIPATION_MINUTES", "WEBINAR"), ("RECORDED_MINUTES", "TOTAL"), ("STORED_RECORDING_MINUTES", "TOTAL")),
)


@dataclass(frozen=True)
class WorldCompany:
    """A company, all its activities in the order of reading (refused contents last), how they arrive, what is asked."""

    zone: str
    anchor_day: int
    stale_after: timedelta
    limits: list[Limit]
    activities: list[Raw]
    deliveries: list[Delivery]
    periods: list[Period]


@dataclass(frozen=True)
class World:
    """Companies that use the same ids, at one instant called now."""

    now: datetime
    companies: list[WorldCompany]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Worlds of one to three companies with up to some 60 activities each."""
    theatre = choose(draw, THEATRES)
    zones = [choose(draw, theatre.zones * 3 + EVERYWHERE) for _ in (1, *again(draw, mean=2, most=2))]
    now = choose(draw, nows(zones, theatre.day))
    return World(now, [company(draw, theatre, zone, now) for zone in zones])


def company(draw: st.DrawFn, theatre: Theatre, zone: str, now: datetime) -> WorldCompany:
    stale_after = choose(draw, STALE_HOURS) * HOUR
    latest = choose(draw, (now + AHEAD, now + AHEAD, now - stale_after))  # the last: all is stale, or just not
    possible = moments(zone, theatre.day, now, stale_after, latest)
    palette = sorted({choose(draw, possible) for _ in (1, *again(draw, mean=12, most=12))})
    activities = tellings(draw, palette, now)
    return WorldCompany(
        zone=zone,
        anchor_day=choose(draw, ANCHORS),
        stale_after=stale_after,
        limits=[limit(draw, theatre.day) for _ in again(draw, mean=3, most=5)],
        activities=activities,
        deliveries=delivered(activities, draw(SEEDS)),
        periods=[period(draw, zone, theatre.day, now, palette) for _ in (1, *again(draw, mean=2, most=2))],
    )


def tellings(draw: st.DrawFn, palette: Sequence[datetime], now: datetime) -> list[Raw]:
    """Activities in the order of reading, then contents that are refused because their identity is taken."""
    pen = Pen(draw, choose(draw, COMPANIES), palette, now, families=choose(draw, (False, True)))
    for _ in again(draw, mean=40, most=55):
        pen.tell()
    kept = sorted(pen.written, key=lambda raw: (instant(raw["time"]), raw["source"].encode(), raw["id"].encode()))
    return kept + conflicts(pen, [raw for raw in kept if is_valid(raw, now)])


def limit(draw: st.DrawFn, day: date) -> Limit:
    dates = [None, *(day + timedelta(days=n) for n in range(-1, 3))]
    first, last = choose(draw, [(one, two) for one in dates for two in dates if not (one and two) or one <= two])
    metric, section = choose(draw, LIMITED)
    return Limit(metric, section, choose(draw, (2.0, 1.0, 0.0, 3.0, 10.0)), first, last)


def period(draw: st.DrawFn, zone: str, day: date, now: datetime, palette: Sequence[datetime]) -> Period:
    """Whole local days, any two instants, or a moment within a day; perhaps beyond now."""
    whole = sorted({*midnights(zone, day, 2, 4), *midnights(zone, local_day(zone, now), 1, 2)})
    edges = distinct([*palette, *whole, *(moment + MICROSECOND for moment in palette), now])
    form = choose(draw, ("days", "instants", "days", "moment"))
    if form == "days":
        return choose(draw, whole[:3]), choose(draw, whole[3:])
    one = choose(draw, edges)
    if form == "moment":
        return one, one + choose(draw, (HOUR, MICROSECOND, HOUR / 2, DAY))
    other = choose(draw, [each for each in edges if each != one])
    return min(one, other), max(one, other)


def shuffled(company: WorldCompany, seed: int) -> list[Delivery]:
    """Another way in which the same activities may arrive; refused contents still come last."""
    return delivered(company.activities, seed)


def delivered(activities: Sequence[Raw], seed: int) -> list[Delivery]:
    """Batches in any order with duplicates; seed 0 is one batch in the order of reading."""
    accepted: dict[tuple[str, str], Raw] = {}
    refused = [raw for raw in activities if accepted.setdefault((raw["source"], raw["id"]), raw) is not raw]
    firsts = list(accepted.values())
    if seed:
        random = Random(seed)
        firsts += random.sample(firsts, len(firsts) // 6)
        random.shuffle(firsts)
        batches = cut(firsts, random)
    else:
        batches = [firsts]
    return [batch for batch in (*batches, refused) if batch]


def cut(activities: Sequence[Raw], random: Random) -> list[Delivery]:
    batches: list[Delivery] = []
    size = random.choice((2, 8, 60))
    while activities:
        length = random.randint(1, size)
        batches.append(list(activities[:length]))
        activities = activities[length:]
    return batches
