"""How much goes out: nothing of a suspended company, so much in an hour, and no more while much waits."""

import json
from datetime import timedelta

import pytest

from tests.alerting import condition, fired, watch
from tests.databases import Database
from tests.delivering.receiving import Receiver
from tests.delivering.working import hook, latest, something_to_tell, work_off
from tests.worlds.product import Product
from turnout.analytics import refreshing
from turnout.analytics.alerts import alert_rules
from turnout.database.errors import TurnoutError
from turnout.server.delivering import worker
from turnout.tenants import alert_rules as alert_rules_of_tenants
from turnout.tenants.alert_rules import delete_rule, send_test
from turnout.tenants.audit import COMMAND
from turnout.tenants.company import Company


async def test_nothing_goes_out_for_a_company_that_is_suspended(
    product: Product, acme: Company, database: Database, receiver: Receiver
) -> None:
    await something_to_tell(product, acme, database, hook(receiver))
    await product.support.execute("update company set suspended_at = now()")

    assert await work_off(database, product) == 0

    await product.support.execute("update company set suspended_at = null")
    assert await work_off(database, product) == 1


async def test_a_test_goes_the_way_of_an_alert_and_may_be_asked_for_once_a_minute(
    product: Product, acme: Company, database: Database, receiver: Receiver
) -> None:
    rule = await watch(product, acme, condition(), hook(receiver))
    await send_test(product.door, acme, rule, product.now)

    with pytest.raises(TurnoutError) as refused:
        await send_test(product.door, acme, rule, product.now + timedelta(seconds=59))
    assert await work_off(database, product) == 1
    await send_test(product.door, acme, rule, product.now + timedelta(seconds=60))

    assert refused.value.code == "ALERT_RULE_TESTED_LATELY"
    assert json.loads(receiver.requests[0][1])["type"] == "alert.test"
    assert (await latest(product, acme)).is_test


async def test_so_many_deliveries_of_a_company_begin_in_an_hour_though_their_rules_are_gone(
    product: Product, acme: Company, database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (alert_rules_of_tenants, worker):
        monkeypatch.setattr(module, "MOST_AN_HOUR", 2)
    for _ in range(2):
        rule = await watch(product, acme, condition(), hook(receiver))
        await send_test(product.door, acme, rule, product.now)
        assert await work_off(database, product) == 1
        await delete_rule(product.door, acme, rule, COMMAND, product.now)
    await something_to_tell(product, acme, database, hook(receiver))

    assert await work_off(database, product) == 0

    waiting = await latest(product, acme)
    next_hour = product.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    assert waiting.due_at == next_hour
    [rule] = [rule.rule_id for rule in await alert_rules(product.reading(acme))]
    with pytest.raises(TurnoutError) as refused:
        await send_test(product.door, acme, rule, product.now)
    assert refused.value.code == "TOO_MANY_ALERT_DELIVERIES"
    product.now = next_hour
    assert await work_off(database, product) == 1
    await send_test(product.door, acme, rule, product.now)


async def test_while_much_waits_alerts_are_written_down_and_sent_to_nobody(
    product: Product, acme: Company, database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "MOST_WAITING", 1)
    await something_to_tell(product, acme, database, hook(receiver))
    await watch(product, acme, condition(share=0.5), hook(receiver))

    alerts = await fired(product, acme)

    assert [len(alert.deliveries) for alert in alerts].count(0) == 1
    assert len(alerts) == 2
