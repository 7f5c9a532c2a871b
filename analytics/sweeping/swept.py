"""One sweep over the stays of some days: what every table of rows is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from turnout.analytics.clients import Device
from turnout.analytics.sweeping import totals
from turnout.analytics.sweeping.arrays import Bools, Ints, ints
from turnout.analytics.sweeping.curves import PHONES, Curve, EventCurve, curve, event_curve, occupied
from turnout.analytics.sweeping.facts import (
    Changes,
    Days,
    Pieces,
    Stretches,
    Tops,
    some,
    speaking,
)
from turnout.analytics.sweeping.levels import Hour
from turnout.tenants.limits import Section

DEVICES: Final = tuple(device.value for device in Device)
SECTIONS: Final = tuple(section.value for section in Section)
PERSONAL, GROUP, UNDECIDED = range(3)
Rows = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Crowds:
    """Of calls whose template does not say it: which were a group's, and until when that is certain."""

    event: Ints
    overlapped: Bools
    changes: Ints


class Swept:
    """What was found of some days, and the curves that it makes."""

    def __init__(
        self, found: Pieces, changes: Changes, tops: Tops, crowds: Crowds, days: Days, hours: list[Hour]
    ) -> None:
        self.all = found
        self.pieces = some(found, found.inside)
        self.changes = changes
        self.tops = tops
        self.days = days
        self.hours = hours
        self.crowds = crowds
        phones = np.array([device in PHONES for device in DEVICES])
        self.events: EventCurve = event_curve(found, speaking(found, changes), tops, days, phones)
        self.curve: Curve = curve(self.events)
        self.occupied: Stretches = occupied(self.events, days)
        # An event of a day, by its place among both.
        self.held = totals.groups(self.pieces.day * max(len(tops), 1) + self.pieces.top)
        self.grouped = self._group_calls()
        self.people = totals.groups(self.pieces.person)
        self._active = totals.groups(self.pieces.day * max(len(self.people), 1) + self.people.of)
        self.active_in: list[Bools] = [
            totals.added(self._active.of, self.pieces.kind == kind, len(self._active)) > 0 for kind in range(3)
        ]

    @property
    def active_day(self) -> Ints:
        """Of each person active on a day, the day; `active_in` says in which kinds."""
        return self._active.keys // max(len(self.people), 1)

    @property
    def active_person(self) -> Ints:
        """Of each person active on a day, who it is."""
        return self.people.keys[self._active.keys % max(len(self.people), 1)]

    @property
    def held_day(self) -> Ints:
        """Of each event held on a day, the day."""
        return self.held.keys // max(len(self.tops), 1)

    @property
    def held_top(self) -> Ints:
        """Of each event held on a day, which of the tops it is."""
        return self.held.keys % max(len(self.tops), 1)

    def place(self, day: Ints, top: Ints) -> Ints:
        """Of events of days, which of those held."""
        return ints(np.searchsorted(self.held.keys, day * max(len(self.tops), 1) + top))

    def _group_calls(self) -> Bools:
        """Of the tops."""
        overlapped = np.isin(self.tops.event, self.crowds.event[self.crowds.overlapped])
        return (self.tops.grouped == GROUP) | ((self.tops.grouped == UNDECIDED) & overlapped)
