"""Signing in: from a company's slug and password to an opaque token, and from the token back to the company."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.audit import Act, Actor, ActorKind, note_within
from turnout.tenants.caller import NOBODY, Caller
from turnout.tenants.companies import SLUG
from turnout.tenants.company import Company
from turnout.tenants.connection import Door, Statement
from turnout.tenants.credential import Credential, Scope, SessionKind
from turnout.tenants.hashing import DUMMY, HASHER, outdated, verify
from turnout.tenants.passwords import MOST_VERIFIED, exact, readable
from turnout.tenants.secrets import digest, random_base62
from turnout.tenants.throttling import Attempt, admit, settle

Clock = Callable[[], datetime]

PREFIX: Final = "turnout_session_"
LIFETIME: Final = timedelta(hours=12)
IDLE: Final = timedelta(minutes=30)
RANDOM: Final = 43  # 256 bits
SCOPES: Final[frozenset[str]] = frozenset(
    {Scope.READ_STATS, Scope.READ_PEOPLE, Scope.ADMIN_KEYS, Scope.ADMIN_ALERTS, Scope.ADMIN_SEGMENTS}
)
_SHAPE: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM}}}")
_FIND: Final = statements("turnout.tenants", "authentication.sql")
_SQL: Final = statements("turnout.tenants", "sessions.sql")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has begun. The token is kept nowhere else."""

    token: str
    kind: SessionKind
    expires_at: datetime
    credential: Credential

    @property
    def company(self) -> Company:
        """Who has signed in."""
        return self.credential.company


@dataclass(frozen=True, slots=True)
class Candidate:
    """A password that is active, of the company that somebody says to be."""

    company_id: int
    password_id: UUID
    hash: str
    chosen: bool

    def is_right(self, entered: str) -> bool:
        """Whether this is the password that was entered. It costs one hash whatever that was."""
        secret = exact(entered) if self.chosen else readable(entered)
        return verify(self.hash, secret or b"") and bool(secret)


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that is there when its transaction has been committed; `label` is that of its password."""

    token: str
    kind: SessionKind
    expires_at: datetime
    session_id: UUID
    label: str | None


@dataclass(frozen=True, slots=True)
class _Right:
    """The password that was entered, and its hash of today where the one that is kept is of yesterday."""

    password: Candidate
    better_hash: str | None


async def sign_in(
    door: Door,
    slug: str,
    password: str,
    clock: Clock,
    *,
    caller: Caller = NOBODY,
    kind: SessionKind = SessionKind.BEARER,
) -> SignedIn:
    """Begin a session of 12 hours, or less when its password ends before.

    Raises TurnoutError SIGN_IN_FAILED, the same after the same work whatever was wrong, THROTTLED and BUSY.
    """
    name = slug if SLUG.fullmatch(slug) else ""
    attempt = await admit(door, name, caller.address, clock())
    asked = {"slug": name, "now": clock()}
    candidates = await door.authenticate(Statement(_FIND["find_passwords"], asked, Candidate))
    right = await attempt.queue.run(partial(_first_right, candidates, password))
    if right and (begun := await _begin(door, right, attempt, kind, caller, clock())):
        return await signed_in(door, begun, clock())
    raise attempt.refusal(_failed())


async def begin_session(
    connection: AsyncConnection[Any],
    company_id: int,
    password_id: UUID,
    kind: SessionKind,
    caller: Caller,
    now: datetime,
) -> Begun | None:
    """A session of this password, in this transaction; None when that is active no more. It is yet to be noted."""
    token, session_id = PREFIX + random_base62(RANDOM), uuid4()
    opened = {
        "company_id": company_id,
        "password_id": password_id,
        "session_id": session_id,
        "digest": digest(token),
        "kind": kind.value,
        "now": now,
        "expires_at": now + LIFETIME,
        "address": caller.address,
        "user_agent": caller.user_agent,
    }
    row = await (await connection.execute(_SQL["open_session"], opened)).fetchone()
    if row is None:
        return None
    return Begun(token, kind, row[1], session_id, row[0])


async def note_beginning(
    connection: AsyncConnection[Any], company_id: int, begun: Begun, caller: Caller, now: datetime
) -> None:
    """Write down that a session has begun: the last that its transaction does, since others wait from then on."""
    actor = Actor(ActorKind.COMPANY, begun.label, begun.session_id, caller)
    began = Act("session.began", str(begun.session_id), {"kind": begun.kind.value})
    await note_within(connection, company_id, actor, began, now)


async def signed_in(door: Door, begun: Begun, now: datetime) -> SignedIn:
    """The session that has begun. Raises TurnoutError SIGN_IN_FAILED when it has been ended already."""
    credential = await find_session(door, begun.token, now, begun.kind)
    if credential is None:
        raise _failed()
    return SignedIn(begun.token, begun.kind, begun.expires_at, credential)


async def find_session(
    door: Door, token: str, now: datetime, kind: SessionKind = SessionKind.BEARER, *, used: bool = True
) -> Credential | None:
    """Whoever signed in with a token; None when it is unknown, ended, expired, idle, or its password has ended.

    A cookie's session is idle 30 minutes after its latest request; a look that is none says that it was not `used`.
    Raises TurnoutError BUSY.
    """
    if not _SHAPE.fullmatch(token):
        return None
    asked = {"digest": digest(token), "kind": kind.value, "now": now, "idle_since": now - IDLE}
    statement = _FIND["find_session" if used else "look_at_session"]
    found = await door.authenticate(Statement(statement, asked, _credential))
    return found[0] if found else None


def _first_right(candidates: Sequence[Candidate], entered: str) -> _Right | None:
    """The password that was entered, if any. Who is refused has always waited for MOST_VERIFIED hashes."""
    for candidate in candidates[:MOST_VERIFIED]:
        if candidate.is_right(entered):
            return _Right(candidate, _better_hash(candidate, entered))
    for _ in range(MOST_VERIFIED - len(candidates)):
        verify(DUMMY, readable(entered) or b"")
    return None


def _better_hash(right: Candidate, entered: str) -> str | None:
    secret = exact(entered) if right.chosen else readable(entered)
    return HASHER.hash(secret) if secret and outdated(right.hash) else None


async def _begin(
    door: Door, right: _Right, attempt: Attempt, kind: SessionKind, caller: Caller, now: datetime
) -> Begun | None:
    password = right.password
    async with door.write(password.company_id) as connection:
        begun = await begin_session(connection, password.company_id, password.password_id, kind, caller, now)
        if begun is None:
            return None
        if right.better_hash:
            await _rehash(connection, password, right.better_hash)
        await settle(connection, attempt, now)
        await note_beginning(connection, password.company_id, begun, caller, now)
    return begun


async def _rehash(connection: AsyncConnection[Any], password: Candidate, better: str) -> None:
    rehashed = {
        "company_id": password.company_id,
        "password_id": password.password_id,
        "old_hash": password.hash,
        "new_hash": better,
    }
    await connection.execute(_SQL["rehash_password"], rehashed)


def _failed() -> TurnoutError:
    return TurnoutError(
        "SIGN_IN_FAILED",
        "The company or the password is wrong.",
        "Check both. A forgotten password cannot be recovered: ask support for a new one.",
    )


def _credential(
    company_id: int,
    slug: str,
    name: str,
    time_zone: str,
    anchor_day: int,
    generation: int,
    session_id: UUID,
    label: str | None,
    must_change: bool,
) -> Credential:
    company = Company(company_id, slug, name, time_zone, anchor_day, generation)
    return Credential(company, "session", session_id, SCOPES, label=label, must_change=must_change)
