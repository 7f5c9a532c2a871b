"""Rules on limits as tests make and ask them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.api.clients import activity, joined, leaves
from tests.databases import Database
from tests.worlds.product import Product
from turnout.analytics.alerts import Alert, alerts
from turnout.analytics.paging import Wanted
from turnout.tenants.alert_rules import AlertPeriod, Condition, RuleWish, create_rule
from turnout.tenants.alert_targets import AlertChannel, Target
from turnout.tenants.audit import COMMAND
from turnout.tenants.company import Company
from turnout.tenants.contracts import set_limit
from turnout.tenants.limits import LimitMetric, Section, parse_limit
from turnout.tenants.support import support

HOOK = Target(AlertChannel.WEBHOOK, "https://alerts.example.com/")


def condition(
    metric: str = "CONNECTIONS", share: float = 0.75, period: str = "DAY", section: str = "TOTAL"
) -> Condition:
    return Condition(LimitMetric(metric), Section(section), share, AlertPeriod(period))


async def watch(product: Product, company: Company, what: Condition, *targets: Target) -> UUID:
    """A rule of the company."""
    wish = RuleWish("watch", what, targets or [HOOK])
    return (await create_rule(product.door, company, wish, COMMAND, product.now)).rule_id


async def fired(product: Product, company: Company) -> list[Alert]:
    """What the rules have said once everything is up to date, the latest first."""
    await product.refresher.refresh_company(company.company_id, company.generation)
    return list((await alerts(product.reading(company), Wanted(100, "FIRED_AT"))).rows)


def agree(database: Database, company: Company, now: datetime, *limits: str) -> None:
    """Limits of the company."""
    with support(database.support) as session:
        for limit in limits:
            set_limit(session, company.slug, parse_limit(limit), now)


def meeting(event: str, start: datetime, *, minutes: int | None = 30, people: int = 1) -> list[dict[str, Any]]:
    """People who join an event together, and leave together unless they stay."""
    stays = [f"{event}-{number}" for number in range(people)]
    told = [joined(event, stay, start) for stay in stays]
    if minutes is None:
        return told
    return told + [leaves(event, stay, start + timedelta(minutes=minutes)) for stay in stays]


def registered(user: str, at: datetime) -> dict[str, Any]:
    return activity(f"{user}-registered", "turnout.user.registered", at, user=user)


def uploaded(file: str, at: datetime, size: int) -> dict[str, Any]:
    return activity(f"{file}-uploaded", "turnout.file.uploaded", at, file=file, bytes=size)


def recorded(what: str, at: datetime, **about: Any) -> dict[str, Any]:
    return activity(f"tape-{what}", f"turnout.recording.{what}", at, recording="tape", event="a", **about)
