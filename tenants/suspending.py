"""Suspending a company: nobody signs in, no key or SQL login works, nothing is taken in. Nothing is lost."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from turnout.tenants.audit import COMMAND, Act, Actor, note
from turnout.tenants.companies import find_row
from turnout.tenants.models import CompanyRow, CompanySessionRow


def suspend_company(session: Session, slug: str, now: datetime, *, actor: Actor = COMMAND) -> None:
    """Shut a company out at once, and end its sessions; one that is suspended stays so. Raises UNKNOWN_COMPANY.

    Waits for what is being ingested for it; what the functions of authentication find already depends on the row.
    """
    row = find_row(session, slug, lock=True)
    if row.suspended_at:
        return
    _set(session, row, now)
    session.exec(delete(CompanySessionRow).where(col(CompanySessionRow.company_id) == row.company_id))
    note(session, row.company_id, actor, Act("company.suspended", slug), now)


def restore_company(session: Session, slug: str, now: datetime, *, actor: Actor = COMMAND) -> None:
    """Let a company in again, with all that it had but its sessions. Raises UNKNOWN_COMPANY."""
    row = find_row(session, slug, lock=True)
    if not row.suspended_at:
        return
    since = row.suspended_at
    _set(session, row, None)
    note(session, row.company_id, actor, Act("company.restored", slug, {"suspendedAt": since.isoformat()}), now)


def _set(session: Session, row: CompanyRow, at: datetime | None) -> None:
    row.suspended_at = at
    session.add(row)
    session.flush()
