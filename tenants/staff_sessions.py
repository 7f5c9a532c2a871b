"""Support staff signing in: from a name and password to an opaque token, and from the token back to the person."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

import structlog
from sqlmodel import Session

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.audit import Act, Actor, ActorKind, note_of_staff
from turnout.tenants.caller import Caller
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk
from turnout.tenants.hashing import DUMMY, OF_STAFF, verify
from turnout.tenants.passwords import readable
from turnout.tenants.secrets import digest, random_base62
from turnout.tenants.staff import LONGEST_NAME
from turnout.tenants.support import driver
from turnout.tenants.throttling import admit, settle_alone

PREFIX: Final = "turnout_staff_"
RANDOM: Final = 43  # 256 bits
LIFETIME: Final = timedelta(hours=12)
IDLE: Final = timedelta(minutes=30)
# How exactly the latest request is remembered: one write a minute, however many requests there are.
EXACTNESS: Final = timedelta(minutes=1)
# Failures are counted by this and the name: no slug has a colon.
_ACCOUNT: Final = "support:"
_SHAPE: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM}}}")
_SQL: Final = statements("turnout.tenants", "staff.sql")
_log: structlog.stdlib.BoundLogger = structlog.get_logger("turnout.support")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of support who has signed in."""

    staff_id: UUID
    name: str
    session_id: UUID

    @property
    def kind(self) -> str:
        """By which budget the session goes."""
        return "staff"

    @property
    def account(self) -> UUID:
        """What nobody else spends from."""
        return self.session_id

    def actor(self, caller: Caller) -> Actor:
        """Who an audit says it was."""
        return Actor(ActorKind.SUPPORT, self.name, self.session_id, caller)


@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    """A session that has begun. The token is kept nowhere else."""

    token: str
    expires_at: datetime
    member: Member


async def sign_in(
    desk: Desk, door: Door, name: str, password: str, clock: Callable[[], datetime], caller: Caller
) -> StaffSignedIn:
    """Begin a session of at most 12 hours, which ends after 30 minutes without a request.

    Raises TurnoutError STAFF_SIGN_IN_FAILED, the same after the same work whatever was wrong, THROTTLED and BUSY.
    """
    # What no account can be called, such as a text with half a surrogate pair, is none.
    asked = name if name.isprintable() and len(name) <= LONGEST_NAME else ""
    attempt = await admit(door, _ACCOUNT + asked, caller.address, clock(), OF_STAFF)
    secret = readable(password)
    found = await desk.run(partial(_find_hash, name=asked))
    is_right = await attempt.queue.run(partial(verify, found[1] if found else DUMMY, secret or b""))
    if found and is_right and secret:
        opened = await desk.run(partial(_open, staff_id=found[0], hashed=found[1], now=clock(), caller=caller))
        if opened:
            await settle_alone(door, attempt, clock())
            return opened
    # Without the name that was entered: people type passwords into the wrong field.
    _log.warning("staff_sign_in_failed", address=caller.address, request_id=caller.request_id)
    raise attempt.refusal(_failed())


def find_member(session: Session, token: str, now: datetime) -> Member | None:
    """Whoever signed in with a token; None when it is unknown, has ended or its account is suspended."""
    if not _SHAPE.fullmatch(token):
        return None
    asked = {"digest": digest(token), "now": now, "idle_since": now - IDLE}
    row = driver(session).execute(_SQL["find_session"], asked).fetchone()
    if row is None:
        return None
    staff_id, name, session_id, seen_at = row
    if seen_at <= now - EXACTNESS:
        driver(session).execute(_SQL["touch_session"], {"session_id": session_id, "now": now})
    return Member(staff_id, name, session_id)


def sign_out(session: Session, token: str) -> bool:
    """End the session of a token at once; says whether there was one."""
    return bool(driver(session).execute(_SQL["close_session"], {"digest": digest(token)}).fetchone())


def _find_hash(session: Session, *, name: str) -> tuple[UUID, str] | None:
    return driver(session).execute(_SQL["find_hash"], {"name": name}).fetchone()


def _open(session: Session, *, staff_id: UUID, hashed: str, now: datetime, caller: Caller) -> StaffSignedIn | None:
    """A session of this account; None when it has been suspended or has another password in the meantime."""
    token, session_id = PREFIX + random_base62(RANDOM), uuid4()
    opened = {
        "staff_id": staff_id,
        "hash": hashed,
        "session_id": session_id,
        "digest": digest(token),
        "now": now,
        "expires_at": now + LIFETIME,
        "address": caller.address,
        "user_agent": caller.user_agent,
    }
    row = driver(session).execute(_SQL["open_session"], opened).fetchone()
    if row is None:
        return None
    member = Member(staff_id, row[1], session_id)
    note_of_staff(session, member.actor(caller), Act("staff.signed_in", member.name), now)
    return StaffSignedIn(token, now + LIFETIME, member)


def _failed() -> TurnoutError:
    return TurnoutError(
        "STAFF_SIGN_IN_FAILED",
        "The name or the password is wrong.",
        "Check both. A forgotten password cannot be recovered: `turnout support password` makes a new one.",
    )
