"""API keys of companies: what their programs show instead of a password."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.addresses import read_ranges
from turnout.tenants.audit import COMMAND, Act, Actor, note
from turnout.tenants.companies import find_company, lock_company
from turnout.tenants.company import Company
from turnout.tenants.connection import Door, Statement
from turnout.tenants.credential import Credential, Scope
from turnout.tenants.key_rows import IssuedKey, Maker, active, make, reach_of, told, unknown_key, unrevoked
from turnout.tenants.key_texts import is_whole
from turnout.tenants.labels import check_label
from turnout.tenants.models import ApiKeyRow
from turnout.tenants.reach import Reach
from turnout.tenants.rotation import OVERLAP, check_overlap
from turnout.tenants.secrets import digest

LIFETIME: Final = timedelta(days=365)
MOST_DAYS: Final = 3660
LONGEST_USER: Final = 200
# An id as it may be told: no control characters, and nothing that is not in Unicode.
_ID: Final = re.compile(rf"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{{1,{LONGEST_USER}}}")
# A key of one user sees; whatever tells or makes something is the whole company's.
OF_ONE_USER: Final[frozenset[str]] = frozenset({Scope.READ_STATS, Scope.READ_PEOPLE})
_SQL: Final = statements("turnout.tenants", "authentication.sql")


@dataclass(frozen=True)
class ListedKey:
    """A key as support and its company see it; the prefix is what it begins with."""

    key_id: UUID
    prefix: str
    label: str | None
    scopes: list[str]
    addresses: list[str]
    user_key: str | None
    issued_by: str | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    replaced_by: UUID | None
    revoked_at: datetime | None


async def find_key(door: Door, key: str, now: datetime, address: str | None = None) -> Credential | None:
    """Whoever a key belongs to; None for one that is unknown, revoked, expired or not to be used from this address.

    That it was used is written down, to the minute. Raises TurnoutError BUSY.
    """
    if not is_whole(key):
        return None
    asked = {"digest": digest(key), "now": now, "address": address}
    found = await door.authenticate(Statement(_SQL["find_key"], asked, _credential))
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
    addresses: Iterable[str] = (),
    user_key: str | None = None,
    actor: Actor = COMMAND,
    within: Reach | None = None,
) -> IssuedKey:
    """Give a company a key: usable from everywhere unless ranges of addresses are given, for all unless for one user.

    `within` is the reach of the key that makes it. Raises TurnoutError UNKNOWN_COMPANY, INVALID_SCOPE,
    INVALID_ADDRESS, INVALID_USER, INVALID_LABEL, KEY_TOO_STRONG, TOO_MANY_KEYS.
    """
    check_label(label)
    check_user(user_key)
    reach = Reach(_known(scopes, user_key), tuple(read_ranges(addresses)), now + lasting, user_key)
    company = lock_company(session, slug)
    issued = make(session, company, reach, label, Maker(actor, within), now)
    note(session, company.company_id, actor, Act("key.issued", str(issued.key_id), told(reach)), now)
    return issued


def rotate_key(
    session: Session,
    slug: str,
    key_id: UUID,
    now: datetime,
    *,
    overlap: timedelta = OVERLAP,
    actor: Actor = COMMAND,
    within: Reach | None = None,
) -> IssuedKey:
    """Let a new key that reaches as far and lasts as long take the place of one that ends after the overlap.

    Made by a key, it ends with that key at the latest. Raises TurnoutError UNKNOWN_COMPANY, UNKNOWN_KEY,
    KEY_REPLACED, INVALID_OVERLAP, KEY_TOO_STRONG, TOO_MANY_KEYS.
    """
    check_overlap(overlap)
    company = lock_company(session, slug)
    old = active(session, company, key_id, now)
    _refuse_replaced(old)
    reach = _succeeding(old, within, now)
    new = make(session, company, reach, old.label, Maker(actor, within), now)
    old.replaced_by, old.expires_at = new.key_id, min(old.expires_at, now + overlap)
    session.add(old)
    session.flush()
    details = told(reach) | {"replacedBy": str(new.key_id), "oldExpiresAt": old.expires_at.isoformat()}
    note(session, company.company_id, actor, Act("key.rotated", str(key_id), details), now)
    return new


def list_keys(session: Session, slug: str) -> list[ListedKey]:
    """Every key a company was ever given, the latest first. Raises TurnoutError UNKNOWN_COMPANY."""
    company = find_company(session, slug)
    query = select(ApiKeyRow).where(col(ApiKeyRow.company_id) == company.company_id)
    rows = session.exec(query.order_by(col(ApiKeyRow.created_at).desc(), col(ApiKeyRow.key_id)))
    return [_listed(row) for row in rows]


def get_key(session: Session, slug: str, key_id: UUID) -> ListedKey:
    """One key of a company, ended or not. Raises TurnoutError UNKNOWN_COMPANY, UNKNOWN_KEY."""
    row = session.get(ApiKeyRow, (find_company(session, slug).company_id, key_id))
    if row is None:
        raise unknown_key(slug, key_id)
    return _listed(row)


def revoke_key(session: Session, slug: str, key_id: UUID, now: datetime, *, actor: Actor = COMMAND) -> None:
    """End a key at once. Raises TurnoutError UNKNOWN_COMPANY, UNKNOWN_KEY."""
    company = find_company(session, slug)
    row = unrevoked(session, company, key_id)
    row.revoked_at = now
    session.add(row)
    session.flush()
    note(session, company.company_id, actor, Act("key.revoked", str(key_id)), now)


def _succeeding(old: ApiKeyRow, within: Reach | None, now: datetime) -> Reach:
    reach = replace(reach_of(old), expires_at=now + (old.expires_at - old.created_at))
    return reach.ending_by(within.expires_at) if within else reach


def _refuse_replaced(old: ApiKeyRow) -> None:
    if old.replaced_by:
        raise TurnoutError(
            "KEY_REPLACED",
            f"Another key has taken the place of {old.key_id} already: {old.replaced_by}.",
            "Rotate that one, or issue a new key.",
        )


def _known(scopes: Iterable[str], user_key: str | None) -> frozenset[str]:
    """The scopes that were asked for. Raises TurnoutError INVALID_SCOPE."""
    asked = frozenset(scopes)
    allowed = [scope for scope in Scope if user_key is None or scope in OF_ONE_USER]
    if not asked or not asked <= set(allowed):
        wrong = ", ".join(sorted(map(repr, asked.difference(allowed)))) or "none"
        whose = "A key" if user_key is None else "A key of one user"
        raise TurnoutError("INVALID_SCOPE", f"{whose} cannot have the scope {wrong}.", f"Use of {', '.join(allowed)}.")
    return asked


def check_user(user_key: str | None) -> None:
    """Raise TurnoutError INVALID_USER for what cannot be the id of a user; None is nobody in particular."""
    if user_key is not None and not _ID.fullmatch(user_key):
        raise TurnoutError(
            "INVALID_USER",
            f"{user_key[:LONGEST_USER]!r} cannot be the id of a user.",
            f"Use the platform's id of the user, 1 to {LONGEST_USER} characters.",
        )


def _listed(row: ApiKeyRow) -> ListedKey:
    return ListedKey(
        row.key_id,
        row.prefix,
        row.label,
        row.scopes,
        [str(address) for address in row.addresses],
        row.user_key,
        row.issued_by,
        row.created_at,
        row.expires_at,
        row.last_used_at,
        row.replaced_by,
        row.revoked_at,
    )


def _credential(
    company_id: int,
    slug: str,
    name: str,
    time_zone: str,
    anchor_day: int,
    generation: int,
    key_id: UUID,
    scopes: list[str],
    label: str | None,
    user_key: str | None,
) -> Credential:
    company = Company(company_id, slug, name, time_zone, anchor_day, generation)
    return Credential(company, "key", key_id, frozenset(scopes), label=label, user_key=user_key)
