"""One company asked about one period: every answer of the product beside the oracle's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.oracle import Oracle
from tests.oracle.ordering import matches, ordered
from tests.worlds.breakdown import broken_down, hour_in_words, room_in_words
from tests.worlds.features import days_in_words, uses_in_words
from tests.worlds.lists import (
    Ask,
    Order,
    Row,
    about,
    all_pages,
    arrivals_in_words,
    client_in_words,
    disk_in_words,
    event_in_words,
    limit_use_in_words,
    planned_in_words,
    recordings_in_words,
    total_in_words,
    usage_of_metric_in_words,
    user_in_words,
    witness_in_words,
)
from tests.worlds.product import Product, day_in_words, first_difference, in_words, usage_in_words
from tests.worlds.segmenting import PARTS, expected, found
from turnout.analytics.arrivals import arrivals
from turnout.analytics.clients import clients
from turnout.analytics.contract import contract_usage, is_billing
from turnout.analytics.days import day_totals
from turnout.analytics.disk import disk_usage
from turnout.analytics.events import EventStatus, Filters, event_stat, event_stats
from turnout.analytics.hours import hours, week_hours
from turnout.analytics.limit_use import covered, duration_curve, limit_use, time_above
from turnout.analytics.paging import Page, Wanted
from turnout.analytics.peaks import Section, daily_peaks
from turnout.analytics.periods import Period, PeriodPreset, by_preset
from turnout.analytics.planned import planned_events
from turnout.analytics.reading import Reading
from turnout.analytics.recordings import recording_days, recording_totals
from turnout.analytics.rooms import RoomFilters, room_stats
from turnout.analytics.summary import period_summary, resolve_preset
from turnout.analytics.users import user_stat, user_stats
from turnout.analytics.witness import PeakMetric, peak_events, peak_witness
from turnout.tenants.company import Company

SECTIONS = ("TOTAL", "MEETING", "WEBINAR", "CALL")
FILTERS = (
    ("kind", Filters(kinds=["WEBINAR"]), "WEBINAR"),
    ("kind", Filters(kinds=["MEETING"]), "MEETING"),
    ("template", Filters(templates=["yoga"]), "yoga"),
    ("template", Filters(templates=["LECTURE"]), "LECTURE"),
    *(("status", Filters(statuses=[status]), status.value) for status in EventStatus),
    ("ownerId", Filters(owner_id="p1"), "p1"),
    ("ownerId", Filters(owner_id="o1"), "o1"),
    ("room", Filters(room_prefix="r"), "r"),
    ("room", Filters(room_prefix="Au"), "Au"),
    ("roomId", Filters(room_id="r1"), "r1"),
)
ROOM_FILTERS: tuple[tuple[RoomFilters, Callable[[str], bool]], ...] = (
    (RoomFilters(), lambda _: True),
    (RoomFilters(prefix="r"), lambda name: name.startswith("r")),
    (RoomFilters(prefix="Au"), lambda name: name.startswith("Au")),
    (RoomFilters(name="aula"), lambda name: name == "aula"),
    (RoomFilters(prefix="A", name="Aula"), lambda name: name == "Aula"),
)
# The anchor days of companies whose stays are rounded up, so that both ways of billing are in the worlds.
ROUNDED_UP = (1, 31)
SEARCHES = ("", "e", "YO", "p", "ю", "1", "_", "%", "σα")


@dataclass
class Comparison:
    """A company and what its oracle knows, as of the product's clock. `turn` picks orders and page sizes.

    `in_turns`: beside the figures one kind of question at a time, for when there are so many worlds that each kind is
    still asked of thousands.
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
        lists = (self._owners, self._events, self._users, self._one_each, self._rooms)
        others = (*lists, self._parts, self._witness, self._limit_use, self._segment)
        for ask in (others[self.turn % len(others)],) if self.in_turns else others:
            await ask(reading, period)
        assert not reading.pending

    async def _earliest(self, reading: Reading) -> None:
        """ALL_TIME begins on the day of the earliest activity that counts, or today."""
        found = await resolve_preset(reading, PeriodPreset.ALL_TIME)
        today = self.now.astimezone(self.company.zone).date()
        assert found.first_day == min(self.oracle.first_day(self.now) or today, today)

    async def _figures(self, reading: Reading, period: Period) -> None:
        span = period.start, period.end
        same(self.oracle.period_summary(*span, self.now), in_words(await period_summary(reading, period)))
        peaks = [day_in_words(row) for row in await daily_peaks(reading, period, list(Section))]
        same_rows(self.oracle.daily_peaks(*span, SECTIONS, self.now), peaks)
        totals = [total_in_words(row) for row in await day_totals(reading, period)]
        same_rows(self.oracle.days(*span, self.now), totals)
        await self._recordings(reading, period)
        same(self.oracle.uses(*span, self.now), await uses_in_words(reading, period))
        same_by_day(self.oracle.uses_by_day(*span, self.now), await days_in_words(reading, period))
        presets = (PeriodPreset.BILLING_PERIOD, PeriodPreset.PREVIOUS_BILLING_PERIOD)
        billing = by_preset(self.company, presets[self.turn % 2], self.now, None)
        for each in (period, billing):
            await self._contract(reading, each)
        for per_day in (True, False):
            rows = self.turn % 3 + 1
            found = [client_in_words(row) for row in await clients(reading, period, rows, per_day=per_day)]
            same_rows(self.oracle.clients(*span, self.now, per_day, rows), found)

    async def _recordings(self, reading: Reading, period: Period) -> None:
        span = period.start, period.end
        whole = recordings_in_words(await recording_totals(reading, period))
        same(self.oracle.recordings(*span, self.now), whole)
        days = await recording_days(reading, period)
        rows = [{"day": day, **recordings_in_words(totals)} for day, totals in days.items()]
        same_rows(self.oracle.recording_days(*span, self.now), rows)

    async def _contract(self, reading: Reading, period: Period) -> None:
        """What is used in the period of what was contracted."""
        billing = is_billing(period, self.company)
        per_stay = self.company.billing_anchor_day in ROUNDED_UP
        expected = self.oracle.contract_usage(period.start, period.end, self.now, billing=billing, per_stay=per_stay)
        expected = [row | {"worstShare": about(row["worstShare"])} for row in expected]
        found = [usage_of_metric_in_words(row) for row in await contract_usage(reading, period)]
        same_rows(expected, found)

    async def _users(self, reading: Reading, period: Period) -> None:
        async def users(wanted: Wanted) -> Page[Any]:
            return await user_stats(reading, period, wanted)

        rows = self.oracle.user_stats(period.start, period.end, self.now)
        await self._list(users, user_in_words, rows, "userId")
        await self._some_users(reading, period)

    async def _events(self, reading: Reading, period: Period) -> None:
        async def events(wanted: Wanted) -> Page[Any]:
            return await event_stats(reading, period, wanted)

        rows = self.oracle.event_stats(period.start, period.end, self.now)
        await self._list(events, event_in_words, rows, "eventId")
        await self._some_events(reading, period)

    async def _owners(self, reading: Reading, period: Period) -> None:
        """Who has something planned, who has something on disk, and who came when."""

        async def planned(wanted: Wanted) -> Page[Any]:
            return await planned_events(reading, wanted)

        async def disk(wanted: Wanted) -> Page[Any]:
            page, total = await disk_usage(reading, period, wanted)
            same(self.oracle.storage(period.end, self.now), usage_in_words(total))
            return page

        async def came(wanted: Wanted) -> Page[Any]:
            return await arrivals(reading, period, wanted)

        await self._list(planned, planned_in_words, self.oracle.planned_events(self.now), "userId")
        rows = self.oracle.disk_usage(period.start, period.end, self.now)
        await self._list(disk, disk_in_words, rows, "userId")
        hosts = self.oracle.arrivals(period.start, period.end, self.now)
        await self._list(came, arrivals_in_words, hosts, "userId")

    async def _witness(self, reading: Reading, period: Period) -> None:
        """What the peak of one metric and section was made of."""
        metric = list(PeakMetric)[self.turn % 4]
        section = Section.WEBINAR if metric is PeakMetric.LISTENERS else list(Section)[self.turn // 4 % 4]
        expected = self.oracle.witness(metric.value.lower(), section.value, period.start, period.end, self.now)
        found = await peak_witness(reading, period, metric, section)
        page = await peak_events(reading, found, Wanted(100, "CONNECTIONS"))
        same(expected, witness_in_words(found) | {"events": [row.event_id for row in page.rows]})

    async def _parts(self, reading: Reading, period: Period) -> None:
        """By device, room, place and single event, and by the hours of one section."""
        span = period.start, period.end
        same_rows(self.oracle.broken_down(*span, self.now), await broken_down(reading, period))
        section = list(Section)[self.turn % len(Section)]
        found = [*await hours(reading, period, [section]), *await week_hours(reading, period, [section])]
        same_rows(self.oracle.hours(section.value, *span, self.now), [hour_in_words(row) for row in found])

    async def _rooms(self, reading: Reading, period: Period) -> None:
        async def rooms(wanted: Wanted) -> Page[Any]:
            return await room_stats(reading, period, wanted)

        rows = self.oracle.room_stats(period.start, period.end, self.now)
        await self._list(rooms, room_in_words, rows, "roomId")
        await self._some_rooms(reading, period, rows)

    async def _some_rooms(self, reading: Reading, period: Period, rows: Sequence[Row]) -> None:
        filters, passes_by_name = ROOM_FILTERS[self.turn % len(ROOM_FILTERS)]
        search = SEARCHES[self.turn % len(SEARCHES)] if self.turn % 2 else ""
        named = [(row["name"] or row["roomId"], row) for row in rows]
        expected = [row for name, row in named if passes_by_name(name) and matches(name, search)]
        wanted = Wanted(100, "NAME", descending=False, search=search)
        page = await room_stats(reading, period, wanted, filters)
        same_rows(ordered(expected, "name", "roomId", False), [room_in_words(row) for row in page.rows])

    async def _limit_use(self, reading: Reading, period: Period) -> None:
        """The time near the limit of one metric and section, and what other limits would have covered."""
        metric = list(PeakMetric)[self.turn // 2 % 4]
        section = Section.WEBINAR if metric is PeakMetric.LISTENERS else list(Section)[self.turn // 8 % 4]
        part, limit = (0.5, 0.9, 0.999, 1.0)[self.turn % 4], self.turn % 5
        span = metric.value.lower(), section.value, period.start, period.end
        use = limit_use(period, metric, section)
        found = limit_use_in_words(
            await time_above(reading, use),
            await duration_curve(reading, use, [part]),
            await covered(reading, use, limit),
        )
        same(self.oracle.limit_use(*span, part, limit, self.now), found)

    async def _segment(self, reading: Reading, period: Period) -> None:
        """A part of the company, by its own stays; and the one that it has declared, by its rollups."""
        declared = self.product.declared.get(self.company.company_id)
        parts = [PARTS[self.turn % len(PARTS)], *([declared] if declared else [])]
        for part in set(parts):
            answer = await found(reading, part, period, declared=part == declared)
            same(expected(self.oracle, part, period, self.now), answer)

    async def _list(self, ask: Ask, words: Any, expected: Sequence[Row], id_column: str) -> None:
        self.turn += 1
        columns = list(expected[0]) if expected else [id_column]
        order = Order(columns[self.turn % len(columns)], self.turn % 2 == 0, 2 if self.turn % 5 == 0 else 50)
        found = [words(row) for row in await all_pages(ask, order)]
        same_rows(ordered(expected, order.column, id_column, order.descending), found)

    async def _some_events(self, reading: Reading, period: Period) -> None:
        """One filter at a time, and every other time a search beside it."""
        rows = self.oracle.event_stats(period.start, period.end, self.now)
        column, filters, value = FILTERS[self.turn % len(FILTERS)]
        search = SEARCHES[self.turn % len(SEARCHES)] if self.turn % 2 else ""
        expected = [
            row for row in rows if passes(row, column, value) and matches(row["title"] or row["eventId"], search)
        ]
        wanted = Wanted(100, "EVENT_ID", descending=False, search=search)
        page = await event_stats(reading, period, wanted, filters)
        same_rows(ordered(expected, "eventId", "eventId", False), [event_in_words(row) for row in page.rows])
        assert page.total == len(expected)

    async def _some_users(self, reading: Reading, period: Period) -> None:
        search = SEARCHES[self.turn % len(SEARCHES)]
        rows = self.oracle.user_stats(period.start, period.end, self.now)
        expected = [row for row in rows if matches(row["name"] or row["userId"], search)]
        page = await user_stats(reading, period, Wanted(100, "NAME", descending=True, search=search))
        same_rows(ordered(expected, "name", "userId", True), [user_in_words(row) for row in page.rows])

    async def _one_each(self, reading: Reading, period: Period) -> None:
        """One user and one event by their ids, some of which nobody has, and where all time begins."""
        await self._earliest(reading)
        span = period.start, period.end
        user = ("p1", "p2", "o1", "nobody")[self.turn % 4]
        found = await user_stat(reading, period, user)
        same(self.oracle.user(user, *span, self.now), found and user_in_words(found))
        event = ("e1", "e2", "é", "nothing")[self.turn % 4]
        one = await event_stat(reading, event)
        same(self.oracle.event(event, self.now), one and event_in_words(one))


def passes(row: Row, column: str, value: str) -> bool:
    """Whether a filter lets an event through: a room by its beginning, all else as a whole."""
    found = row[column]
    return found is not None and (found.startswith(value) if column == "room" else found == value)


def same(expected: Row | None, got: Row | None) -> None:
    assert got == expected, first_difference(expected or {}, got or {})


def same_by_day(expected: dict[date, Row], got: dict[date, Row]) -> None:
    for day, row in expected.items():
        assert got[day] == row, f"{day} {first_difference(row, got[day])}"
    assert got.keys() == expected.keys()


def same_rows(expected: Sequence[Row], got: Sequence[Row]) -> None:
    for number, (want, have) in enumerate(zip(expected, got, strict=False)):
        assert have == want, f"row {number} {first_difference(want, have)}"
    assert len(got) == len(expected)
