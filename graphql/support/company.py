"""One company as support sees it: what was agreed with it, and what it signs in with."""

from collections.abc import Callable
from datetime import date, datetime

import strawberry
from sqlmodel import Session

from turnout.graphql.billing import MinuteRounding
from turnout.graphql.figures import figure
from turnout.graphql.support.accesses import Access
from turnout.graphql.support.arguments import FirstFew
from turnout.graphql.support.audit import AuditEntry, read_audit
from turnout.graphql.support.context import Info
from turnout.graphql.support.credentials import ActivationLink, Key, Password, SqlLogin
from turnout.graphql.support.limits import ContractedLimit
from turnout.graphql.support.quarantine import Quarantine, read_quarantine
from turnout.tenants.accesses import list_accesses
from turnout.tenants.activation import list_links
from turnout.tenants.agreements import next_zone
from turnout.tenants.auditing import AuditedAct
from turnout.tenants.companies import ListedCompany
from turnout.tenants.contracts import list_limits
from turnout.tenants.keys import list_keys
from turnout.tenants.passwords import list_passwords
from turnout.tenants.rounding import list_rules
from turnout.tenants.sql_logins import list_sql_logins


def _text(name: str) -> Callable[[strawberry.Parent[ListedCompany]], str]:
    def resolve(root: strawberry.Parent[ListedCompany]) -> str:
        return getattr(root.company, name)

    return resolve


def _billing_anchor_day(root: strawberry.Parent[ListedCompany]) -> int:
    return root.company.billing_anchor_day


def _stale_after_hours(root: strawberry.Parent[ListedCompany]) -> float:
    return root.stale_after.total_seconds() / 3600


def _listed(find: Callable[[Session, str], object]) -> Callable[..., object]:
    """Resolves what support finds for a company by its slug."""

    async def resolve(root: strawberry.Parent[ListedCompany], info: Info) -> object:
        slug = root.company.slug
        return await info.context.read(lambda session: find(session, slug))

    return resolve


async def _quarantine(root: strawberry.Parent[ListedCompany], info: Info, first: FirstFew = 50) -> Quarantine:
    return await read_quarantine(info, root.company.slug, root.company.company_id, first)


async def _audit(root: strawberry.Parent[ListedCompany], info: Info, first: FirstFew = 50) -> list[AuditedAct]:
    return await read_audit(info, root.company.slug, first)


@strawberry.type(description="How a company's minutes are billed, in the billing periods that begin from a day on.")
class BillingRule:
    """Rows are tenants' billing rules."""

    rounding: MinuteRounding = strawberry.field(description="Whether each stay is rounded up on its own.")
    valid_from: date = strawberry.field(
        name="from", description="The day on which the first of these periods may begin; a later rule ends them."
    )


@strawberry.type(description="A company: what was agreed with it, and what it signs in with. Nothing of its people.")
class Company:
    """Rows are tenants' listed companies."""

    slug: str = strawberry.field(
        resolver=_text("slug"), description="The short name with which the company signs in; it stays for good."
    )
    name: str = strawberry.field(resolver=_text("name"), description="The name of the company.")
    time_zone: str = strawberry.field(
        resolver=_text("time_zone"), description="The IANA time zone in whose days its answers are."
    )
    next_time_zone: str | None = figure(
        str,
        _listed(next_zone),
        "The zone that its answers will be in once all has been computed anew; null when it has.",
        nullable=True,
    )
    billing_anchor_day: int = strawberry.field(
        resolver=_billing_anchor_day, description="The day of the month, 1 to 31, on which its billing periods begin."
    )
    stale_after_hours: float = strawberry.field(
        resolver=_stale_after_hours,
        description="How many hours a stay without a leave waits for another activity of its event before it ends.",
    )
    created_at: datetime = strawberry.field(description="When it was added.")
    suspended_at: datetime | None = strawberry.field(
        description="Since when it is shut out: no sign-in, key, SQL login or ingest. Null when it is not."
    )
    billing_rules: list[BillingRule] = figure(
        list[BillingRule],
        _listed(list_rules),
        "How its minutes are billed, by first day; before the first, and without one, exactly.",
    )
    limits: list[ContractedLimit] = figure(
        list[ContractedLimit],
        _listed(list_limits),
        "Everything it has contracted, past and future limits included: by metric, section and first day.",
    )
    passwords: list[Password] = figure(
        list[Password], _listed(list_passwords), "Every password it was ever given, the latest first."
    )
    activation_links: list[ActivationLink] = figure(
        list[ActivationLink], _listed(list_links), "Every link it was ever given, the latest first."
    )
    keys: list[Key] = figure(list[Key], _listed(list_keys), "Every key it was ever given, the latest first.")
    sql_logins: list[SqlLogin] = figure(
        list[SqlLogin], _listed(list_sql_logins), "Every login for BI tools it was ever given, the latest first."
    )
    accesses: list[Access] = figure(
        list[Access], _listed(list_accesses), "When support could read its people and titles, the latest first."
    )
    quarantine: Quarantine = strawberry.field(
        resolver=_quarantine,
        description="What it sent that could not be counted. That support has looked is noted in its audit.",
    )
    audit: list[AuditEntry] = figure(list[AuditEntry], _audit, "What was done to it and in its name, the latest first.")
