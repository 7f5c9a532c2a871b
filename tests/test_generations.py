"""A company's zone changes: other rollups are built beside those that answer, and take their place when whole."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.oracle import Oracle
from tests.waiting import until
from tests.worlds.comparing import Comparison
from tests.worlds.product import Product
from turnout.analytics import refreshing
from turnout.analytics.alerts import alerts
from turnout.analytics.paging import Wanted
from turnout.analytics.refresher import Refresher
from turnout.analytics.refreshing import DAYS_AT_ONCE, Refresh
from turnout.database.calendar import local_midnight
from turnout.tenants.agreements import change_zone
from turnout.tenants.company import Company
from turnout.tenants.support import support

from .alerting import agree, condition, meeting, watch
from .databases import Database

BERLIN, KOLKATA = "Europe/Berlin", "Asia/Kolkata"
DAYS = 40


def stays(now: datetime, source: str, days: int = DAYS) -> list[dict[str, Any]]:
    """One meeting a day, late enough in the evening of Berlin to be on the next day in Kolkata."""
    told: list[dict[str, Any]] = []
    for back in range(1, days + 1):
        joined = now.replace(hour=20) - timedelta(days=back)
        for what, at in (("joined", joined), ("left", joined + timedelta(minutes=30))):
            data = {"event": f"e{back}", "connection": source}
            envelope = {"specversion": "1.0", "id": f"{what}-{back}", "source": source, "type": f"turnout.stay.{what}"}
            told.append(envelope | {"time": at.isoformat(), "data": data})
    return told


async def compare(product: Product, company: Company, told: list[dict[str, Any]]) -> None:
    """The last two months, in the days of the company's zone."""
    oracle = Oracle(company.time_zone, timedelta(hours=24), [], told)
    today = product.now.astimezone(company.zone).date()
    ends = [local_midnight(company.zone, today + timedelta(days=days)) for days in (-60, 1)]
    await Comparison(product, company, oracle, 1).compare(ends[0], ends[1])


async def serving(product: Product, company: Company) -> tuple[int, str]:
    query = "select generation, time_zone from company where company_id = %s"
    row = await (await product.support.execute(query, (company.company_id,))).fetchone()
    assert row is not None
    return row


async def has_changed(product: Product, company: Company) -> bool:
    return await serving(product, company) != (1, BERLIN)


async def generations(product: Product) -> list[int]:
    return [
        row[0]
        for row in await (
            await product.support.execute("select generation from rollup_generation order by 1")
        ).fetchall()
    ]


async def test_rules_are_held_against_days_as_soon_as_they_answer(
    product: Product, acme: Company, database: Database
) -> None:
    agree(database, acme, product.now, "CONNECTIONS=2")
    await watch(product, acme, condition(share=1))
    becoming = await product.begin_zone(acme, KOLKATA)
    await product.tell(acme, meeting("a", product.now - timedelta(hours=1), people=2))

    await product.finish_zone(becoming)

    [told] = (await alerts(product.reading(becoming), Wanted(100, "FIRED_AT"))).rows
    assert (told.firing.value, told.firing.day) == (2, product.now.astimezone(becoming.zone).date())


async def test_what_was_left_half_built_is_built_on(
    product: Product, acme: Company, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "MOST_STAYS_AT_ONCE", 0)
    told = stays(product.now, "a")
    await product.tell(acme, told)
    becoming = await product.begin_zone(acme, KOLKATA)
    async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        refresh = Refresh(connection, acme.company_id, becoming.generation)
        assert not await refresh.advance(product.now)
        assert await refresh.run(product.now) > 0  # some days are left, and nobody goes on

    assert await serving(product, acme) == (1, BERLIN)
    await compare(product, acme, told)
    await product.finish_zone(becoming)
    await compare(product, becoming, told)


async def test_what_arrives_while_rollups_take_their_place_is_in_them(product: Product, acme: Company) -> None:
    told = stays(product.now, "a")
    await product.tell(acme, told)
    becoming = await product.begin_zone(acme, KOLKATA)
    late = [stays(product.now, f"late-{n}", days=5) for n in range(12)]

    await asyncio.gather(product.finish_zone(becoming), *(product.tell(acme, batch) for batch in late))

    told += [activity for batch in late for activity in batch]
    await compare(product, becoming, told)


async def test_a_running_refresher_builds_by_itself(
    product: Product, acme: Company, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnout.analytics.refresher.POLL_SECONDS", 0.05)
    told = stays(product.now, "a")
    await product.tell(acme, told)
    refresher = Refresher(database.refresher, lambda: product.now)
    await refresher.start()

    with support(database.support) as session:
        becoming = change_zone(session, acme.slug, KOLKATA, product.now)
    await until(lambda: has_changed(product, acme))
    await refresher.stop()

    assert await serving(product, acme) == (becoming.generation, KOLKATA)
    await compare(product, becoming, told)


async def test_who_began_before_finds_the_old_days_and_later_they_are_gone(product: Product, acme: Company) -> None:
    told = stays(product.now, "a")
    await product.tell(acme, told)
    becoming = await product.begin_zone(acme, KOLKATA)
    await product.finish_zone(becoming)
    late = stays(product.now, "late", days=2)
    await product.tell(acme, late)

    await compare(product, acme, told + late)
    assert await generations(product) == [1, 2]
    product.now += timedelta(minutes=2)
    await product.refresher.build(acme.company_id, 1)

    assert await generations(product) == [2]
    await compare(product, becoming, told + late)


async def test_a_second_change_takes_the_place_of_the_first(
    product: Product, acme: Company, database: Database
) -> None:
    await product.tell(acme, stays(product.now, "a", days=DAYS_AT_ONCE + 1))
    with support(database.support) as session:
        change_zone(session, acme.slug, KOLKATA, product.now)

    with support(database.support) as session:
        becoming = change_zone(session, acme.slug, "America/Havana", product.now)
    await product.finish_zone(becoming)

    assert await serving(product, acme) == (becoming.generation, "America/Havana")


async def test_tomorrow_is_a_day_that_the_new_zone_has(product: Product) -> None:
    product.now = datetime(2011, 12, 29, 23, tzinfo=UTC)
    company = await product.add_company("leap", BERLIN, timedelta(hours=24))
    told = stays(product.now, "a", days=2)
    await product.tell(company, told)

    becoming = await product.begin_zone(company, "Pacific/Apia")  # which had no 30 December
    await product.finish_zone(becoming)

    await compare(product, becoming, told)
