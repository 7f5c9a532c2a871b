"""Alerts that are to be told, and the worker that is asked to tell them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import psycopg

from tests.alerting import agree, condition, fired, meeting
from tests.databases import Database
from tests.delivering.receiving import LOOPBACK, Receiver
from tests.worlds.product import Product
from turnout.analytics.alerts import AlertDelivery, alert_rules
from turnout.server.delivering.worker import Deliverer
from turnout.tenants.alert_rules import RuleWish, create_rule
from turnout.tenants.alert_targets import AlertChannel, Target
from turnout.tenants.audit import COMMAND
from turnout.tenants.company import Company

MAIL = Target(AlertChannel.EMAIL, "anna@example.com")


def hook(receiver: Receiver) -> Target:
    return Target(AlertChannel.WEBHOOK, receiver.url)


async def something_to_tell(product: Product, company: Company, database: Database, *targets: Target) -> str:
    """An alert that is to be told; returns the secret of its first webhook."""
    agree(database, company, product.now, "CONNECTIONS=4")
    wish = RuleWish("Four seats", condition(share=0.75), targets)
    made = await create_rule(product.door, company, wish, COMMAND, product.now)
    await product.tell(company, meeting("a", product.now.replace(hour=9), people=3))
    assert len(await fired(product, company)) == 1
    return made.secrets[0].text if made.secrets else ""


@asynccontextmanager
async def connected(database: Database) -> AsyncGenerator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        yield connection


async def work_off(database: Database, product: Product, **given: Any) -> int:
    deliverer = Deliverer(database.refresher, lambda: product.now, own=LOOPBACK, **given)
    async with connected(database) as connection:
        return await deliverer.work_off(connection)


async def latest(product: Product, company: Company) -> AlertDelivery:
    [rule] = await alert_rules(product.reading(company))
    delivery = rule.targets[0].latest
    assert delivery
    return delivery
