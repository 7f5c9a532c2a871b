"""The rows of keys: made within bounds, found again, and told to the audit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlmodel import Session, col, func, select

from turnout.database.errors import TurnoutError
from turnout.tenants.audit import Actor
from turnout.tenants.company import Company
from turnout.tenants.credential import Scope
from turnout.tenants.key_texts import SHOWN, generate
from turnout.tenants.models import ApiKeyRow
from turnout.tenants.reach import Reach
from turnout.tenants.secrets import digest

MOST_ACTIVE: Final = 100


@dataclass(frozen=True)
class IssuedKey:
    """A new key. The text is nowhere else."""

    key_id: UUID
    text: str
    expires_at: datetime


@dataclass(frozen=True)
class Maker:
    """Whoever makes a key; `within` is the reach of the key that makes it, None for people."""

    actor: Actor
    within: Reach | None = None


def make(session: Session, company: Company, reach: Reach, label: str | None, maker: Maker, now: datetime) -> IssuedKey:
    """A key of this reach for a company that is locked. Raises TurnoutError KEY_TOO_STRONG, TOO_MANY_KEYS."""
    if maker.within:
        maker.within.demand(reach)
    _refuse_too_many(session, company.company_id, now)
    text = generate()
    row = ApiKeyRow(
        company_id=company.company_id,
        key_id=uuid4(),
        digest=digest(text),
        prefix=text[:SHOWN],
        scopes=[scope.value for scope in Scope if scope in reach.scopes],
        label=label,
        created_at=now,
        expires_at=reach.expires_at,
        user_key=reach.user_key,
        addresses=list(reach.addresses),
        issued_by=maker.actor.name or maker.actor.kind.value,
    )
    session.add(row)
    session.flush()
    return IssuedKey(row.key_id, text, row.expires_at)


def reach_of(row: ApiKeyRow) -> Reach:
    """What a key may be used for."""
    return Reach(frozenset(row.scopes), tuple(row.addresses), row.expires_at, row.user_key)


def told(reach: Reach) -> dict[str, Any]:
    """What the audit says of a key: of a user that there is one, not who."""
    return {
        "scopes": sorted(reach.scopes),
        "addresses": [str(address) for address in reach.addresses],
        "expiresAt": reach.expires_at.isoformat(),
        "oneUser": reach.user_key is not None,
    }


def unrevoked(session: Session, company: Company, key_id: UUID) -> ApiKeyRow:
    """A key of this company, locked, expired or not. Raises TurnoutError UNKNOWN_KEY."""
    row = session.get(ApiKeyRow, (company.company_id, key_id), with_for_update=True)
    if row is None or row.revoked_at:
        raise unknown_key(company.slug, key_id)
    return row


def active(session: Session, company: Company, key_id: UUID, now: datetime) -> ApiKeyRow:
    """A key of this company that works now, locked. Raises TurnoutError UNKNOWN_KEY."""
    row = unrevoked(session, company, key_id)
    if row.expires_at <= now:
        raise unknown_key(company.slug, key_id)
    return row


def unknown_key(slug: str, key_id: object) -> TurnoutError:
    """What is said of a key that the company has not, or not any more."""
    return TurnoutError(
        "UNKNOWN_KEY",
        f"The company {slug!r} has no active key {key_id}.",
        f"`turnout key list {slug}` shows those it has, and so does the question `keys`.",
    )


def _refuse_too_many(session: Session, company_id: int, now: datetime) -> None:
    unended = (
        select(func.count())
        .select_from(ApiKeyRow)
        .where(
            col(ApiKeyRow.company_id) == company_id,
            col(ApiKeyRow.revoked_at).is_(None),
            col(ApiKeyRow.expires_at) > now,
        )
    )
    if session.exec(unended).one() >= MOST_ACTIVE:
        raise TurnoutError(
            "TOO_MANY_KEYS", f"The company has {MOST_ACTIVE} active keys already.", "Revoke those that nothing uses."
        )
