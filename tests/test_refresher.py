"""The refresher of a process: what fails for one company is that company's matter."""

from datetime import date, timedelta
from typing import LiteralString

import pytest

from tests.test_generations import stays
from tests.waiting import until
from tests.worlds.product import Product
from turnout.analytics import refreshing
from turnout.analytics.peaks import Section, daily_peaks
from turnout.analytics.periods import PeriodPreset, by_preset
from turnout.analytics.reading import Reading
from turnout.analytics.refresher import Refresher
from turnout.analytics.refreshing import DAYS_AT_ONCE
from turnout.tenants.company import Company

from .databases import Database

# Of the first company that there is, which is acme.
REFUSE: LiteralString = """
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$;
    create trigger refuse before insert on section_day
    for each row when (new.company_id = 1) execute function refuse();
"""


async def marks(product: Product, company: Company) -> int:
    cursor = await product.support.execute("select count(*) from mark where company_id = %s", (company.company_id,))
    row = await cursor.fetchone()
    assert row is not None
    return row[0]


async def none_left(product: Product, company: Company) -> bool:
    return await marks(product, company) == 0


async def test_a_company_whose_days_cannot_be_computed_holds_up_no_other(
    product: Product, acme: Company, globex: Company, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnout.analytics.refresher.POLL_SECONDS", 0.05)
    await product.support.execute(REFUSE)
    for company in (acme, globex):
        await product.tell(company, stays(product.now, "a", days=2))
    refresher = Refresher(database.refresher, lambda: product.now)

    await refresher.start()
    await until(lambda: none_left(product, globex))
    assert await marks(product, acme) > 0
    await product.support.execute("drop trigger refuse on section_day")
    await until(lambda: none_left(product, acme))
    await refresher.stop()


async def test_years_of_one_company_are_computed_in_turns_with_the_days_of_others(
    product: Product, acme: Company, globex: Company, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "MOST_STAYS_AT_ONCE", 0)
    await product.tell(acme, stays(product.now, "a", days=3 * DAYS_AT_ONCE))
    await product.tell(globex, stays(product.now, "a", days=1))
    refresher = Refresher(database.refresher, lambda: product.now)
    await refresher.start()

    refresher.wake()
    await until(lambda: none_left(product, globex))
    left = await marks(product, acme)
    await until(lambda: none_left(product, acme))

    assert left > 0
    await refresher.stop()


async def test_a_reader_of_days_that_cannot_be_computed_is_told_so_without_a_storm(
    product: Product, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    await product.support.execute(REFUSE)
    await product.tell(acme, stays(product.now, "a", days=2))
    tries: list[int] = []
    refresh = product.refresher.refresh_company

    async def counted(company_id: int, generation: int, days: tuple[date, date]) -> None:
        tries.append(company_id)
        await refresh(company_id, generation, days)

    monkeypatch.setattr(product.refresher, "refresh_company", counted)
    reading = Reading(product.door, product.refresher, acme, lambda: product.now, patience=1)

    await daily_peaks(reading, by_preset(acme, PeriodPreset.LAST_7_DAYS, product.now, None), [Section.TOTAL])

    yesterday = product.now.date() - timedelta(days=1)
    assert yesterday in reading.pending
    assert 1 < len(tries) < 10
