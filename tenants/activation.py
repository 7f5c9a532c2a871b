"""Activation links: a company chooses its password itself, once, so that support never sees it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from turnout.database.errors import TurnoutError
from turnout.tenants.audit import COMMAND, Act, Actor, note
from turnout.tenants.companies import find_company, lock_company
from turnout.tenants.labels import check_label
from turnout.tenants.models import ActivationLinkRow
from turnout.tenants.passwords import check_room
from turnout.tenants.secrets import digest, random_base62

PREFIX: Final = "turnout_link_"
RANDOM: Final = 43  # 256 bits
LIFETIME: Final = timedelta(hours=24)


@dataclass(frozen=True)
class IssuedLink:
    """A new link. The secret is nowhere else."""

    link_id: UUID
    secret: str
    expires_at: datetime


@dataclass(frozen=True)
class ListedLink:
    """A link as support sees it."""

    link_id: UUID
    label: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    issued_by: str | None


def issue_link(session: Session, slug: str, label: str | None, now: datetime, *, actor: Actor = COMMAND) -> IssuedLink:
    """Give a company a link of 24 hours on which it chooses one more password, of this label.

    Raises TurnoutError UNKNOWN_COMPANY, INVALID_LABEL, TOO_MANY_PASSWORDS.
    """
    check_label(label)
    company = lock_company(session, slug)
    check_room(session, company.company_id, slug, now)
    secret = PREFIX + random_base62(RANDOM)
    row = ActivationLinkRow(
        company_id=company.company_id,
        link_id=uuid4(),
        digest=digest(secret),
        label=label,
        issued_by=actor.name,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(row)
    session.flush()
    details = {"label": label, "expiresAt": row.expires_at.isoformat()}
    note(session, company.company_id, actor, Act("link.issued", str(row.link_id), details), now)
    return IssuedLink(row.link_id, secret, row.expires_at)


def list_links(session: Session, slug: str) -> list[ListedLink]:
    """Every link a company was ever given, the latest first. Raises TurnoutError UNKNOWN_COMPANY."""
    company = find_company(session, slug)
    rows = session.exec(
        select(ActivationLinkRow)
        .where(col(ActivationLinkRow.company_id) == company.company_id)
        .order_by(col(ActivationLinkRow.created_at).desc(), col(ActivationLinkRow.link_id))
    )
    return [
        ListedLink(r.link_id, r.label, r.created_at, r.expires_at, r.used_at, r.revoked_at, r.issued_by) for r in rows
    ]


def revoke_link(session: Session, slug: str, link_id: UUID, now: datetime, *, actor: Actor = COMMAND) -> None:
    """End a link that nobody has used. Raises TurnoutError UNKNOWN_COMPANY, UNKNOWN_LINK."""
    company = lock_company(session, slug)
    row = session.get(ActivationLinkRow, (company.company_id, link_id), with_for_update=True)
    if row is None or row.used_at or row.revoked_at:
        raise TurnoutError(
            "UNKNOWN_LINK",
            f"The company {slug!r} has no open link {link_id}.",
            f"`turnout password links {slug}` shows those it has.",
        )
    row.revoked_at = now
    session.add(row)
    session.flush()
    note(session, company.company_id, actor, Act("link.revoked", str(link_id)), now)
