"""Companies as support staff see them: adding one, listing them, finding one by its slug."""

import re
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from turnout.database import calendar
from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.audit import COMMAND, Act, Actor, note
from turnout.tenants.company import Company
from turnout.tenants.limits import Limit
from turnout.tenants.models import CompanyLimitRow, CompanyRow
from turnout.tenants.support import driver

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
LONGEST_NAME: Final = 200
MOST_HOURS: Final = 366 * 24
SECRET_BYTES: Final = 64
_SQL: Final = statements("turnout.tenants", "companies.sql")


@dataclass(frozen=True)
class NewCompany:
    """What support says of a company to add.

    `stale_after`: how long a stay without a leave waits for another activity of its event before it ends.
    """

    slug: str
    name: str
    time_zone: str
    billing_anchor_day: int = 1
    stale_after: timedelta = timedelta(hours=24)
    limits: Sequence[Limit] = ()


@dataclass(frozen=True)
class ListedCompany:
    """A company with what was agreed with it."""

    company: Company
    stale_after: timedelta
    created_at: datetime
    suspended_at: datetime | None
    limits: Sequence[Limit]


def patience(hours: float) -> timedelta:
    """What `stale_after` is for a number of hours, such as 24 or 0.5. Raises TurnoutError INVALID_STALE_AFTER."""
    if not 1 / 3600 <= hours <= MOST_HOURS:
        raise TurnoutError(
            "INVALID_STALE_AFTER",
            f"A stay cannot grow stale after {hours:g} hours.",
            f"Use at least a second (0.0003) and at most {MOST_HOURS} hours; 24 is usual.",
        )
    return timedelta(hours=hours)


def add_company(session: Session, new: NewCompany, now: datetime, *, actor: Actor = COMMAND) -> Company:
    """Add a company with its limits and the calendar of its zone.

    Raises TurnoutError INVALID_SLUG, INVALID_NAME, INVALID_ANCHOR_DAY, UNKNOWN_TIME_ZONE, SLUG_TAKEN.
    """
    _check(new)
    zone = calendar.find_zone(new.time_zone)
    row = CompanyRow(
        slug=new.slug,
        name=new.name,
        time_zone=new.time_zone,
        billing_anchor_day=new.billing_anchor_day,
        stale_after=new.stale_after,
        created_at=now,
    )
    company = of_row(_insert(session, row))
    session.add_all(limit_row(company.company_id, limit) for limit in new.limits)
    session.flush()
    calendar.extend(driver(session), new.time_zone, now)
    _begin(session, company, now, now.astimezone(zone).date())
    agreed = {"name": new.name, "limits": [str(limit) for limit in new.limits]} | in_words(row)
    note(session, company.company_id, actor, Act("company.added", new.slug, agreed), now)
    return company


def _begin(session: Session, company: Company, now: datetime, today: date) -> None:
    """What a company has from its first moment on besides its row: empty rollups, and a secret nobody is shown."""
    of_company = {"company_id": company.company_id}
    generation = {"time_zone": company.time_zone, "today": today, "now": now}
    driver(session).execute(_SQL["begin_generation"], of_company | generation)
    driver(session).execute(_SQL["enter"], of_company)
    driver(session).execute(_SQL["keep_secret"], of_company | {"secret": secrets.token_bytes(SECRET_BYTES)})


def list_companies(session: Session) -> list[ListedCompany]:
    """Every company, by slug."""
    limits: defaultdict[int, list[Limit]] = defaultdict(list)
    for row in session.exec(select(CompanyLimitRow).order_by(col(CompanyLimitRow.limit_id))):
        limits[row.company_id].append(Limit(row.metric, row.section, row.value, row.valid_from, row.valid_to))
    rows = session.exec(select(CompanyRow).order_by(col(CompanyRow.slug))).all()
    return [listed(row, limits[row.company_id]) for row in rows]


def listed(row: CompanyRow, limits: Sequence[Limit]) -> ListedCompany:
    """A company with its limits; `stale_after` as it has been agreed, though it may not be in force for a moment."""
    stale_after = row.next_stale_after or row.stale_after
    return ListedCompany(of_row(row), stale_after, row.created_at, row.suspended_at, limits)


def in_words(row: CompanyRow) -> dict[str, Any]:
    """What was agreed on with a company, for its audit."""
    hours = (row.next_stale_after or row.stale_after).total_seconds() / 3600
    return {"timeZone": row.time_zone, "billingAnchorDay": row.billing_anchor_day, "staleAfterHours": hours}


def find_company(session: Session, slug: str) -> Company:
    """The company of this slug. Raises TurnoutError UNKNOWN_COMPANY."""
    return of_row(find_row(session, slug))


def show_company(session: Session, slug: str) -> ListedCompany:
    """The same with what was agreed with it, its limits left aside. Raises TurnoutError UNKNOWN_COMPANY."""
    return listed(find_row(session, slug), ())


def lock_company(session: Session, slug: str) -> Company:
    """The same, and nobody else changes what the company signs in with until the transaction ends."""
    return of_row(find_row(session, slug, lock=True))


def find_row(session: Session, slug: str, *, lock: bool = False) -> CompanyRow:
    """The row of this slug, locked if it is to be changed. Raises TurnoutError UNKNOWN_COMPANY."""
    query = select(CompanyRow).where(col(CompanyRow.slug) == slug)
    row = (
        session.exec(query.with_for_update(key_share=True) if lock else query).first() if SLUG.fullmatch(slug) else None
    )
    if row is None:
        raise TurnoutError(
            "UNKNOWN_COMPANY", f"There is no company {slug!r}.", "`turnout company list` shows the companies there are."
        )
    return row


def _insert(session: Session, row: CompanyRow) -> CompanyRow:
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise TurnoutError(
            "SLUG_TAKEN",
            f"There is a company {row.slug!r} already.",
            "Choose another slug: it names one company for good.",
        ) from error
    return row


def _check(new: NewCompany) -> None:
    if not SLUG.fullmatch(new.slug):
        raise TurnoutError(
            "INVALID_SLUG",
            f"{new.slug!r} cannot be a slug.",
            "Use 1 to 63 lower-case letters, digits and hyphens, the first no hyphen, such as acme-north.",
        )
    check_name(new.name)
    check_anchor_day(new.billing_anchor_day)


def check_name(name: str) -> None:
    """Raises TurnoutError INVALID_NAME."""
    if not (name.isprintable() and name.strip() and len(name) <= LONGEST_NAME):
        raise TurnoutError(
            "INVALID_NAME", f"{name!r} cannot be a name.", f"Use 1 to {LONGEST_NAME} characters on one line."
        )


def check_anchor_day(day: int) -> None:
    """Raises TurnoutError INVALID_ANCHOR_DAY."""
    if not 1 <= day <= 31:
        raise TurnoutError(
            "INVALID_ANCHOR_DAY",
            f"A billing period cannot begin on day {day} of a month.",
            "Use 1 to 31; in shorter months the last day stands for it.",
        )


def of_row(row: CompanyRow) -> Company:
    """The part of a company that every request needs."""
    return Company(row.company_id, row.slug, row.name, row.time_zone, row.billing_anchor_day, row.generation)


def limit_row(company_id: int, limit: Limit) -> CompanyLimitRow:
    """A limit as the table has it."""
    return CompanyLimitRow(
        company_id=company_id,
        metric=limit.metric,
        section=limit.section,
        value=limit.value,
        valid_from=limit.valid_from,
        valid_to=limit.valid_to,
    )
