"""Passwords of companies: generated here, shown once, kept as Argon2id hashes. Nobody chooses one."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlmodel import Session, col, select

from turnout.database.errors import TurnoutError
from turnout.tenants.companies import find_company, lock_company
from turnout.tenants.hashing import HASHER
from turnout.tenants.labels import check_label
from turnout.tenants.models import CompanyPasswordRow, CompanySessionRow

# 32 symbols of which no two look alike: 0 and O are left out, and 1 and I are read as the L that they look like.
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUPS: Final = 4
GROUP: Final = 5
MOST_ACTIVE: Final = 3
LONGEST: Final = 1024
_LOOK_ALIKE: Final = str.maketrans("1I", "LL")
_GENERATED: Final = re.compile(f"[{ALPHABET}]{{{GROUPS * GROUP}}}")


@dataclass(frozen=True)
class IssuedPassword:
    """A new password. The text is nowhere else."""

    password_id: UUID
    text: str


@dataclass(frozen=True)
class ListedPassword:
    """A password as support sees it."""

    password_id: UUID
    label: str | None
    created_at: datetime
    revoked_at: datetime | None


def generate() -> str:
    """A new password of 100 random bits, such as K7QFM-2XWPA-9RTBC-HD4VE."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def readable(entered: str) -> bytes | None:
    """What of an entered password is hashed; None for what can be no password at all.

    Case, dashes and surrounding blanks mean nothing in a generated password. Anything else is taken as it is.
    """
    try:
        whole = entered[: LONGEST + 1].encode()
    except UnicodeEncodeError:
        return None
    if len(whole) > LONGEST:
        return None
    symbols = entered.strip().replace("-", "").upper().translate(_LOOK_ALIKE)
    return symbols.encode() if _GENERATED.fullmatch(symbols) else whole


def issue_password(session: Session, slug: str, label: str | None, now: datetime) -> IssuedPassword:
    """Give a company one more password. Raises TurnoutError UNKNOWN_COMPANY, INVALID_LABEL, TOO_MANY_PASSWORDS."""
    check_label(label)
    company = lock_company(session, slug)
    if len(_active(session, company.company_id)) >= MOST_ACTIVE:
        raise TurnoutError(
            "TOO_MANY_PASSWORDS",
            f"The company {slug!r} has {MOST_ACTIVE} passwords already.",
            f"Revoke one first: turnout password list {slug}, then turnout password revoke {slug} --id ID.",
        )
    text = generate()
    row = CompanyPasswordRow(
        company_id=company.company_id,
        password_id=uuid4(),
        hash=HASHER.hash(text.replace("-", "")),
        label=label,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return IssuedPassword(row.password_id, text)


def list_passwords(session: Session, slug: str) -> list[ListedPassword]:
    """Every password a company was ever given, the latest first. Raises TurnoutError UNKNOWN_COMPANY."""
    company = find_company(session, slug)
    rows = session.exec(
        select(CompanyPasswordRow)
        .where(col(CompanyPasswordRow.company_id) == company.company_id)
        .order_by(col(CompanyPasswordRow.created_at).desc(), col(CompanyPasswordRow.password_id))
    )
    return [ListedPassword(row.password_id, row.label, row.created_at, row.revoked_at) for row in rows]


def revoke_password(session: Session, slug: str, password_id: UUID, now: datetime) -> None:
    """End a password and every session begun with it. Raises TurnoutError UNKNOWN_COMPANY, UNKNOWN_PASSWORD."""
    company = lock_company(session, slug)
    rows = [row for row in _active(session, company.company_id) if row.password_id == password_id]
    if not rows:
        raise TurnoutError(
            "UNKNOWN_PASSWORD",
            f"The company {slug!r} has no active password {password_id}.",
            f"`turnout password list {slug}` shows those it has.",
        )
    _revoke(session, rows, now)


def revoke_passwords(session: Session, slug: str, now: datetime) -> int:
    """End all passwords of a company and every session; says how many. Raises TurnoutError UNKNOWN_COMPANY."""
    company = lock_company(session, slug)
    rows = _active(session, company.company_id)
    _revoke(session, rows, now)
    return len(rows)


def _active(session: Session, company_id: int) -> Sequence[CompanyPasswordRow]:
    query = select(CompanyPasswordRow).where(
        col(CompanyPasswordRow.company_id) == company_id, col(CompanyPasswordRow.revoked_at).is_(None)
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
