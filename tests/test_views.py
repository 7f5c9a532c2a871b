"""Months that are over come from a materialized view: while it is current, and never otherwise."""

from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.worlds.product import Product, in_words
from turnout.analytics.periods import by_dates
from turnout.analytics.summary import period_summary
from turnout.analytics.views import VIEWS, fill_views, refresh_views
from turnout.tenants.company import Company

from .databases import Database

# Months before the now of all tests, 2 March 2026.
JANUARY = datetime.fromisoformat("2026-01-10T09:00:00Z")


@pytest.fixture
async def company(product: Product) -> Company:
    company = await product.add_company("acme", "Europe/Berlin", timedelta(hours=24))
    await meets(product, company, "january", JANUARY, people=3)
    await meets(product, company, "february", JANUARY + timedelta(days=30), people=2)
    await meets(product, company, "today", product.now - timedelta(hours=2), people=1)
    await product.tell(company, [upload("f1", JANUARY, 700)])
    await asked(product, company)
    return company


async def meets(product: Product, company: Company, event: str, at: datetime, *, people: int) -> None:
    stays = [(f"{event}-{number}", "joined", at) for number in range(people)]
    stays += [(f"{event}-{number}", "left", at + timedelta(hours=1)) for number in range(people)]
    await product.tell(company, [stay(event, connection, what, when) for connection, what, when in stays])


def stay(event: str, connection: str, what: str, at: datetime) -> dict[str, Any]:
    return said(f"{connection}-{what}", f"stay.{what}", at, {"event": event, "connection": connection})


def upload(file: str, at: datetime, size: int) -> dict[str, Any]:
    return said(f"{file}-{at}", "file.uploaded", at, {"file": file, "bytes": size})


def said(name: str, what: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    envelope = {"specversion": "1.0", "id": name, "source": "test", "type": f"turnout.{what}"}
    return envelope | {"time": at.isoformat(), "data": data}


async def asked(product: Product, company: Company) -> dict[str, Any]:
    """The summary of January to today."""
    reading = product.reading(company)
    return in_words(await period_summary(reading, by_dates(company, date(2026, 1, 1), date(2026, 3, 2))))


async def refresh(database: Database) -> None:
    async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        assert await refresh_views(connection)


async def test_a_month_that_is_over_is_served_by_its_row(
    product: Product, company: Company, database: Database
) -> None:
    by_days = await asked(product, company)
    await refresh(database)
    # Without its days, January can come from nowhere else.
    await product.support.execute("delete from section_day where day < '2026-02-01'")
    await product.support.execute("delete from company_day where day < '2026-02-01'")

    by_months = await asked(product, company)

    assert by_months["total"]["peakConnections"] == by_days["total"]["peakConnections"]
    assert by_months["total"]["participationMinutes"] == by_days["total"]["participationMinutes"] == 360
    assert by_months["storage"] == by_days["storage"]
    assert by_months["eventsCreated"] == by_days["eventsCreated"] == 3


async def test_a_row_that_is_not_current_is_never_used(product: Product, company: Company, database: Database) -> None:
    await refresh(database)

    await meets(product, company, "late", JANUARY, people=4)
    await product.tell(company, [upload("f2", JANUARY, 50)])
    answer = await asked(product, company)

    assert answer["total"]["peakConnections"]["value"] == 7
    assert answer["storage"]["used"] == 750


async def test_a_view_without_rows_serves_nothing(product: Product, company: Company) -> None:
    """It was filled when there was no company yet."""
    rows = await product.support.execute("select from company_month")

    assert rows.rowcount == 0
    assert (await asked(product, company))["total"]["peakConnections"]["value"] == 3


@pytest.mark.parametrize("view", VIEWS)
async def test_a_view_without_data_is_filled_before_anybody_reads_it(
    product: Product, company: Company, database: Database, view: str
) -> None:
    for name in VIEWS:
        await product.support.execute(f"refresh materialized view {name} with no data")

    async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        await fill_views(connection)

    cursor = await product.support.execute("select relispopulated from pg_class where relname = %s", (view,))
    assert await cursor.fetchone() == (True,)
    assert (await asked(product, company))["total"]["peakConnections"]["value"] == 3


async def test_months_of_all_companies_are_made_anew_only_when_one_that_is_over_has_changed(
    product: Product, company: Company, database: Database
) -> None:
    await refresh(database)
    await product.support.execute("update month_version set month = '2999-03-01' where month = '2026-03-01'")

    await refresh(database)
    assert await rows_of_march(product) > 0
    await meets(product, company, "late", JANUARY, people=4)
    await asked(product, company)
    await refresh(database)

    assert await rows_of_march(product) == 0


async def rows_of_march(product: Product) -> int:
    cursor = await product.support.execute("select from company_month where month = '2026-03-01'")
    return cursor.rowcount


async def test_two_processes_do_not_refresh_at_once(company: Company, database: Database) -> None:
    async with (
        await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as one,
        await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as two,
    ):
        await one.execute("select pg_try_advisory_lock(hashtext('turnout.views'))")

        assert not await refresh_views(two)


async def test_the_operator_sees_every_company_as_it_is_now(
    product: Product, company: Company, database: Database
) -> None:
    other = await product.add_company("globex", "America/New_York", timedelta(hours=24))
    await refresh(database)
    await product.tell(company, [upload("f3", JANUARY, 5)])
    await asked(product, company)

    async with await psycopg.AsyncConnection.connect(database.support, autocommit=True) as staff:
        rows = await (
            await staff.execute("select company_id, storage_bytes, last_active_day from operator_overview order by 1")
        ).fetchall()

    assert rows == [(company.company_id, 705, date(2026, 3, 2)), (other.company_id, 0, None)]
