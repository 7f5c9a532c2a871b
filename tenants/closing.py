"""That somebody has closed a company's billing periods, for its audit."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from turnout.tenants.audit import COMMAND, Act, Actor, note
from turnout.tenants.companies import lock_company


def note_closing(session: Session, slug: str, closed: Sequence[date], now: datetime, *, actor: Actor = COMMAND) -> None:
    """Note which periods have a new revision, by their first days. Raises TurnoutError UNKNOWN_COMPANY."""
    company = lock_company(session, slug)
    days = sorted(day.isoformat() for day in closed)
    note(session, company.company_id, actor, Act("billing.closed", slug, {"firstDays": days}), now)
