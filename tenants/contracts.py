"""The limits that a company has contracted, as support agrees on them: read at every question, so in force at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from turnout.database.errors import TurnoutError
from turnout.tenants.audit import COMMAND, Act, Actor, note
from turnout.tenants.companies import find_company, limit_row, lock_company
from turnout.tenants.limits import Limit, LimitMetric, Section, check_limit
from turnout.tenants.models import CompanyLimitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLimit(Limit):
    """A limit with the number that support removes it by."""

    limit_id: int


def set_limit(session: Session, slug: str, limit: Limit, now: datetime, *, actor: Actor = COMMAND) -> int:
    """Agree on a limit; it takes the place of one of the same metric and section that begins on the same day.

    Returns its number. Raises UNKNOWN_COMPANY, INVALID_LIMIT.
    """
    check_limit(limit)
    company = lock_company(session, slug)
    same = next((row for row in _rows(session, company.company_id) if _begins_alike(row, limit)), None)
    before = same and str(_limit(same))
    row = same or limit_row(company.company_id, limit)
    row.value, row.valid_to = limit.value, limit.valid_to
    session.add(row)
    session.flush()
    said = {"limit": str(limit)} | ({"before": before} if before else {})
    note(session, company.company_id, actor, Act("limit.set", str(row.limit_id), said), now)
    return row.limit_id


def remove_limit(session: Session, slug: str, limit_id: int, now: datetime, *, actor: Actor = COMMAND) -> None:
    """Take a limit away, for all of the past too. Raises UNKNOWN_COMPANY, UNKNOWN_LIMIT."""
    company = lock_company(session, slug)
    row = next((row for row in _rows(session, company.company_id) if row.limit_id == limit_id), None)
    if row is None:
        raise TurnoutError(
            "UNKNOWN_LIMIT",
            f"The company {slug!r} has no limit {limit_id}.",
            f"`turnout company limit list {slug}` shows those it has.",
        )
    session.delete(row)
    session.flush()
    note(session, company.company_id, actor, Act("limit.removed", str(limit_id), {"limit": str(_limit(row))}), now)


def list_limits(session: Session, slug: str) -> list[ListedLimit]:
    """Every limit of a company, past and future ones too: by metric, section and first day. Raises UNKNOWN_COMPANY."""
    rows = _rows(session, find_company(session, slug).company_id)
    return [ListedLimit(*_members(row), limit_id=row.limit_id) for row in rows]


def _rows(session: Session, company_id: int) -> Sequence[CompanyLimitRow]:
    order = [col(CompanyLimitRow.metric), col(CompanyLimitRow.section), col(CompanyLimitRow.valid_from).nulls_first()]
    query = select(CompanyLimitRow).where(col(CompanyLimitRow.company_id) == company_id)
    return session.exec(query.order_by(*order, col(CompanyLimitRow.limit_id))).all()


def _begins_alike(row: CompanyLimitRow, limit: Limit) -> bool:
    return (row.metric, row.section, row.valid_from) == (limit.metric, limit.section, limit.valid_from)


def _limit(row: CompanyLimitRow) -> Limit:
    return Limit(*_members(row))


def _members(row: CompanyLimitRow) -> tuple[LimitMetric, Section, float, date | None, date | None]:
    return row.metric, row.section, row.value, row.valid_from, row.valid_to
