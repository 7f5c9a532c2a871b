"""One company asked about one period: every answer of the product beside the oracle's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.oracle import Oracle
from tests.oracle.ordering import ordered
from tests.worlds.lists import (
    Ask,
    Order,
    Row,
    all_pages,
    client_in_words,
    disk_in_words,
    event_in_words,
    planned_in_words,
    total_in_words,
    user_in_words,
)
from tests.worlds.product import Product, day_in_words, first_difference, in_words, usage_in_words
from turnout.analytics.clients import clients
from turnout.analytics.days import day_totals
from turnout.analytics.disk import disk_usage
from turnout.analytics.events import event_stat, event_stats
from turnout.analytics.paging import Page, Wanted
from turnout.analytics.peaks import Section, daily_peaks
from turnout.analytics.periods import Period
from turnout.analytics.planned import planned_events
from turnout.analytics.reading import Reading
from turnout.analytics.summary import period_summary
from turnout.analytics.users import user_stat, user_stats
from turnout.tenants.company import Company

SECTIONS = ("TOTAL", "MEETING", "WEBINAR", "CALL")


@dataclass
class Comparison:
    """A company and what its oracle knows, as of the product's clock. `turn` picks orders and page sizes.

    `in_turns`: of the lists only half each time, for when there are so many worlds that every other one is enough.
    """

    product: Product
    company: Company
    oracle: Oracle
    turn: int
    in_turns: bool = False

    @property
    def now(self) -> datetime:
        return self.product.now

    async def compare(self, start: datetime, end: datetime) -> None:
        """Every question about the period [start, end)."""
        reading = self.product.reading(self.company)
        period = Period(start, end, self.company.time_zone)
        await self._figures(reading, period)
        await self._lists(reading, period)
        await self._one_each(reading, period)
        assert not reading.pending

    async def _figures(self, reading: Reading, period: Period) -> None:
        span = period.start, period.end
        same(self.oracle.period_summary(*span, self.now), in_words(await period_summary(reading, period)))
        peaks = [day_in_words(row) for row in await daily_peaks(reading, period, list(Section))]
        same_rows(self.oracle.daily_peaks(*span, SECTIONS, self.now), peaks)
        totals = [total_in_words(row) for row in await day_totals(reading, period)]
        same_rows(self.oracle.days(*span, self.now), totals)
        for per_day in (True, False):
            rows = self.turn % 3 + 1
            found = [client_in_words(row) for row in await clients(reading, period, rows, per_day=per_day)]
            same_rows(self.oracle.clients(*span, self.now, per_day, rows), found)

    async def _lists(self, reading: Reading, period: Period) -> None:
        span = period.start, period.end

        async def users(wanted: Wanted) -> Page[Any]:
            return await user_stats(reading, period, wanted)

        async def events(wanted: Wanted) -> Page[Any]:
            return await event_stats(reading, period, wanted)

        async def planned(wanted: Wanted) -> Page[Any]:
            return await planned_events(reading, wanted)

        async def disk(wanted: Wanted) -> Page[Any]:
            page, total = await disk_usage(reading, period, wanted)
            same(self.oracle.storage(period.end, self.now), usage_in_words(total))
            return page

        even = self.turn % 2 == 0
        if even or not self.in_turns:
            await self._list(users, user_in_words, self.oracle.user_stats(*span, self.now), "userId")
            await self._list(planned, planned_in_words, self.oracle.planned_events(self.now), "userId")
        if not (even and self.in_turns):
            await self._list(events, event_in_words, self.oracle.event_stats(*span, self.now), "eventId")
            await self._list(disk, disk_in_words, self.oracle.disk_usage(*span, self.now), "userId")

    async def _list(self, ask: Ask, words: Any, expected: Sequence[Row], id_column: str) -> None:
        self.turn += 1
        columns = list(expected[0]) if expected else [id_column]
        order = Order(columns[self.turn % len(columns)], self.turn % 2 == 0, 2 if self.turn % 5 == 0 else 50)
        found = [words(row) for row in await all_pages(ask, order)]
        same_rows(ordered(expected, order.column, id_column, order.descending), found)

    async def _one_each(self, reading: Reading, period: Period) -> None:
        """One user and one event by their ids, some of which nobody has."""
        span = period.start, period.end
        user = ("p1", "p2", "o1", "nobody")[self.turn % 4]
        found = await user_stat(reading, period, user)
        same(self.oracle.user(user, *span, self.now), found and user_in_words(found))
        event = ("e1", "e2", "é", "nothing")[self.turn % 4]
        one = await event_stat(reading, event)
        same(self.oracle.event(event, self.now), one and event_in_words(one))


def same(expected: Row | None, got: Row | None) -> None:
    assert got == expected, first_difference(expected or {}, got or {})


def same_rows(expected: Sequence[Row], got: Sequence[Row]) -> None:
    for number, (want, have) in enumerate(zip(expected, got, strict=False)):
        assert have == want, f"row {number} {first_difference(want, have)}"
    assert len(got) == len(expected)
