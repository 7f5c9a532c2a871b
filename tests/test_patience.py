"""Another staleAfter: every answer is as if it had always been so, and none is silently of before."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.oracle import Oracle
from tests.waiting import until
from tests.worlds.comparing import Comparison
from tests.worlds.product import Product
from turnout.analytics.refresher import Refresher
from turnout.analytics.refreshing import Refresh
from turnout.tenants.agreements import Change, change_company
from turnout.tenants.company import Company
from turnout.tenants.support import support

from .databases import Database

SHORT, LONG = timedelta(hours=1), timedelta(hours=80)


@pytest.fixture
async def company(product: Product) -> Company:
    return await product.add_company("acme", "Europe/Berlin", timedelta(hours=24))


@pytest.fixture
async def refreshing(database: Database, company: Company) -> AsyncGenerator[Refresh]:
    async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        yield Refresh(connection, company.company_id, company.generation)


def joins(now: datetime) -> list[dict[str, Any]]:
    """Nobody ever leaves, and captions stay on: each event is silent since another time. Three were in the call."""
    ago = (0, 2, 20, 23, 25, 40, 79, 90)
    told = [joined(f"e{hours}", f"c{hours}", now - timedelta(hours=hours)) for hours in ago]
    told += [subtitled(f"f{hours}", now - timedelta(hours=hours + n)) for hours in ago for n in range(2)]
    call = [joined("call", f"call-{n}", now - timedelta(hours=50 - n), kind="CALL") for n in range(2)]
    left = joined("call", "call-2", now - timedelta(hours=20)) | {"type": "turnout.stay.left", "id": "call-2-left"}
    told += [recorded("started", f"e{hours}", now - timedelta(hours=hours)) for hours in (2, 25, 79)]
    told += [recorded("stored", f"e{hours}", now - timedelta(hours=1), bytes=hours) for hours in (25, 79)]
    return [*told, *call, joined("call", "call-2", now - timedelta(hours=21)), left]


def joined(event: str, connection: str, at: datetime, **described: str) -> dict[str, Any]:
    data = {"event": event, "connection": connection} | described
    envelope = {"specversion": "1.0", "id": f"{connection}-joined", "source": "test", "type": "turnout.stay.joined"}
    return envelope | {"time": at.isoformat(), "data": data}


def recorded(what: str, event: str, at: datetime, **said: int) -> dict[str, Any]:
    """Of a recording that nobody stops; it is stored without naming its event, which goes on being silent."""
    data = {"recording": event} | ({"event": event} if what == "started" else {}) | said
    envelope = {"specversion": "1.0", "id": f"{event}-{what}", "source": "test", "type": f"turnout.recording.{what}"}
    return envelope | {"time": at.isoformat(), "data": data}


def subtitled(event: str, at: datetime) -> dict[str, Any]:
    activity = joined(event, f"{event}-{at:%d%H}", at, feature="CAPTIONS")
    return activity | {"type": "turnout.feature.started"}


def agree(database: Database, product: Product, company: Company, stale_after: timedelta) -> None:
    with support(database.support) as session:
        change_company(session, company.slug, Change(stale_after=stale_after), product.now)


async def compare(product: Product, company: Company, told: list[dict[str, Any]], stale_after: timedelta) -> None:
    """The last week, which has everything."""
    oracle = Oracle(company.time_zone, stale_after, [], told)
    start, end = product.now - timedelta(days=7), product.now + timedelta(days=1)
    midnights = [at.replace(hour=23, minute=0) for at in (start, end)]
    await Comparison(product, company, oracle, 1).compare(midnights[0], midnights[1])


@pytest.mark.parametrize("stale_after", [SHORT, LONG])
@pytest.mark.parametrize("settled", [False, True])
async def test_every_answer_is_as_if_it_had_always_been_so(
    product: Product, company: Company, database: Database, refreshing: Refresh, stale_after: timedelta, settled: bool
) -> None:
    told = joins(product.now)
    await product.tell(company, told)
    await compare(product, company, told, timedelta(hours=24))
    if settled:
        await refreshing.settle(product.now)

    agree(database, product, company, stale_after)
    await refreshing.run(product.now)

    await compare(product, company, told, stale_after)
    product.now += timedelta(hours=6)
    await compare(product, company, told, stale_after)


async def test_what_is_told_meanwhile_is_counted_with_one_of_both(
    product: Product, company: Company, database: Database, refreshing: Refresh
) -> None:
    told = joins(product.now)
    await product.tell(company, told)
    late = [[joined(f"e{h}", f"late-{h}", product.now - timedelta(minutes=h))] for h in (20, 23, 25, 40)]

    agree(database, product, company, LONG)
    await asyncio.gather(refreshing.run(product.now), *(product.tell(company, batch) for batch in late))

    await compare(product, company, told + [one for batch in late for one in batch], LONG)


async def test_a_running_refresher_takes_it_up_by_itself(
    product: Product, company: Company, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_taken_up() -> bool:
        cursor = await product.support.execute("select stale_after, next_stale_after from company")
        return await cursor.fetchall() == [(SHORT, None)]

    monkeypatch.setattr("turnout.analytics.refresher.POLL_SECONDS", 0.05)
    told = joins(product.now)
    await product.tell(company, told)
    refresher = Refresher(database.refresher, lambda: product.now)
    await refresher.start()

    agree(database, product, company, SHORT)
    await until(is_taken_up)
    await refresher.stop()

    await compare(product, company, told, SHORT)
