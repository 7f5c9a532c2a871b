"""Rules on limits: they fire once a period, with the figures that reached the share, and not for what is long over."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from psycopg import AsyncConnection

from tests.databases import Database
from tests.worlds.product import Product
from turnout.database.errors import TurnoutError
from turnout.tenants.alert_rules import (
    MOST_RULES,
    Condition,
    RuleWish,
    change_rule,
    check_condition,
    check_wish,
    create_rule,
    delete_rule,
)
from turnout.tenants.alert_targets import AlertChannel, Target
from turnout.tenants.audit import COMMAND
from turnout.tenants.company import Company
from turnout.tenants.limits import LimitMetric

from .alerting import HOOK, agree, condition, fired, meeting, recorded, registered, uploaded, watch
from .waiting import until

TODAY = date(2026, 3, 2)


@pytest.fixture
def acme(acme: Company, database: Database, now: datetime) -> Company:
    agree(
        database,
        acme,
        now,
        "CONNECTIONS=4",
        "CONNECTIONS@WEBINAR=0",
        "PARTICIPATION_MINUTES=100",
        "USERS=5",
        "STORAGE_BYTES=1000",
    )
    return acme


async def test_a_rule_fires_at_the_instant_of_the_peak_that_reaches_its_share(product: Product, acme: Company) -> None:
    rule = await watch(product, acme, condition(share=0.75))
    await product.tell(acme, meeting("a", product.now.replace(hour=9), people=3))

    [alert] = await fired(product, acme)

    assert (alert.rule_id, alert.fired_at, alert.condition) == (rule, product.now, condition(share=0.75))
    found = alert.firing
    assert (found.first_day, found.last_day, found.day) == (TODAY, TODAY, TODAY)
    assert (found.value, found.limit, found.share, found.at) == (3, 4, 0.75, product.now.replace(hour=9))
    assert [delivery.address for delivery in alert.deliveries] == [HOOK.address]


async def test_less_than_the_share_says_nothing(product: Product, acme: Company) -> None:
    await watch(product, acme, condition(share=0.8))
    await product.tell(acme, meeting("a", product.now.replace(hour=9), people=3))

    assert await fired(product, acme) == []


async def test_a_limit_of_nothing_and_no_limit_have_no_share(product: Product, acme: Company) -> None:
    for section in ("WEBINAR", "CALL"):
        await watch(product, acme, condition(section=section))
    await product.tell(acme, [one | {"data": one["data"] | {"kind": "WEBINAR"}} for one in meeting("a", product.now)])

    assert await fired(product, acme) == []


async def test_what_is_reached_already_is_said_when_a_rule_is_made(product: Product, acme: Company) -> None:
    await product.tell(acme, meeting("a", product.now.replace(hour=9), people=4))
    assert await fired(product, acme) == []

    await watch(product, acme, condition(share=1))

    assert [alert.firing.value for alert in await fired(product, acme)] == [4]


async def test_it_is_said_once_a_period(product: Product, acme: Company) -> None:
    by_day = await watch(product, acme, condition(period="DAY"))
    by_month = await watch(product, acme, condition(period="BILLING_PERIOD"))
    for day in range(2):
        product.now = datetime(2026, 3, 2 + day, 12, tzinfo=UTC)
        for hour in (8, 9):
            await product.tell(acme, meeting(f"{day}-{hour}", product.now.replace(hour=hour), people=4))
            await fired(product, acme)

    said = sorted(
        (alert.rule_id, alert.firing.first_day, alert.firing.last_day) for alert in await fired(product, acme)
    )

    days = [(by_day, TODAY, TODAY), (by_day, date(2026, 3, 3), date(2026, 3, 3))]
    assert said == sorted([*days, (by_month, date(2026, 3, 1), date(2026, 3, 31))])


async def test_history_that_is_told_late_fires_only_what_ended_less_than_a_day_ago(
    product: Product, acme: Company
) -> None:
    await watch(product, acme, condition())

    for back in (1, 2, 30):
        await product.tell(acme, meeting(f"e{back}", product.now.replace(hour=9) - timedelta(days=back), people=4))

    assert [alert.firing.day for alert in await fired(product, acme)] == [date(2026, 3, 1)]


async def test_minutes_of_the_billing_period_are_added_up(product: Product, acme: Company) -> None:
    await watch(product, acme, condition("PARTICIPATION_MINUTES", 0.8, "BILLING_PERIOD"))
    await product.tell(acme, meeting("late", product.now.replace(month=2, day=28, hour=9), minutes=90))
    await product.tell(acme, meeting("a", product.now.replace(day=1, hour=9), minutes=50))
    assert await fired(product, acme) == []

    await product.tell(acme, meeting("b", product.now.replace(hour=9), minutes=35))

    [alert] = await fired(product, acme)
    found = alert.firing
    assert (found.value, found.day, found.at) == (85, TODAY, None)
    assert (found.first_day, found.last_day) == (date(2026, 3, 1), date(2026, 3, 31))


async def test_users_and_storage_are_what_there_is_at_the_end_of_the_day(product: Product, acme: Company) -> None:
    await watch(product, acme, condition("USERS", 0.8))
    await watch(product, acme, condition("STORAGE_BYTES", 0.9))
    long_ago = product.now - timedelta(days=40)
    await product.tell(acme, [registered(user, long_ago) for user in "abc"] + [uploaded("old", long_ago, 500)])
    assert await fired(product, acme) == []

    await product.tell(acme, [registered("d", product.now), uploaded("new", product.now, 450)])

    said = {alert.condition.metric: alert.firing.value for alert in await fired(product, acme)}
    assert said == {LimitMetric.USERS: 4, LimitMetric.STORAGE_BYTES: 950}


async def test_recordings_are_watched_while_they_run_and_once_they_are_stored(
    product: Product, acme: Company, database: Database
) -> None:
    agree(database, acme, product.now, "RECORDED_MINUTES=100", "STORED_RECORDING_MINUTES=100")
    for metric in ("RECORDED_MINUTES", "STORED_RECORDING_MINUTES"):
        await watch(product, acme, condition(metric, 0.5, "BILLING_PERIOD"))
    await product.tell(acme, meeting("a", product.now - timedelta(minutes=45), minutes=None))
    await product.tell(acme, [recorded("started", product.now - timedelta(minutes=40))])
    assert await fired(product, acme) == []

    product.now += timedelta(minutes=20)
    await product.tell(acme, [recorded("stopped", product.now)])
    running = [(alert.condition.metric, alert.firing.value) for alert in await fired(product, acme)]
    await product.tell(acme, [recorded("stored", product.now, bytes=1)])
    stored = {alert.condition.metric: alert.firing.value for alert in await fired(product, acme)}

    assert running == [(LimitMetric.RECORDED_MINUTES, 60)]
    assert stored == {LimitMetric.RECORDED_MINUTES: 60, LimitMetric.STORED_RECORDING_MINUTES: 60}


async def test_another_condition_may_fire_again_and_another_name_may_not(product: Product, acme: Company) -> None:
    rule = await watch(product, acme, condition(share=0.75))
    await product.tell(acme, meeting("a", product.now.replace(hour=9), people=4))
    await fired(product, acme)

    for name, share in (("other", 0.75), ("other", 1.0)):
        wish = RuleWish(name, condition(share=share), [HOOK])
        await change_rule(product.door, acme, rule, wish, COMMAND, product.now)
        said = await fired(product, acme)

    assert sorted((alert.name, alert.condition.share) for alert in said) == [("other", 1.0), ("watch", 0.75)]


async def test_a_deleted_rule_says_nothing_more_and_what_it_said_stays(product: Product, acme: Company) -> None:
    rule = await watch(product, acme, condition())
    await product.tell(acme, meeting("a", product.now.replace(hour=9), people=4))
    await fired(product, acme)

    await delete_rule(product.door, acme, rule, COMMAND, product.now)
    product.now += timedelta(days=1)
    await product.tell(acme, meeting("b", product.now.replace(hour=9), people=4))

    [alert] = await fired(product, acme)
    assert (alert.rule_id, alert.deliveries) == (rule, [])


async def test_a_webhook_that_stays_keeps_its_secret(product: Product, acme: Company) -> None:
    other = Target(AlertChannel.WEBHOOK, "https://alerts.example.com/other")
    made = await create_rule(product.door, acme, RuleWish("a", condition(), [HOOK]), COMMAND, product.now)

    wish = RuleWish("a", condition(), [other, HOOK, Target(AlertChannel.EMAIL, "a@example.com")])
    changed = await change_rule(product.door, acme, made.rule_id, wish, COMMAND, product.now)

    assert [one.url for one in made.secrets] == [HOOK.address]
    assert [one.url for one in changed.secrets] == [other.address]
    assert all(one.text.startswith("whsec_") and len(one.text) == 50 for one in [*made.secrets, *changed.secrets])


@pytest.mark.parametrize(
    "wrong",
    [
        condition(share=0),
        condition(share=11),
        condition(share=float("nan")),
        condition("LISTENERS", section="CALL"),
        condition("USERS", section="CALL"),
        condition("PARTICIPATION_MINUTES", period="DAY"),
        condition("RECORDED_MINUTES", period="DAY"),
    ],
)
def test_no_rule_waits_for_what_cannot_be(wrong: Condition) -> None:
    with pytest.raises(TurnoutError) as refused:
        check_condition(wrong)

    assert refused.value.code == "INVALID_ALERT_RULE"


@pytest.mark.parametrize(
    "wish",
    [
        RuleWish("", condition(), [HOOK]),
        RuleWish("a\nb", condition(), [HOOK]),
        RuleWish("a", condition(), []),
        RuleWish("a", condition(), [HOOK, HOOK]),
        RuleWish("a", condition(), [replace(HOOK, address=str(number)) for number in range(6)]),
    ],
)
def test_a_rule_has_a_name_and_somewhere_to_go(wish: RuleWish) -> None:
    with pytest.raises(TurnoutError) as refused:
        check_wish(wish)

    assert refused.value.code == "INVALID_ALERT_RULE"


async def test_a_company_has_so_many_rules_and_no_more(product: Product, acme: Company, globex: Company) -> None:
    await product.support.execute(
        "insert into alert_rule (company_id, rule_id, name, metric, section, share, period, created_at, changed_at)"
        " select %s, gen_random_uuid(), 'r', 'EVENTS', 'TOTAL', 1, 'DAY', now(), now() from generate_series(1, %s)",
        (acme.company_id, MOST_RULES),
    )

    with pytest.raises(TurnoutError) as refused:
        await watch(product, acme, condition())
    await watch(product, globex, condition())

    assert refused.value.code == "TOO_MANY_ALERT_RULES"


async def test_a_rule_of_another_company_is_one_that_nobody_has(
    product: Product, acme: Company, globex: Company
) -> None:
    theirs = await watch(product, globex, condition())
    wish = RuleWish("mine", condition(), [HOOK])

    codes = list[str]()
    for rule in (theirs, uuid4()):
        for attempt in (
            change_rule(product.door, acme, rule, wish, COMMAND, product.now),
            delete_rule(product.door, acme, rule, COMMAND, product.now),
        ):
            with pytest.raises(TurnoutError) as refused:
                await attempt
            codes.append(f"{refused.value.code}: {refused.value.message}")

    assert len(set(codes)) == 1
    assert codes[0].startswith("UNKNOWN_ALERT_RULE")


async def test_a_rule_that_somebody_changes_holds_up_no_figures_and_is_held_against_them_soon(
    product: Product, acme: Company, database: Database
) -> None:
    await watch(product, acme, condition("PARTICIPATION_MINUTES", period="BILLING_PERIOD"))
    await product.tell(acme, meeting("a", product.now - timedelta(minutes=10), minutes=None, people=2))

    async with await AsyncConnection.connect(database.admin) as other:
        await other.execute("update turnout.alert_rule set name = 'changed'")
        refresh = asyncio.create_task(product.refresher.refresh_company(acme.company_id, acme.generation))
        await until(partial(_somebody_waits, database))
        await other.commit()
        await refresh
        marked, computed, looks = await _found(other)
        await product.refresher.refresh_company(acme.company_id, acme.generation)
        later = await _found(other)

    assert (marked, computed, looks) == ([TODAY], [TODAY], False)
    assert later == ([], [TODAY], True)


async def _somebody_waits(database: Database) -> bool:
    async with await AsyncConnection.connect(database.admin, autocommit=True) as admin:
        waiting = await admin.execute(
            "select exists (select from pg_locks where not granted and locktype = 'transactionid')"
        )
        return await waiting.fetchone() == (True,)


async def _found(admin: AsyncConnection[Any]) -> tuple[list[date], list[date], bool]:
    """The days that are marked, those with people, and whether the rule knows when to be looked at again."""
    found = await admin.execute(
        "select array(select day from turnout.mark), "
        "array(select day from turnout.section_day where section = 'TOTAL'), "
        "exists (select from turnout.alert_rule where look_again_at is not null)"
    )
    [row] = await found.fetchall()
    await admin.rollback()
    return row
