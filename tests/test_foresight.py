"""Trends and expectations of histories whose figures are known."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from turnout.analytics.expectation import Addition, Changes, MoreSpeakers, Move, expected_peaks, what_if
from turnout.analytics.peaks import Section
from turnout.analytics.trends import Trend, TrendOutcome, trend
from turnout.analytics.witness import PeakMetric
from turnout.tenants.company import Company

from .api.clients import activity
from .worlds.product import Product

TODAY = date(2026, 3, 2)  # a Monday
TUESDAY, WEDNESDAY = date(2026, 3, 3), date(2026, 3, 4)
CONNECTIONS, TOTAL = PeakMetric.CONNECTIONS, Section.TOTAL
Told = list[dict[str, Any]]


def held(event: str, start: datetime, connections: int, minutes: int = 60) -> Told:
    """An event in which so many were from its start to its end."""
    told: Told = []
    for number in range(connections):
        about = {"event": event, "connection": f"c{number}"}
        told.append(activity(f"{event}-{number}-in", "turnout.stay.joined", start, **about))
        told.append(activity(f"{event}-{number}-out", "turnout.stay.left", start + timedelta(minutes=minutes), **about))
    return told


def planned(event: str, start: datetime, before: timedelta, owner: str = "anna") -> dict[str, Any]:
    """An event of an hour, planned so long before."""
    times = {"startsAt": start.isoformat(), "endsAt": (start + timedelta(hours=1)).isoformat()}
    return activity(f"{event}-plan", "turnout.event.planned", start - before, event=event, owner=owner, **times)


def noon(days: int) -> datetime:
    return datetime(2026, 3, 2, 11, tzinfo=UTC) + timedelta(days=days)


def peaks(values: Sequence[int]) -> Told:
    """A history of so many connections at noon of each day, the last of them yesterday."""
    days = range(-len(values), 0)
    return [one for day, value in zip(days, values, strict=True) for one in held(f"e{day}", noon(day), value)]


async def limited(product: Product, company: Company, limit: int) -> None:
    await product.support.execute(
        "insert into company_limit (company_id, metric, section, value) values (%s, 'CONNECTIONS', 'TOTAL', %s)",
        (company.company_id, limit),
    )


async def trend_of(product: Product, company: Company, values: Sequence[int], days: int = 91) -> Trend:
    await product.tell(company, peaks(values))
    return await trend(product.reading(company), CONNECTIONS, TOTAL, days)


async def test_a_trend_of_one_more_each_week_reaches_the_limit_when_it_says(product: Product, acme: Company) -> None:
    await limited(product, acme, 10)
    history = [2 + day // 7 for day in range(42)]
    history[17] = 40  # one extraordinary day bends nothing

    found = await trend_of(product, acme, history)

    assert (found.days, found.outcome, found.limit) == (42, TrendOutcome.REACHES_LIMIT, 10)
    assert (found.slope, found.level) == (pytest.approx(1 / 7), pytest.approx(8))
    assert found.reaches_limit_on == TODAY + timedelta(days=14)
    days = [found.earliest, found.reaches_limit_on, found.latest]
    assert days == sorted(filter(None, days))


async def test_a_trend_that_does_not_rise_reaches_nothing(product: Product, acme: Company) -> None:
    await limited(product, acme, 10)

    found = await trend_of(product, acme, [5, 6, 5, 4, 1, 0, 0] * 4)

    assert (found.outcome, found.slope, found.level) == (TrendOutcome.NOT_RISING, 0, 6)
    assert (found.reaches_limit_on, found.earliest, found.latest) == (None, None, None)


async def test_a_trend_at_its_limit_has_reached_it_today(product: Product, acme: Company) -> None:
    await limited(product, acme, 6)

    found = await trend_of(product, acme, [5, 6, 5, 4, 1, 0, 0] * 4)

    assert (found.outcome, found.reaches_limit_on) == (TrendOutcome.REACHES_LIMIT, TODAY)


async def test_few_days_say_nothing_and_days_before_the_first_activity_are_none(
    product: Product, acme: Company
) -> None:
    found = await trend_of(product, acme, [1, 2, 3, 4, 5])

    assert (found.days, found.outcome, found.slope, found.limit) == (5, TrendOutcome.TOO_FEW_DAYS, None, None)
    assert (await trend(product.reading(acme), CONNECTIONS, TOTAL, 2)).days == 2


async def test_without_a_limit_there_is_a_trend_all_the_same(product: Product, acme: Company) -> None:
    found = await trend_of(product, acme, [3] * 30)

    assert (found.outcome, found.level, found.limit) == (TrendOutcome.NO_LIMIT, 3, None)


@pytest.fixture
async def weekly(product: Product, acme: Company) -> Company:
    """Each Tuesday Anna's planned hour, mostly with four, beside which two meet unplanned; and the next one to come."""
    tuesdays = [noon(1 - 7 * weeks) for weeks in range(4, 0, -1)]
    told: Told = []
    for number, (start, people) in enumerate(zip(tuesdays, (4, 4, 4, 6), strict=True)):
        told += [planned(f"jour-{number}", start, timedelta(days=3)), *held(f"jour-{number}", start, people)]
        told += held(f"chance-{number}", start + timedelta(minutes=30), 2)
    await product.tell(acme, [*told, planned("next", noon(1), timedelta(days=2))])
    await limited(product, acme, 8)
    return acme


async def test_a_peak_is_expected_of_what_is_planned_and_of_what_comes_besides(
    product: Product, weekly: Company
) -> None:
    tuesday, wednesday = await expected_peaks(product.reading(weekly), CONNECTIONS, TOTAL, 2)

    assert (tuesday.day, tuesday.expected, tuesday.planned, tuesday.other) == (TUESDAY, 6, 4, 2)
    assert (tuesday.at, tuesday.events, tuesday.basis, tuesday.weeks) == (noon(1), 1, 4, 4)
    assert (tuesday.low, tuesday.high) == (6, pytest.approx(6 + (1.4**2 + 1.4**2) ** 0.5))
    assert (tuesday.limit, tuesday.headroom) == (8, 2)
    assert (wednesday.expected, wednesday.at, wednesday.events, wednesday.weeks) == (0, None, 0, 4)


async def test_what_was_planned_later_than_the_day_lies_ahead_was_not_yet_known(
    product: Product, weekly: Company
) -> None:
    """Tuesday in a week is eight days ahead, and Anna plans three days before."""
    *_, tuesday = await expected_peaks(product.reading(weekly), CONNECTIONS, TOTAL, 8)

    assert (tuesday.day, tuesday.expected, tuesday.planned, tuesday.other) == (TUESDAY + timedelta(days=7), 6, 0, 6)


async def test_other_metrics_and_sections_have_expectations_of_their_own(product: Product, weekly: Company) -> None:
    reading = product.reading(weekly)

    [events] = await expected_peaks(reading, PeakMetric.EVENTS, TOTAL, 1)
    [webinars] = await expected_peaks(reading, CONNECTIONS, Section.WEBINAR, 1)

    assert (events.expected, events.planned, events.limit) == (2, 1, None)
    assert (webinars.expected, webinars.events) == (0, 0)


async def test_what_if_an_event_were_moved_and_others_were_added(product: Product, weekly: Company) -> None:
    added = Addition("MEETING", noon(2) + timedelta(minutes=30), noon(2) + timedelta(hours=2), 5)
    changes = Changes([Move("next", noon(2))], [added], MoreSpeakers(3, WEDNESDAY))

    tuesday, wednesday = await what_if(product.reading(weekly), CONNECTIONS, TOTAL, 2, changes)

    assert (tuesday.before.expected, tuesday.after.expected) == (6, 2)
    assert (wednesday.before.expected, wednesday.after.expected) == (0, 4 + 5 + 3)
    assert (wednesday.after.at, wednesday.after.events) == (added.starts_at, 2)
    assert (wednesday.after.limit, wednesday.after.headroom) == (8, -4)
