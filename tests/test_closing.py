"""Billing periods are closed once they have been over for a while, and whatever comes later makes a revision."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.databases import Database
from tests.worlds.product import Product
from turnout.analytics import closing, revisions
from turnout.analytics.closing import NOT_AT_ALL, Closing, Waiting, billing_calendars
from turnout.tenants.agreements import Change, change_company
from turnout.tenants.company import Company
from turnout.tenants.contracts import set_limit
from turnout.tenants.limits import parse_limit
from turnout.tenants.rounding import MinuteRounding
from turnout.tenants.support import support

FIRST = "2026-02-01"


def act(name: str, kind: str, moment: str, /, **data: Any) -> dict[str, Any]:
    """One activity; the moment is of 2026 in UTC, such as 02-10 09:30."""
    time = f"2026-{moment}:00+00:00".replace(" ", "T")
    return {"specversion": "1.0", "id": name, "source": "test", "type": f"turnout.{kind}", "time": time, "data": data}


def meets(name: str, joined: str, left: str) -> list[dict[str, Any]]:
    """One stay in an event of its own."""
    about = {"event": name, "connection": name}
    return [act(f"{name}-j", "stay.joined", joined, **about), act(f"{name}-l", "stay.left", left, **about)]


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 10, 12, tzinfo=UTC)


async def close(product: Product, database: Database, company: Company, waiting: Waiting) -> list[str]:
    """What the refresher does now and then; the first days of the periods with a new revision."""
    await product.refresher.refresh_company(company.company_id, company.generation)
    async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        done = await Closing(connection, company.company_id, company.generation).run(product.now, waiting)
    return [day.isoformat() for day in done]


async def closed(product: Product) -> list[tuple[str, int, str]]:
    """Every revision: its first day, number and reasons."""
    cursor = await product.support.execute(
        "select first_day::text || '..' || last_day, revision, reasons::text"
        " from billing_close order by first_day, revision"
    )
    return await cursor.fetchall()


async def minutes(product: Product, first_day: str, revision: int, metric: str = "BILLED_MINUTES") -> float:
    cursor = await product.support.execute(
        "select amount / 6e7 from billing_figure"
        " where first_day = %s and revision = %s and metric = %s::usage_metric and section = 'TOTAL'",
        (first_day, revision, metric),
    )
    [(amount,)] = await cursor.fetchall()
    return float(amount)


async def test_a_period_is_closed_when_it_has_been_over_and_quiet_for_a_while(
    product: Product, acme: Company, database: Database
) -> None:
    product.now = datetime(2026, 3, 3, 22, 59, tzinfo=UTC)
    await product.tell(acme, meets("a", "02-10 09:00", "02-10 09:30"))

    too_early = await close(product, database, acme, Waiting())
    product.now += timedelta(minutes=1)  # 72 hours after the end of February in Berlin
    too_restless = await close(product, database, acme, Waiting())
    product.now += timedelta(minutes=59)
    in_time = await close(product, database, acme, Waiting())
    again = await close(product, database, acme, Waiting())

    assert (too_early, too_restless, in_time, again) == ([], [], [FIRST], [])
    assert await closed(product) == [("2026-02-01..2026-02-28", 1, "{CLOSED}")]
    assert await minutes(product, FIRST, 1) == 30


async def test_what_comes_late_and_what_is_taken_back_make_revisions_with_their_reasons(
    product: Product, acme: Company, database: Database
) -> None:
    await product.tell(acme, meets("a", "02-10 09:00", "02-10 09:30"))
    await close(product, database, acme, NOT_AT_ALL)
    await product.tell(acme, meets("b", "02-11 09:00", "02-11 09:10"))
    late = await close(product, database, acme, NOT_AT_ALL)
    told_again = act("b-l again", "stay.left", "02-11 09:05", event="b", connection="b") | {"replaces": "b-l"}
    await product.tell(acme, [told_again])
    corrected = await close(product, database, acme, NOT_AT_ALL)
    await product.tell(acme, meets("c", "03-10 09:00", "03-10 09:10"))
    untouched = await close(product, database, acme, NOT_AT_ALL)

    assert (late, corrected, untouched) == ([FIRST], [FIRST], [])
    assert [reasons for _, _, reasons in await closed(product)] == ["{CLOSED}", "{LATE_DATA}", "{CORRECTION}"]
    assert [await minutes(product, FIRST, revision) for revision in (1, 2, 3)] == [30, 40, 35]


async def test_late_data_is_waited_for_until_it_is_quiet(product: Product, acme: Company, database: Database) -> None:
    await product.tell(acme, meets("a", "02-10 09:00", "02-10 09:30"))
    await close(product, database, acme, NOT_AT_ALL)
    await product.tell(acme, meets("b", "02-11 09:00", "02-11 09:10"))
    restless = await close(product, database, acme, Waiting())
    product.now += timedelta(hours=1)
    quiet = await close(product, database, acme, Waiting())

    assert (restless, quiet) == ([], [FIRST])


async def test_late_data_revises_what_exists_at_the_end_of_later_periods(
    product: Product, acme: Company, database: Database
) -> None:
    await product.tell(acme, meets("a", "01-10 09:00", "01-10 09:30"))
    await close(product, database, acme, NOT_AT_ALL)
    await product.tell(acme, [act("u", "user.registered", "01-20 09:00", user="anna", name="Anna")])
    revised = await close(product, database, acme, NOT_AT_ALL)

    assert revised == ["2026-01-01", FIRST]
    assert await minutes(product, FIRST, 2, "USERS") * 6e7 == 1


async def test_days_that_are_computed_again_to_the_same_figures_make_no_revision(
    product: Product, acme: Company, database: Database
) -> None:
    await product.tell(acme, meets("a", "02-10 09:00", "02-10 09:30"))
    await close(product, database, acme, NOT_AT_ALL)
    await product.tell(acme, [act("title", "event.planned", "02-10 08:00", event="a", title="Named late")])

    assert await close(product, database, acme, Waiting(quiet=timedelta())) == []
    assert len(await closed(product)) == 1


async def test_other_definitions_revise_every_closed_period(
    product: Product, acme: Company, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await product.tell(acme, meets("a", "02-10 09:00", "02-10 09:30"))
    await close(product, database, acme, NOT_AT_ALL)
    for module in (closing, revisions):
        monkeypatch.setattr(module, "DEFINITION", 2)
    async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        [calendar] = await billing_calendars(connection)
    product.now += timedelta(hours=1)

    assert calendar.has_work(product.now, Waiting())
    assert await close(product, database, acme, Waiting()) == [FIRST]
    assert (await closed(product))[-1] == ("2026-02-01..2026-02-28", 2, "{DEFINITION}")


async def test_another_contract_revises_on_demand_alone(product: Product, acme: Company, database: Database) -> None:
    await product.tell(acme, meets("a", "02-10 09:00", "02-10 09:30"))
    await close(product, database, acme, NOT_AT_ALL)
    with support(database.support) as session:
        set_limit(session, "acme", parse_limit("PARTICIPATION_MINUTES=60"), product.now)
        change = Change(billed_minutes=MinuteRounding.PER_STAY, billed_from=date(2026, 1, 1))
        change_company(session, "acme", change, product.now)
    product.now += timedelta(hours=1)

    assert await close(product, database, acme, Waiting()) == []
    assert await close(product, database, acme, NOT_AT_ALL) == [FIRST]
    assert (await closed(product))[-1] == ("2026-02-01..2026-02-28", 2, "{CONTRACT}")


async def test_another_anchor_day_leaves_what_is_closed_alone_and_no_day_out(
    product: Product, acme: Company, database: Database
) -> None:
    await product.tell(acme, meets("a", "02-10 09:00", "02-10 09:30"))
    await close(product, database, acme, NOT_AT_ALL)
    with support(database.support) as session:
        change_company(session, "acme", Change(billing_anchor_day=15), product.now)
    product.now = datetime(2026, 4, 20, tzinfo=UTC)
    await close(product, database, acme, NOT_AT_ALL)

    assert [days for days, _, _ in await closed(product)] == [
        "2026-02-01..2026-02-28",
        "2026-03-01..2026-03-14",
        "2026-03-15..2026-04-14",
    ]


async def test_another_zone_leaves_what_is_closed_alone(product: Product, acme: Company, database: Database) -> None:
    await product.tell(acme, meets("a", "02-10 09:00", "02-10 09:30"))
    await close(product, database, acme, NOT_AT_ALL)
    becoming = await product.begin_zone(acme, "Asia/Kolkata")
    await product.finish_zone(becoming)
    await product.tell(acme, meets("b", "02-11 09:00", "02-11 09:10"))

    assert await close(product, database, becoming, NOT_AT_ALL) == []
    assert len(await closed(product)) == 1


async def test_nobody_changes_what_is_closed(product: Product, acme: Company, database: Database) -> None:
    await product.tell(acme, meets("a", "02-10 09:00", "02-10 09:30"))
    await close(product, database, acme, NOT_AT_ALL)

    for statement in (
        "update billing_figure set amount = 0",
        "truncate billing_close cascade",
        "delete from billing_figure",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await product.support.execute(statement)
