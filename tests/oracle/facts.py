"""What happened as seen from one instant, and the state at any other."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .activities import Raw, counting
from .events import Event, events_of
from .stays import Stay, stays_of

MICROSECOND = timedelta(microseconds=1)
TOTAL = "TOTAL"


@dataclass(frozen=True, slots=True)
class Presence:
    """A stay that is no service, ending where it ends as seen from now, with what its event at the top makes of it."""

    stay: Stay
    kind: str
    start: datetime
    end: datetime

    def is_in(self, start: datetime, end: datetime) -> bool:
        return self.start < end and (self.end > start or self.start >= start)

    def speaks_at(self, moment: datetime) -> bool:
        return self.kind != "WEBINAR" or self.stay.role_at(moment) in ("MODERATOR", "SPEAKER")

    def microseconds_in(self, start: datetime, end: datetime) -> int:
        return max(0, (min(self.end, end) - max(self.start, start)) // MICROSECOND)


class Facts:
    """Everything that counts at `now`."""

    def __init__(self, arrived: Sequence[Raw], stale_after: timedelta, now: datetime) -> None:
        self.activities = counting(arrived, now)
        self.events = events_of(self.activities)
        self.stays = stays_of(self.activities, self.events, stale_after, now)
        self.present = [
            Presence(stay, self.events[stay.top].kind, stay.joined, stay.until(now))
            for stay in self.stays
            if stay.service is None
        ]
        self._turns = sorted({since for each in self.present for since, _ in each.stay.roles if since < each.end})
        self._states: dict[datetime, Counter[tuple[str, str]]] = {}

    def tops(self) -> Iterator[Event]:
        """The events that are counted: no breakouts."""
        return (event for event in self.events.values() if event.parent is None)

    def peak(self, metric: str, section: str, start: datetime, end: datetime) -> tuple[int, datetime | None]:
        """The largest value in the bucket, and where first: only where something starts can a value grow."""
        inside = self._turns[bisect_right(self._turns, start) : bisect_left(self._turns, end)]
        values = [(self.state(moment)[section, metric], moment) for moment in (start, *inside)]
        value = max(value for value, _ in values)
        return value, next(moment for reached, moment in values if reached == value) if value else None

    def state(self, moment: datetime) -> Counter[tuple[str, str]]:
        """How many connections, speakers, listeners and events there are at this instant, by (section, metric)."""
        if moment not in self._states:
            self._states[moment] = Counter(self._counted(moment))
        return self._states[moment]

    def _counted(self, moment: datetime) -> Iterator[tuple[str, str]]:
        there = [each for each in self.present if each.start <= moment < each.end]
        for each in there:
            media = "speakers" if each.speaks_at(moment) else "listeners"
            yield from product_of((TOTAL, each.kind), ("connections", media))
        for kind in {each.stay.top: each.kind for each in there}.values():
            yield from product_of((TOTAL, kind), ("events",))

    def within(self, section: str, start: datetime, end: datetime) -> list[Presence]:
        """The stays of the section that are in the bucket."""
        return [each for each in self.present if section in (TOTAL, each.kind) and each.is_in(start, end)]

    def is_group_call(self, top: Event) -> bool:
        """By template; any other or none: whether three connections ever overlapped in the whole event."""
        if top.template in ("PERSONAL_CALL", "GROUP_CALL"):
            return top.template == "GROUP_CALL"
        inside = [each for each in self.present if each.stay.top == top.key]
        return any(sum(each.start <= other.start < each.end for each in inside) >= 3 for other in inside)


def product_of(sections: Iterable[str], metrics: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((section, metric) for section in sections for metric in metrics)
