"""Passwords of companies: generated here and shown once, or chosen by the company; kept as Argon2id hashes."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from turnout.database.errors import TurnoutError
from turnout.tenants.audit import COMMAND, Act, Actor, note
from turnout.tenants.companies import find_company, lock_company
from turnout.tenants.hashing import HASHER
from turnout.tenants.labels import check_label
from turnout.tenants.models import ActivationLinkRow, CompanyPasswordRow, CompanySessionRow
from turnout.tenants.rotation import OVERLAP, check_overlap

# 32 symbols of which no two look alike: 0 and O are left out, and 1 and I are read as the L that they look like.
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUPS: Final = 4
GROUP: Final = 5
MOST_ACTIVE: Final = 3
# One more while it is being rotated. A sign-in that fails has always waited for so many hashes.
MOST_VERIFIED: Final = MOST_ACTIVE + 1
LONGEST: Final = 1024
ACTIVATION: Final = timedelta(hours=72)
_LOOK_ALIKE: Final = str.maketrans("1I", "LL")
_GENERATED: Final = re.compile(f"[{ALPHABET}]{{{GROUPS * GROUP}}}")


@dataclass(frozen=True)
class IssuedPassword:
    """A new password. The text is nowhere else."""

    password_id: UUID
    text: str


@dataclass(frozen=True)
class ListedPassword:
    """A password as support sees it. A chosen one has been seen by nobody but the company."""

    password_id: UUID
    label: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    must_change: bool
    chosen: bool
    issued_by: str | None

    @property
    def kind(self) -> str:
        """CHOSEN by the company, for its ACTIVATION alone, or GENERATED."""
        return "CHOSEN" if self.chosen else "ACTIVATION" if self.must_change else "GENERATED"


def generate() -> str:
    """A new password of 100 random bits, such as K7QFM-2XWPA-9RTBC-HD4VE."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def readable(entered: str) -> bytes | None:
    """What of an entered password is hashed where a generated one is expected; None for what can be no password at all.

    Case, dashes and surrounding blanks mean nothing in a generated password. Anything else is taken as it is.
    """
    symbols = entered[: LONGEST + 1].strip().replace("-", "").upper().translate(_LOOK_ALIKE)
    whole = exact(entered)
    return symbols.encode() if whole and _GENERATED.fullmatch(symbols) else whole


def exact(entered: str) -> bytes | None:
    """What of an entered password is hashed where a chosen one is expected: all of it; None for what can be none."""
    try:
        whole = entered[: LONGEST + 1].encode()
    except UnicodeEncodeError:
        return None
    return whole if len(whole) <= LONGEST else None


def issue_password(
    session: Session,
    slug: str,
    label: str | None,
    now: datetime,
    *,
    actor: Actor = COMMAND,
    expires_at: datetime | None = None,
    must_change: bool = False,
) -> IssuedPassword:
    """Give a company one more password.

    With `must_change` it is an activation secret, which ends after 72 hours unless `expires_at` says otherwise.
    Raises TurnoutError UNKNOWN_COMPANY, INVALID_LABEL, INVALID_EXPIRY, TOO_MANY_PASSWORDS.
    """
    check_label(label)
    _check_expiry(expires_at, now)
    company = lock_company(session, slug)
    check_room(session, company.company_id, slug, now)
    ends = expires_at or (now + ACTIVATION if must_change else None)
    text, row = _new(company.company_id, label, now, actor, must_change=must_change, expires_at=ends)
    session.add(row)
    session.flush()
    note(session, company.company_id, actor, Act("password.issued", str(row.password_id), _details(row)), now)
    return IssuedPassword(row.password_id, text)


def rotate_password(
    session: Session,
    slug: str,
    password_id: UUID,
    now: datetime,
    *,
    overlap: timedelta = OVERLAP,
    actor: Actor = COMMAND,
) -> IssuedPassword:
    """Give a company another password instead of one, which ends after the overlap together with its sessions.

    No overlap is for a password that others know: it and its sessions end at once. The new one has the old one's
    label and, where that had one, its expiry.
    Raises TurnoutError UNKNOWN_COMPANY, UNKNOWN_PASSWORD, INVALID_OVERLAP, TOO_MANY_PASSWORDS.
    """
    check_overlap(overlap)
    company = lock_company(session, slug)
    old = _find(session, company.company_id, slug, password_id, now)
    if overlap and _places(session, company.company_id, now) >= MOST_VERIFIED:
        raise _too_many(slug)
    text, new = _new(
        company.company_id, old.label, now, actor, must_change=old.must_change, expires_at=_end_of_successor(old, now)
    )
    session.add(new)
    _end(session, old, now, overlap)
    details = _details(new) | {"by": str(new.password_id), "overlapSeconds": overlap.total_seconds()}
    note(session, company.company_id, actor, Act("password.rotated", str(old.password_id), details), now)
    return IssuedPassword(new.password_id, text)


def list_passwords(session: Session, slug: str) -> list[ListedPassword]:
    """Every password a company was ever given, the latest first. Raises TurnoutError UNKNOWN_COMPANY."""
    company = find_company(session, slug)
    rows = session.exec(
        select(CompanyPasswordRow)
        .where(col(CompanyPasswordRow.company_id) == company.company_id)
        .order_by(col(CompanyPasswordRow.created_at).desc(), col(CompanyPasswordRow.password_id))
    )
    return [_listed(row) for row in rows]


def revoke_password(session: Session, slug: str, password_id: UUID, now: datetime, *, actor: Actor = COMMAND) -> None:
    """End a password and every session begun with it. Raises TurnoutError UNKNOWN_COMPANY, UNKNOWN_PASSWORD."""
    company = lock_company(session, slug)
    _revoke(session, [_find(session, company.company_id, slug, password_id, now)], now)
    note(session, company.company_id, actor, Act("password.revoked", str(password_id)), now)


def revoke_passwords(session: Session, slug: str, now: datetime, *, actor: Actor = COMMAND) -> int:
    """End all passwords of a company, every session and every open link; says how many passwords.

    Raises TurnoutError UNKNOWN_COMPANY.
    """
    company = lock_company(session, slug)
    rows = _active(session, company.company_id, now)
    _revoke(session, rows, now)
    links = _revoke_links(session, company.company_id, now)
    for row in rows:
        note(session, company.company_id, actor, Act("password.revoked", str(row.password_id)), now)
    for link_id in links:
        note(session, company.company_id, actor, Act("link.revoked", str(link_id)), now)
    return len(rows)


def check_room(session: Session, company_id: int, slug: str, now: datetime) -> None:
    """Raises TOO_MANY_PASSWORDS unless one more may be issued. A link that is open keeps the place of its password."""
    if _places(session, company_id, now) >= MOST_ACTIVE:
        raise _too_many(slug)


def _places(session: Session, company_id: int, now: datetime) -> int:
    return len(_active(session, company_id, now)) + len(_open_links(session, company_id, now))


def _open_links(session: Session, company_id: int, now: datetime) -> Sequence[ActivationLinkRow]:
    query = select(ActivationLinkRow).where(
        col(ActivationLinkRow.company_id) == company_id,
        col(ActivationLinkRow.used_at).is_(None),
        col(ActivationLinkRow.revoked_at).is_(None),
        col(ActivationLinkRow.expires_at) > now,
    )
    return session.exec(query).all()


def _revoke_links(session: Session, company_id: int, now: datetime) -> list[UUID]:
    """The links that were open. Who uses one holds the company, which is locked: none is used in the meantime."""
    rows = _open_links(session, company_id, now)
    for row in rows:
        row.revoked_at = now
        session.add(row)
    session.flush()
    return [row.link_id for row in rows]


def _too_many(slug: str) -> TurnoutError:
    return TurnoutError(
        "TOO_MANY_PASSWORDS",
        f"The company {slug!r} has {MOST_ACTIVE} passwords already, open links included.",
        f"Revoke one first: turnout password list {slug}, then turnout password revoke {slug} --id ID.",
    )


def _check_expiry(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise TurnoutError("INVALID_EXPIRY", "It would have expired already.", "Name an instant in the future.")


def _new(
    company_id: int, label: str | None, now: datetime, actor: Actor, *, must_change: bool, expires_at: datetime | None
) -> tuple[str, CompanyPasswordRow]:
    text = generate()
    row = CompanyPasswordRow(
        company_id=company_id,
        password_id=uuid4(),
        hash=HASHER.hash(text.replace("-", "")),
        label=label,
        created_at=now,
        issued_by=actor.name,
        expires_at=expires_at,
        must_change=must_change,
    )
    return text, row


def _end_of_successor(old: CompanyPasswordRow, now: datetime) -> datetime | None:
    return now + ACTIVATION if old.must_change else old.expires_at


def _end(session: Session, old: CompanyPasswordRow, now: datetime, overlap: timedelta) -> None:
    if not overlap:
        _revoke(session, [old], now)
        return
    old.expires_at = min(old.expires_at or now + overlap, now + overlap)
    session.add(old)
    session.flush()


def _details(row: CompanyPasswordRow) -> dict[str, object]:
    expires = row.expires_at and row.expires_at.isoformat()
    return {"label": row.label, "expiresAt": expires, "mustChange": row.must_change}


def _listed(row: CompanyPasswordRow) -> ListedPassword:
    return ListedPassword(
        row.password_id,
        row.label,
        row.created_at,
        row.expires_at,
        row.last_used_at,
        row.revoked_at,
        row.must_change,
        row.chosen,
        row.issued_by,
    )


def _find(session: Session, company_id: int, slug: str, password_id: UUID, now: datetime) -> CompanyPasswordRow:
    for row in _active(session, company_id, now):
        if row.password_id == password_id:
            return row
    raise TurnoutError(
        "UNKNOWN_PASSWORD",
        f"The company {slug!r} has no active password {password_id}.",
        f"`turnout password list {slug}` shows those it has.",
    )


def _active(session: Session, company_id: int, now: datetime) -> Sequence[CompanyPasswordRow]:
    query = select(CompanyPasswordRow).where(
        col(CompanyPasswordRow.company_id) == company_id,
        col(CompanyPasswordRow.revoked_at).is_(None),
        or_(col(CompanyPasswordRow.expires_at).is_(None), col(CompanyPasswordRow.expires_at) > now),
    )
    return session.exec(query).all()


def _revoke(session: Session, rows: Sequence[CompanyPasswordRow], now: datetime) -> None:
    """First the passwords, whose lock a sign-in waits for, then the sessions that were quicker."""
    for row in rows:
        row.revoked_at = now
        session.add(row)
    session.flush()
    for row in rows:
        session.exec(
            delete(CompanySessionRow).where(
                col(CompanySessionRow.company_id) == row.company_id,
                col(CompanySessionRow.password_id) == row.password_id,
            )
        )
