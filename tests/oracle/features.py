"""When features were on, what was measured of media, and which stays were in trouble."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from .activities import Activity
from .events import Event, lineage
from .members import ENDED, FEATURE_STARTED, FEATURE_STOPPED, MEASURED, SAMPLED
from .stays import Stay, latest_of

Stretch = tuple[datetime, datetime]
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A feature that was on in an event, perhaps for one connection, until where it ends as seen from now."""

    top: str
    feature: str
    start: datetime
    end: datetime

    def is_on_at(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of the quality of a stay; whether it shows trouble."""

    stay: Stay
    at: datetime
    trouble: bool


def spans_of(
    activities: Sequence[Activity], events: dict[str, Event], stale_after: timedelta, now: datetime
) -> list[Span]:
    """Every stretch in which a feature was on. Activities in reading order."""
    told = [each for each in activities if each.type in (FEATURE_STARTED, FEATURE_STOPPED)]
    latest = latest_of(activities, events)
    found: list[Span] = []
    for event, feature, connection in {key_of(each) for each in told}:
        line = lineage(event, events)
        stale = latest[line[-1]] if now >= latest[line[-1]] + stale_after else None
        own = [each for each in told if key_of(each) == (event, feature, connection)]
        ends = [each for each in activities if each.event in line and each.type == ENDED]
        signals = sorted(own + ends, key=lambda each: (each.time, each.type == ENDED, each.place))
        found += [Span(line[-1], feature, *stretch(part, stale, now)) for part in parts_of(signals)]
    return found


def key_of(activity: Activity) -> tuple[str, str, str]:
    return activity.data["event"], activity.data["feature"], activity.data.get("connection", "")


def parts_of(signals: Iterable[Activity]) -> list[list[Activity]]:
    """One part for each time it was on: the start that switches it on and all before the next such start."""
    parts: list[list[Activity]] = []
    on = False
    for signal in signals:
        if signal.type == FEATURE_STARTED and not on:
            parts.append([])
        on = signal.type == FEATURE_STARTED
        if parts:
            parts[-1].append(signal)
    return parts


def stretch(part: Sequence[Activity], stale: datetime | None, now: datetime) -> Stretch:
    """Until the first real stop, else the first end of the event, else when all became silent, else now."""
    start = part[0].time
    stops = [each.time for each in part if each.type == FEATURE_STOPPED]
    ends = [each.time for each in part if each.type == ENDED]
    return start, next(iter(stops + ends), None) or max(start, stale or now)


def microseconds_covered(stretches: Iterable[Stretch], start: datetime, end: datetime) -> int:
    """How long at least one of them lasts within a bucket."""
    total, reached = 0, start
    for begin, until in sorted(stretches):
        begin, until = max(begin, reached), min(until, end)
        if begin < until:
            total += (until - begin) // MICROSECOND
            reached = until
    return total


def measured(activities: Iterable[Activity], start: datetime, end: datetime) -> dict[tuple[str, str], int]:
    """Microseconds of media by direction and track."""
    found: dict[tuple[str, str], int] = {}
    for each in activities:
        if each.type == MEASURED and start <= each.time < end:
            way = each.data["direction"], each.data["track"]
            found[way] = found.get(way, 0) + round(Decimal(str(each.data["seconds"])) * 10**6)
    return found


def samples_of(activities: Iterable[Activity], stays: Sequence[Stay]) -> list[Sample]:
    """The samples of people's stays: each is of the stay of its connection that had begun last by then."""
    found: list[Sample] = []
    for each in activities:
        if each.type == SAMPLED:
            own = [stay for stay in stays if (stay.event, stay.connection) == (each.event, each.data["connection"])]
            begun = [stay for stay in own if stay.joined <= each.time]
            if begun and begun[-1].service is None:
                found.append(Sample(begun[-1], each.time, shows_trouble(each)))
    return found


def shows_trouble(sample: Activity) -> bool:
    said = sample.data
    return bool(said.get("cpuTrouble") or said.get("bandwidthTrouble") or said.get("packetLoss", 0) > 0.05)
