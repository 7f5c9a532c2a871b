"""What support agrees anew with a company: its name, zone, billing anchor day and minutes, how long its stays wait."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlmodel import Session

from turnout.database import calendar
from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.audit import COMMAND, Act, Actor, note
from turnout.tenants.companies import check_anchor_day, check_name, find_row, in_words, of_row
from turnout.tenants.company import Company
from turnout.tenants.models import CompanyRow
from turnout.tenants.rounding import BillingRule, MinuteRounding, agree_on_rounding, rules_of
from turnout.tenants.support import driver

_SQL: Final = statements("turnout.tenants", "companies.sql")


@dataclass(frozen=True)
class Change:
    """What is to be another; None stays as it is."""

    time_zone: str | None = None
    billing_anchor_day: int | None = None
    stale_after: timedelta | None = None
    billed_minutes: MinuteRounding | None = None
    billed_from: date | None = None


def rename_company(session: Session, slug: str, name: str, now: datetime, *, actor: Actor = COMMAND) -> Company:
    """Give a company another name for people to read; its slug stays. Raises UNKNOWN_COMPANY, INVALID_NAME."""
    check_name(name)
    row = find_row(session, slug, lock=True)
    before, row.name = row.name, name
    session.add(row)
    session.flush()
    note(session, row.company_id, actor, Act("company.renamed", slug, {"name": name, "before": before}), now)
    return of_row(row)


def change_company(session: Session, slug: str, change: Change, now: datetime, *, actor: Actor = COMMAND) -> Company:
    """Agree with a company on all of a change, or on nothing.

    Another anchor day is in force at once. Another zone is when its rollups have been built, beside those that answer;
    begun anew for the zone it has, they are computed again from the facts. Another `stale_after` is when the
    refresher next works for the company, together with every day that it moves. Another way to bill minutes is in
    force for the billing periods that begin on its day or later, today where none is said.

    Returns the company as it will be. Raises TurnoutError NOTHING_TO_CHANGE, UNKNOWN_COMPANY, UNKNOWN_TIME_ZONE,
    INVALID_ANCHOR_DAY.
    """
    if change in (Change(), Change(billed_from=change.billed_from)):
        raise TurnoutError(
            "NOTHING_TO_CHANGE",
            "Nothing was said to change.",
            "Give another time zone, billing anchor day, staleAfter or way to bill minutes.",
        )
    row = find_row(session, slug, lock=True)
    before = _said(session, row)
    _change_rules(session, row, change)
    if change.billed_minutes:
        begins = change.billed_from or now.astimezone(calendar.find_zone(row.time_zone)).date()
        agree_on_rounding(session, row.company_id, BillingRule(change.billed_minutes, begins))
    company = _begin_zone(session, row, change.time_zone, now) if change.time_zone else of_row(row)
    after = _said(session, row) | {"timeZone": company.time_zone}
    note(session, row.company_id, actor, Act("company.changed", slug, _different(before, after)), now)
    return company


def change_zone(session: Session, slug: str, time_zone: str, now: datetime) -> Company:
    """Begin the rollups of a company in another zone. Raises UNKNOWN_COMPANY, UNKNOWN_TIME_ZONE."""
    return change_company(session, slug, Change(time_zone=time_zone), now)


def next_zone(session: Session, slug: str) -> str | None:
    """The zone that a company's answers will be in once its rollups have been built; None when that is done."""
    row = driver(session).execute(_SQL["next_zone"], {"slug": slug}).fetchone()
    return row and row[0]


def _change_rules(session: Session, row: CompanyRow, change: Change) -> None:
    if change.billing_anchor_day is not None:
        check_anchor_day(change.billing_anchor_day)
        row.billing_anchor_day = change.billing_anchor_day
    if change.stale_after is not None:
        row.next_stale_after = change.stale_after
    session.add(row)
    session.flush()


def _begin_zone(session: Session, row: CompanyRow, time_zone: str, now: datetime) -> Company:
    """Nothing is ingested for the company while this transaction lasts."""
    zone = calendar.find_zone(time_zone)
    calendar.extend(driver(session), time_zone, now)
    of_company = {"company_id": row.company_id}
    driver(session).execute(_SQL["drop_unfinished"], of_company)
    begun = {"time_zone": time_zone, "today": now.astimezone(zone).date(), "now": now}
    added = driver(session).execute(_SQL["begin_another"], of_company | begun).fetchone()
    return replace(of_row(row), time_zone=time_zone, generation=added[0] if added else row.generation)


def _said(session: Session, row: CompanyRow) -> dict[str, Any]:
    return in_words(row) | {"billedMinutes": [str(rule) for rule in rules_of(session, row.company_id)]}


def _different(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What was said, and what it was before."""
    return {name: {"from": before[name], "to": after[name]} for name in after if before[name] != after[name]}
