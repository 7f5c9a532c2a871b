"""Access of support to a company's people and titles: for a reason that the company sees, for an hour at most."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from psycopg.rows import args_row
from sqlmodel import Session

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.audit import COMMAND, Act, Actor, note
from turnout.tenants.companies import find_company, lock_company
from turnout.tenants.company import Company
from turnout.tenants.connection import Door, Statement
from turnout.tenants.credential import Credential, Scope
from turnout.tenants.secrets import digest, random_base62
from turnout.tenants.support import driver

PREFIX: Final = "turnout_support_"
RANDOM: Final = 43  # 256 bits
LONGEST: Final = timedelta(hours=1)
LONGEST_REASON: Final = 500
SCOPES: Final[frozenset[str]] = frozenset({Scope.READ_STATS, Scope.READ_PEOPLE})
# Whose an access is that nobody has signed in for.
AT_THE_COMMAND_LINE: Final = "command line"
_SHAPE: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM}}}")
_SQL: Final = statements("turnout.tenants", "accesses.sql")


@dataclass(frozen=True, slots=True)
class OpenedAccess:
    """An access that has been opened. The token is kept nowhere else."""

    access_id: UUID
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ListedAccess:
    """An access as support and the company see it."""

    access_id: UUID
    staff_name: str
    reason: str
    opened_at: datetime
    expires_at: datetime
    closed_at: datetime | None


def open_access(
    session: Session,
    slug: str,
    reason: str,
    now: datetime,
    *,
    lasting: timedelta = LONGEST,
    session_id: UUID | None = None,
    actor: Actor = COMMAND,
) -> OpenedAccess:
    """Let support read a company's people and titles for a while; `reason` is what the company reads.

    `session_id` is the session of the member of support who opens it; None at the command line.
    Raises TurnoutError UNKNOWN_COMPANY, INVALID_REASON, INVALID_ACCESS_TIME, and UNAUTHENTICATED when the session has
    just ended.
    """
    _check(reason, lasting)
    company = lock_company(session, slug)
    opened = OpenedAccess(uuid4(), PREFIX + random_base62(RANDOM), now + lasting)
    row = {
        "company": company.company_id,
        "access_id": opened.access_id,
        "session_id": session_id,
        "staff_name": actor.name or AT_THE_COMMAND_LINE,
        "reason": reason,
        "digest": digest(opened.token),
        "now": now,
        "expires_at": opened.expires_at,
    }
    if not driver(session).execute(_SQL["open"], row).fetchone():
        raise _shut_out()
    said = {"reason": reason, "expiresAt": opened.expires_at.isoformat()}
    note(session, company.company_id, actor, Act("access.opened", str(opened.access_id), said), now)
    return opened


def close_access(session: Session, slug: str, access_id: UUID, now: datetime, *, actor: Actor = COMMAND) -> None:
    """End an access at once, whoever opened it. Raises UNKNOWN_COMPANY, UNKNOWN_ACCESS."""
    company = lock_company(session, slug)
    asked = {"company": company.company_id, "access_id": access_id, "now": now}
    if not driver(session).execute(_SQL["close"], asked).fetchone():
        raise TurnoutError(
            "UNKNOWN_ACCESS",
            f"The company {slug!r} has no open access {access_id}.",
            f"`turnout access list {slug}` shows those there were.",
        )
    note(session, company.company_id, actor, Act("access.closed", str(access_id)), now)


def list_accesses(session: Session, slug: str) -> Sequence[ListedAccess]:
    """Every access that there ever was to a company, the latest first. Raises UNKNOWN_COMPANY."""
    company = find_company(session, slug)
    with driver(session).cursor(row_factory=args_row(ListedAccess)) as cursor:
        return cursor.execute(_SQL["list"], {"company": company.company_id}).fetchall()


async def find_access(door: Door, token: str, now: datetime) -> Credential | None:
    """Whose people a token lets support read; None when it is unknown, closed, over, or the company suspended."""
    if not _SHAPE.fullmatch(token):
        return None
    asked = {"digest": digest(token), "now": now}
    found = await door.authenticate(Statement(_SQL["find"], asked, _credential))
    return found[0] if found else None


def _shut_out() -> TurnoutError:
    return TurnoutError(
        "UNAUTHENTICATED",
        "The session of support has just ended.",
        "Sign in again. `turnout support list` shows whose account is suspended.",
    )


def _credential(
    company_id: int,
    slug: str,
    name: str,
    time_zone: str,
    anchor_day: int,
    generation: int,
    access_id: UUID,
    staff_name: str,
) -> Credential:
    company = Company(company_id, slug, name, time_zone, anchor_day, generation)
    return Credential(company, "support", access_id, SCOPES, staff_name)


def _check(reason: str, lasting: timedelta) -> None:
    if not (reason.isprintable() and reason.strip() and len(reason) <= LONGEST_REASON):
        raise TurnoutError(
            "INVALID_REASON",
            f"{reason[:LONGEST_REASON]!r} cannot be a reason.",
            f"Say in 1 to {LONGEST_REASON} characters on one line why: the company reads it.",
        )
    if not timedelta(minutes=1) <= lasting <= LONGEST:
        raise TurnoutError(
            "INVALID_ACCESS_TIME",
            f"An access cannot last {lasting.total_seconds() / 60:g} minutes.",
            "Use 1 to 60 minutes; it can be opened again.",
        )
