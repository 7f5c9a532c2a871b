"""Keys as a company manages them itself: signed in, or by a key, which makes none that goes beyond itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from turnout.database.errors import TurnoutError
from turnout.tenants.audit import Actor
from turnout.tenants.companies import lock_company
from turnout.tenants.company import Company
from turnout.tenants.credential import Credential
from turnout.tenants.key_rows import IssuedKey, active, reach_of, unrevoked
from turnout.tenants.keys import LIFETIME, MOST_DAYS, issue_key, revoke_key, rotate_key
from turnout.tenants.models import CompanyPasswordRow, CompanyRow, CompanySessionRow
from turnout.tenants.reach import Reach


@dataclass(frozen=True)
class Wish:
    """What a key is to be; without an end it lasts a year, or as long as the key that makes it."""

    scopes: Sequence[str]
    label: str | None = None
    expires_at: datetime | None = None
    addresses: Sequence[str] = ()
    user_key: str | None = None


def issue_own_key(session: Session, maker: Credential, wish: Wish, now: datetime, actor: Actor) -> IssuedKey:
    """Make a key of the company. Raises as `issue_key` does, and TurnoutError INVALID_LIFETIME, UNAUTHENTICATED."""
    within = _reach(session, maker, now)
    return issue_key(
        session,
        maker.company.slug,
        wish.scopes,
        now,
        label=wish.label,
        lasting=_lasting(wish.expires_at, within, now),
        addresses=wish.addresses,
        user_key=wish.user_key,
        actor=actor,
        within=within,
    )


def rotate_own_key(
    session: Session, maker: Credential, key_id: UUID, now: datetime, *, overlap: timedelta, actor: Actor
) -> IssuedKey:
    """Let a new key take the place of one of the company's. Raises as `rotate_key` does, and UNAUTHENTICATED."""
    within = _reach(session, maker, now)
    return rotate_key(session, maker.company.slug, key_id, now, overlap=overlap, actor=actor, within=within)


def revoke_own_key(session: Session, maker: Credential, key_id: UUID, now: datetime, actor: Actor) -> None:
    """End a key of the company at once.

    Raises TurnoutError UNKNOWN_KEY, KEY_TOO_STRONG for one beyond the maker's, UNAUTHENTICATED.
    """
    within = _reach(session, maker, now)
    if within:
        within.demand(reach_of(unrevoked(session, maker.company, key_id)).ending_by(within.expires_at))
    revoke_key(session, maker.company.slug, key_id, now, actor=actor)


def _reach(session: Session, maker: Credential, now: datetime) -> Reach | None:
    """What the maker's own key may be used for; None for whoever has signed in.

    The company is locked first, as by everybody who changes its keys and passwords: what has been revoked until then
    makes nothing that lasts.
    """
    company = lock_company(session, maker.company.slug)
    if maker.kind == "session":
        _demand_session(session, company, maker.credential_id, now)
        return None
    return reach_of(active(session, company, maker.credential_id, now))


def _demand_session(session: Session, company: Company, session_id: UUID, now: datetime) -> None:
    """Raises TurnoutError UNAUTHENTICATED unless whoever has signed in would still be let in."""
    of_password = (col(CompanyPasswordRow.company_id) == col(CompanySessionRow.company_id)) & (
        col(CompanyPasswordRow.password_id) == col(CompanySessionRow.password_id)
    )
    valid = (
        select(CompanySessionRow.session_id)
        .join(CompanyPasswordRow, of_password)
        .join(CompanyRow, col(CompanyRow.company_id) == col(CompanySessionRow.company_id))
        .where(
            col(CompanySessionRow.company_id) == company.company_id,
            col(CompanySessionRow.session_id) == session_id,
            col(CompanySessionRow.expires_at) > now,
            col(CompanyPasswordRow.revoked_at).is_(None),
            or_(col(CompanyPasswordRow.expires_at).is_(None), col(CompanyPasswordRow.expires_at) > now),
            col(CompanyRow.suspended_at).is_(None),
        )
    )
    if session.exec(valid).first() is None:
        raise TurnoutError("UNAUTHENTICATED", "The session has ended in the meantime.", "Sign in again.")


def _lasting(expires_at: datetime | None, within: Reach | None, now: datetime) -> timedelta:
    if expires_at is None:
        return min(LIFETIME, within.expires_at - now) if within else LIFETIME
    lasting = expires_at - now
    if not timedelta() < lasting <= timedelta(days=MOST_DAYS):
        raise TurnoutError(
            "INVALID_LIFETIME",
            f"A key cannot end at {expires_at.isoformat()}.",
            f"Use at most {MOST_DAYS} days from now.",
        )
    return lasting
