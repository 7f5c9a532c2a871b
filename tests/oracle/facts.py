"""What happened as seen from one instant, and the state at any other."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from .activities import Activity, Raw, counting
from .events import Event, events_of
from .features import samples_of, spans_of
from .members import POSTED, SIGNED_IN
from .recordings import recordings_run
from .segments import Part
from .stays import Stay, stays_of
from .stored import Version, file_versions, recordings_of
from .users import users_of

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
        self.now = now
        self.activities = counting(arrived, now)
        self.events = events_of(self.activities)
        self.users = users_of(self.activities)
        self.recordings = recordings_of(self.activities, self.events)
        self.ran = recordings_run(self.activities, self.events, stale_after, now)
        self.versions = [
            *file_versions(self.activities),
            *(version for each in self.recordings for version in each.versions),
        ]
        self.stays = stays_of(self.activities, self.events, stale_after, now)
        self.spans = spans_of(self.activities, self.events, stale_after, now)
        self.samples = samples_of(self.activities, self.stays)
        self.present = [
            Presence(stay, self.events[stay.top].kind, stay.joined, stay.until(now))
            for stay in self.stays
            if stay.service is None
        ]
        self.whole = self
        self._part: Part | None = None
        self._arrange()

    def of(self, part: Part) -> "Facts":
        """The same of a part of the company: its stays alone, and the events that they are in."""
        facts = copy(self)
        facts._part = part
        facts.present = [each for each in self.present if part.has_stay(each.stay, self.events[each.stay.top])]
        facts._arrange()
        return facts

    def _arrange(self) -> None:
        self._by_top: dict[str, list[Presence]] = {}
        for each in self.present:
            self._by_top.setdefault(each.stay.top, []).append(each)
        self._turns = sorted({since for each in self.present for since, _ in each.stay.roles if since < each.end})
        self._states: dict[datetime, Counter[tuple[str, str]]] = {}

    def tops(self) -> Iterator[Event]:
        """The events that are counted: no breakouts."""
        tops = (event for event in self.events.values() if event.parent is None)
        return (top for top in tops if self._part is None or self._part.has_event(top, self.of_event(top.key)))

    def of_event(self, top: str) -> list[Presence]:
        """The stays of an event at the top."""
        return self._by_top.get(top, [])

    def is_planned(self, top: Event) -> bool:
        """As of now, whatever the period."""
        ahead = top.starts_at is not None and top.starts_at > self.now
        return ahead and not top.cancelled and not self.of_event(top.key)

    def name_of(self, user: str | None) -> str | None:
        return self.users[user].name if user in self.users else None

    def at_the_end(self, end: datetime) -> datetime:
        """The instant at which the state at the end of a period is read."""
        return min(end - MICROSECOND, self.now)

    def registered_at(self, moment: datetime) -> list[str]:
        return [user.key for user in self.users.values() if user.is_registered_at(moment)]

    def in_use_at(self, moment: datetime) -> list[Version]:
        return [version for version in self.versions if version.is_in_use_at(moment)]

    def uploaded_in(self, start: datetime, end: datetime) -> list[Version]:
        """The versions of files that were uploaded in the bucket, whatever became of them."""
        return [version for version in self.versions if version.is_file and start <= version.start < end]

    def sign_ins(self, start: datetime, end: datetime) -> list[Activity]:
        return [each for each in self.activities if each.type == SIGNED_IN and start <= each.time < end]

    def messages(self, start: datetime, end: datetime) -> list[Activity]:
        """Those of the messenger."""
        posted = [each for each in self.activities if each.type == POSTED and start <= each.time < end]
        return [each for each in posted if each.data["place"] == "MESSENGER"]

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
        inside = self.whole.of_event(top.key)
        return any(sum(each.start <= other.start < each.end for each in inside) >= 3 for other in inside)


def product_of(sections: Iterable[str], metrics: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((section, metric) for section in sections for metric in metrics)
