"""Signing in: from a company's slug and password to an opaque token, and from the token back to the company."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.companies import SLUG
from turnout.tenants.company import Company
from turnout.tenants.connection import Door, Statement
from turnout.tenants.credential import Credential, Scope
from turnout.tenants.hashing import DUMMY, QUEUE, verify
from turnout.tenants.passwords import MOST_ACTIVE, readable
from turnout.tenants.secrets import digest, random_base62

Clock = Callable[[], datetime]

PREFIX: Final = "turnout_session_"
LIFETIME: Final = timedelta(hours=12)
RANDOM: Final = 43  # 256 bits
SCOPES: Final[frozenset[str]] = frozenset({Scope.READ_STATS, Scope.READ_PEOPLE, Scope.ADMIN_KEYS})
_SHAPE: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM}}}")
_SQL: Final = statements("turnout.tenants", "authentication.sql")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has begun. The token is kept nowhere else."""

    token: str
    expires_at: datetime
    company: Company


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A password that is active, of the company that somebody says to be."""

    company_id: int
    password_id: UUID
    hash: str


async def sign_in(door: Door, slug: str, password: str, clock: Clock) -> SignedIn:
    """Begin a session of 12 hours.

    Raises TurnoutError SIGN_IN_FAILED, the same after the same work whatever was wrong, and BUSY.
    """
    asked = {"slug": slug if SLUG.fullmatch(slug) else ""}
    candidates = await door.authenticate(Statement(_SQL["find_passwords"], asked, _Candidate))
    right = await QUEUE.run(partial(_first_right, candidates, readable(password)))
    if right and (signed_in := await _open(door, right, clock())):
        return signed_in
    raise TurnoutError(
        "SIGN_IN_FAILED",
        "The company or the password is wrong.",
        "Check both. A forgotten password cannot be recovered: ask support for a new one.",
    )


async def sign_out(door: Door, token: str) -> bool:
    """End the session of a token at once; says whether there was one."""
    if not _SHAPE.fullmatch(token):
        return False
    return bool(await door.authenticate(Statement(_SQL["close_session"], {"digest": digest(token)}, str)))


async def find_session(door: Door, token: str, now: datetime) -> Credential | None:
    """Whoever signed in with a token; None when it is unknown, ended, expired or its password revoked.

    Raises TurnoutError BUSY.
    """
    if not _SHAPE.fullmatch(token):
        return None
    asked = {"digest": digest(token), "now": now}
    found = await door.authenticate(Statement(_SQL["find_session"], asked, _credential))
    return found[0] if found else None


def _first_right(candidates: Sequence[_Candidate], secret: bytes | None) -> _Candidate | None:
    """The password that was entered, if any. Who is refused has always waited for MOST_ACTIVE hashes."""
    for candidate in candidates:
        if verify(candidate.hash, secret or b"") and secret:
            return candidate
    for _ in range(MOST_ACTIVE - len(candidates)):
        verify(DUMMY, secret or b"")
    return None


async def _open(door: Door, password: _Candidate, now: datetime) -> SignedIn | None:
    """A session of this password; None when it has been revoked in the meantime."""
    token = PREFIX + random_base62(RANDOM)
    opened = {
        "company_id": password.company_id,
        "password_id": password.password_id,
        "session_id": uuid4(),
        "digest": digest(token),
        "now": now,
        "expires_at": now + LIFETIME,
    }
    await door.authenticate(Statement(_SQL["open_session"], opened, str))
    credential = await find_session(door, token, now)
    return credential and SignedIn(token, now + LIFETIME, credential.company)


def _credential(
    company_id: int, slug: str, name: str, time_zone: str, anchor_day: int, generation: int, session_id: UUID
) -> Credential:
    return Credential(Company(company_id, slug, name, time_zone, anchor_day, generation), "session", session_id, SCOPES)
