"""What a rule would have said is what it says, and what anybody would compute from the daily figures."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import psycopg
import pytest

from tests.databases import Database
from tests.worlds.product import Product
from turnout.analytics.alerts import Firing, backtest
from turnout.analytics.peaks import DailyPeak, daily_peaks
from turnout.analytics.periods import anchor_on_or_before, by_dates
from turnout.server.delivering.worker import Deliverer
from turnout.tenants.alert_rules import AlertPeriod, Condition
from turnout.tenants.alert_targets import AlertChannel, Target
from turnout.tenants.company import Company
from turnout.tenants.limits import LimitMetric

from .alerting import agree, condition, fired, meeting, registered, uploaded, watch

# From the middle of a billing period over the days on which clocks are changed.
FIRST = datetime(2026, 2, 20, 22, 30, tzinfo=UTC)
DAYS = 45
CONDITIONS = (
    condition("CONNECTIONS", 0.75, "DAY"),
    condition("CONNECTIONS", 1.0, "BILLING_PERIOD"),
    condition("EVENTS", 1.0, "DAY", "MEETING"),
    condition("PARTICIPATION_MINUTES", 0.95, "BILLING_PERIOD"),
    condition("USERS", 0.8, "BILLING_PERIOD"),
    condition("STORAGE_BYTES", 0.5, "DAY"),
)
LIMITS = ("CONNECTIONS=4:2026-02-01", "CONNECTIONS=6:2026-03-20", "EVENTS@MEETING=2", "PARTICIPATION_MINUTES=600")


@pytest.fixture
def now() -> datetime:
    return FIRST


def one_day(chance: Random, at: datetime) -> list[dict[str, Any]]:
    """What is told of a day at its end."""
    name = f"{at:%m%d}"
    told = [registered(f"u{name}", at)] if chance.random() < 0.3 else []
    told += [uploaded(f"f{name}", at, chance.randrange(200))] if chance.random() < 0.4 else []
    for number in range(chance.randrange(3)):
        start, people = at - timedelta(minutes=chance.randrange(30, 600)), chance.randrange(1, 5)
        kind = chance.choice(["MEETING", "WEBINAR"])
        about = meeting(f"e{name}{number}", start, minutes=chance.randrange(10, 30), people=people)
        told += [one | {"data": one["data"] | {"kind": kind}} for one in about]
    return told


async def test_the_past_tells_what_was_told_day_by_day(product: Product, acme: Company, database: Database) -> None:
    agree(database, acme, FIRST, *LIMITS, "USERS=8", "STORAGE_BYTES=2000")
    rules = {await watch(product, acme, one): one for one in CONDITIONS}
    chance = Random(7)
    for day in range(DAYS):
        product.now = FIRST + timedelta(days=day)
        if told := one_day(chance, product.now - timedelta(minutes=10)):
            await product.tell(acme, told)
        await fired(product, acme)
    said = await fired(product, acme)

    for rule, what in rules.items():
        live = sorted((alert.firing for alert in said if alert.rule_id == rule), key=lambda one: one.day)
        looked_back = (await backtest(product.reading(acme), what, DAYS)).firings
        assert [(one.first_day, one.last_day, one.day) for one in live] == [
            (one.first_day, one.last_day, one.day) for one in looked_back
        ]
        assert live, what


async def test_the_past_tells_what_the_daily_figures_do(product: Product, acme: Company, database: Database) -> None:
    agree(database, acme, FIRST, *LIMITS)
    chance = Random(8)
    told = [one for day in range(DAYS) for one in one_day(chance, FIRST + timedelta(days=day, minutes=-10))]
    product.now = FIRST + timedelta(days=DAYS - 1)
    await product.tell(acme, told)
    reading = product.reading(acme)
    last = reading.today
    period = by_dates(acme, last - timedelta(days=DAYS + 31), last)

    for what in CONDITIONS[:4]:
        days = await daily_peaks(reading, period, [what.section])
        expected = list(firings(what, days, last - timedelta(days=29), acme.billing_anchor_day))
        found = (await backtest(reading, what, 30)).firings

        assert [(one.day, one.at, one.value, one.limit) for one in found] == expected


Expected = tuple[date, datetime | None, float, float]


def firings(what: Condition, days: list[DailyPeak], first: date, anchor: int) -> Iterator[Expected]:
    """By the plainest of ways, from the daily figures."""
    seen, minutes = set[date](), dict[date, float]()
    for day in days:
        month = anchor_on_or_before(day.day, anchor)
        minutes[month] = minutes.get(month, 0) + day.participation_minutes
        value, at, limit = {
            LimitMetric.CONNECTIONS: (day.connections, day.connections_at, day.connections_limit),
            LimitMetric.EVENTS: (day.events, day.events_at, day.events_limit),
            LimitMetric.PARTICIPATION_MINUTES: (minutes[month], None, 600),
        }[what.metric]
        period = day.day if what.period is AlertPeriod.DAY else month
        if what.period is AlertPeriod.DAY and day.day < first:
            continue
        if limit and value / limit >= what.share and period not in seen:
            seen.add(period)
            if day.day >= first:
                yield day.day, at, value, limit


async def test_minutes_that_grow_while_nothing_arrives_fire_at_their_time(
    product: Product, acme: Company, database: Database
) -> None:
    agree(database, acme, FIRST, "PARTICIPATION_MINUTES=100")
    product.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    nowhere = Target(AlertChannel.EMAIL, "a@example.com")
    await watch(product, acme, condition("PARTICIPATION_MINUTES", 0.8, "BILLING_PERIOD"), nowhere)
    await product.tell(acme, meeting("long", product.now - timedelta(minutes=20), minutes=None, people=2))
    assert await fired(product, acme) == []
    deliverer = Deliverer(database.refresher, lambda: product.now)

    said = list[Firing]()
    for minutes in (19, 1, 1):
        product.now += timedelta(minutes=minutes, seconds=1)
        async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
            await deliverer.work_off(connection)
        said = [alert.firing for alert in await fired(product, acme)]
        assert len(said) == (0 if minutes == 19 else 1)

    assert [round(one.value, 1) for one in said] == [80.1]
