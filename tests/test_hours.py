"""Hours of a day where the clock is turned, where zones are half an hour apart, and while time passes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.worlds.product import Product
from turnout.analytics.hours import HourStat, hours, week_hours
from turnout.analytics.peaks import Section
from turnout.analytics.periods import Period, by_dates
from turnout.tenants.company import Company


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 4, 1, 9, 15, tzinfo=UTC)


def stay(joined: str, left: str | None = None, connection: str = "c") -> list[dict[str, Any]]:
    """Somebody in a meeting, at instants of 2026 in UTC unless said otherwise."""
    said = {"specversion": "1.0", "source": "test", "data": {"event": "e", "connection": connection}}
    told = [("joined", joined), *([("left", left)] if left else [])]
    return [
        said | {"id": f"{connection}-{what}-{at}", "type": f"turnout.stay.{what}", "time": instant(at).isoformat()}
        for what, at in told
    ]


def instant(at: str) -> datetime:
    return datetime.fromisoformat(f"{at if len(at) > 11 else '2026-' + at}+00:00")


async def of_day(product: Product, company: Company, day: date) -> list[HourStat]:
    return await hours(product.reading(company), by_dates(company, day, day), [Section.TOTAL])


def in_short(rows: list[HourStat]) -> dict[int, tuple[int, float]]:
    """Peak and minutes of the hours that have any."""
    return {row.hour: (row.peak_connections, row.participation_minutes) for row in rows if row.peak_connections}


async def test_a_stay_is_in_every_hour_that_it_lasts_into(product: Product) -> None:
    company = await product.add_company("c", "Europe/Berlin", timedelta(hours=24))
    await product.tell(company, stay("03-03 21:30", "03-03 23:30"))

    evening, night = [await of_day(product, company, date(2026, 3, day)) for day in (3, 4)]

    assert in_short(evening) == {22: (1, 30.0), 23: (1, 60.0)}
    assert in_short(night) == {0: (1, 30.0)}


async def test_where_the_clock_is_put_forward_an_hour_is_missing(product: Product) -> None:
    company = await product.add_company("c", "Europe/Berlin", timedelta(hours=24))
    await product.tell(company, stay("03-29 00:30", "03-29 01:30"))

    rows = await of_day(product, company, date(2026, 3, 29))

    assert in_short(rows) == {1: (1, 30.0), 3: (1, 30.0)}
    assert [row.hour for row in rows if row.days == 0] == [2]


async def test_where_the_clock_is_put_back_two_hours_are_one(product: Product) -> None:
    company = await product.add_company("c", "Europe/Berlin", timedelta(hours=24))
    await product.tell(company, stay("2025-10-26 00:00", "2025-10-26 02:00"))
    await product.tell(company, stay("2025-10-26 01:10", "2025-10-26 01:20", "d"))

    rows = await of_day(product, company, date(2025, 10, 26))

    assert in_short(rows) == {2: (2, 130.0)}
    assert {row.days for row in rows} == {1}
    assert rows[2].mean_peak_connections == 2.0


async def test_hours_are_counted_from_midnight_where_zones_are_half_an_hour_apart(product: Product) -> None:
    company = await product.add_company("c", "Asia/Kolkata", timedelta(hours=24))
    await product.tell(company, stay("03-03 04:30", "03-03 05:30"))

    assert in_short(await of_day(product, company, date(2026, 3, 3))) == {10: (1, 60.0)}


async def test_where_the_clock_is_put_back_by_half_an_hour_every_instant_is_in_one_hour(product: Product) -> None:
    company = await product.add_company("c", "Australia/Lord_Howe", timedelta(hours=24))
    await product.tell(company, stay("2025-04-05 12:00", "2025-04-06 14:00"))

    rows = await of_day(product, company, date(2025, 4, 6))

    assert sum(row.participation_minutes for row in rows) == 24.5 * 60
    assert in_short(rows)[1] == (1, 120.0)


async def test_a_stay_that_goes_on_enters_the_next_hour_by_itself(product: Product) -> None:
    company = await product.add_company("c", "Europe/Berlin", timedelta(hours=24))
    await product.tell(company, stay("04-01 09:00"))
    assert in_short(await of_day(product, company, date(2026, 4, 1))) == {11: (1, 15.0)}

    for moved, expected in (
        (timedelta(minutes=15), {11: (1, 30.0)}),
        (timedelta(minutes=30), {11: (1, 60.0)}),
        (timedelta(microseconds=1), {11: (1, 60.0), 12: (1, 1 / 60e6)}),
        (timedelta(hours=2), {11: (1, 60.0), 12: (1, 60.0), 13: (1, 60.0), 14: (1, 1 / 60e6)}),
    ):
        product.now += moved
        assert in_short(await of_day(product, company, date(2026, 4, 1))) == expected


async def test_a_mean_is_over_the_days_on_which_the_hour_has_begun(product: Product) -> None:
    """It is 11:15 in Berlin on 1 April: this hour counts today, and the next does not."""
    company = await product.add_company("c", "Europe/Berlin", timedelta(hours=24))
    for hour in ("08", "09", "10"):
        await product.tell(company, stay(f"03-31 {hour}:10", f"03-31 {hour}:20", hour))
    period = by_dates(company, date(2026, 3, 31), date(2026, 4, 1))

    rows = await hours(product.reading(company), period, [Section.TOTAL])

    assert [(row.hour, row.days, row.mean_peak_connections) for row in rows[10:13]] == [
        (10, 2, 0.5),
        (11, 2, 0.5),
        (12, 1, 1.0),
    ]


async def test_hours_are_cut_to_a_period_by_instants_and_told_apart_by_weekday(product: Product) -> None:
    company = await product.add_company("c", "Europe/Berlin", timedelta(hours=24))
    await product.tell(company, stay("03-03 08:00", "03-03 10:00"))
    period = Period(instant("03-03 08:30"), instant("03-03 09:15"), company.time_zone)

    rows = await week_hours(product.reading(company), period, [Section.TOTAL])

    tuesday = [row for row in rows if row.weekday == 2]
    assert {row.hour: row.days for row in rows if row.days} == {9: 1, 10: 1}
    assert in_short(tuesday) == {9: (1, 30.0), 10: (1, 15.0)}
