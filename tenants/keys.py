"""API keys of companies: what their programs show instead of a password."""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.companies import find_company
from turnout.tenants.company import Company
from turnout.tenants.connection import Door, Statement
from turnout.tenants.credential import Credential, Scope
from turnout.tenants.labels import check_label
from turnout.tenants.models import ApiKeyRow
from turnout.tenants.secrets import base62, digest, random_base62

PREFIX: Final = "turnout_live_key_"
RANDOM: Final = 32
CHECKSUM: Final = 6
SHOWN: Final = len(PREFIX) + 6
LIFETIME: Final = timedelta(days=365)
MOST_DAYS: Final = 3660
_SHAPE: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM + CHECKSUM}}}")
_SQL: Final = statements("turnout.tenants", "authentication.sql")


@dataclass(frozen=True)
class IssuedKey:
    """A new key. The text is nowhere else."""

    key_id: UUID
    text: str
    expires_at: datetime


@dataclass(frozen=True)
class ListedKey:
    """A key as support sees it; the prefix is what it begins with."""

    key_id: UUID
    prefix: str
    scopes: list[str]
    label: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def generate() -> str:
    """A new key of 190 random bits with a checksum behind it, in characters that a double click selects."""
    begun = PREFIX + random_base62(RANDOM)
    return begun + _checksum(begun)


def is_whole(text: str) -> bool:
    """Whether a text has the shape of a key and its checksum is right: typing errors need no database."""
    return bool(_SHAPE.fullmatch(text)) and text.endswith(_checksum(text[:-CHECKSUM]))


async def find_key(door: Door, key: str, now: datetime) -> Credential | None:
    """Whoever a key belongs to; None for one that is unknown, revoked or expired. Raises TurnoutError BUSY."""
    if not is_whole(key):
        return None
    found = await door.authenticate(Statement(_SQL["find_key"], {"digest": digest(key), "now": now}, _credential))
    return found[0] if found else None


def lifetime(days: int) -> timedelta:
    """How long a key lasts that is to end after so many days. Raises TurnoutError INVALID_LIFETIME."""
    if not 1 <= days <= MOST_DAYS:
        raise TurnoutError("INVALID_LIFETIME", f"A key cannot end after {days} days.", f"Use 1 to {MOST_DAYS} days.")
    return timedelta(days=days)


def issue_key(
    session: Session,
    slug: str,
    scopes: Iterable[str],
    now: datetime,
    *,
    label: str | None = None,
    lasting: timedelta = LIFETIME,
    user_key: str | None = None,
) -> IssuedKey:
    """Give a company a key; with a user's id it sees that user's own things alone.

    Raises TurnoutError UNKNOWN_COMPANY, INVALID_SCOPE, INVALID_LABEL.
    """
    check_label(label)
    company = find_company(session, slug)
    text = generate()
    row = ApiKeyRow(
        company_id=company.company_id,
        key_id=uuid4(),
        digest=digest(text),
        prefix=text[:SHOWN],
        scopes=_known(scopes),
        label=label,
        created_at=now,
        expires_at=now + lasting,
        user_key=user_key,
    )
    session.add(row)
    session.flush()
    return IssuedKey(row.key_id, text, row.expires_at)


def list_keys(session: Session, slug: str) -> list[ListedKey]:
    """Every key a company was ever given, the latest first. Raises TurnoutError UNKNOWN_COMPANY."""
    company = find_company(session, slug)
    rows = session.exec(
        select(ApiKeyRow)
        .where(col(ApiKeyRow.company_id) == company.company_id)
        .order_by(col(ApiKeyRow.created_at).desc(), col(ApiKeyRow.key_id))
    )
    return [ListedKey(r.key_id, r.prefix, r.scopes, r.label, r.created_at, r.expires_at, r.revoked_at) for r in rows]


def revoke_key(session: Session, slug: str, key_id: UUID, now: datetime) -> None:
    """End a key at once. Raises TurnoutError UNKNOWN_COMPANY, UNKNOWN_KEY."""
    company = find_company(session, slug)
    row = session.get(ApiKeyRow, (company.company_id, key_id), with_for_update=True)
    if row is None or row.revoked_at:
        raise TurnoutError(
            "UNKNOWN_KEY",
            f"The company {slug!r} has no active key {key_id}.",
            f"`turnout key list {slug}` shows those it has.",
        )
    row.revoked_at = now
    session.add(row)
    session.flush()


def _checksum(begun: str) -> str:
    return base62(zlib.crc32(begun.encode()), CHECKSUM)


def _known(scopes: Iterable[str]) -> list[str]:
    """Each scope once, in the order of the list. Raises TurnoutError INVALID_SCOPE."""
    asked = set(scopes)
    if not asked or not asked <= set(Scope):
        wrong = ", ".join(sorted(map(repr, asked - set(Scope)))) or "none"
        raise TurnoutError("INVALID_SCOPE", f"A key cannot have the scope {wrong}.", f"Use of {', '.join(Scope)}.")
    return [scope.value for scope in Scope if scope in asked]


def _credential(
    company_id: int,
    slug: str,
    name: str,
    time_zone: str,
    anchor_day: int,
    generation: int,
    key_id: UUID,
    scopes: list[str],
    user_key: str | None,
) -> Credential:
    company = Company(company_id, slug, name, time_zone, anchor_day, generation)
    return Credential(company, "key", key_id, frozenset(scopes), user_key=user_key)
