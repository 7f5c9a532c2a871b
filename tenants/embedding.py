"""Embed tokens: what a company's page shows its figures with, to people who have no credential of their own."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.audit import Act, Actor, note_within
from turnout.tenants.company import Company
from turnout.tenants.connection import Door, Statement
from turnout.tenants.credential import Credential, Scope
from turnout.tenants.secrets import digest, random_base62

PREFIX: Final = "turnout_embed_"
RANDOM: Final = 43  # 256 bits
LONGEST: Final = timedelta(hours=1)
# Of one key at one time: enough for every page that is open, and an end to a loop that makes them.
MOST_ACTIVE: Final = 10_000
# All that a token may have of the scopes of its key.
SCOPES: Final = frozenset({Scope.READ_STATS, Scope.READ_PEOPLE})
_SHAPE: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM}}}")
_SQL: Final = statements("turnout.tenants", "authentication.sql")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token. The text is nowhere else."""

    token_id: UUID
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a token is for: one user, a set of root fields, or both. None means no such bound."""

    user_key: str | None = None
    views: frozenset[str] | None = None


async def issue_embed_token(
    door: Door, by: Credential, bounds: Bounds, lasting: timedelta, now: datetime, *, actor: Actor
) -> IssuedToken:
    """A token of the key that asks, which is bound as the key is and further by what is given; an hour at most.

    Raises TurnoutError FORBIDDEN, TOKEN_UNBOUND, TOO_MANY_TOKENS, UNAUTHENTICATED for a key revoked in the meantime,
    and BUSY.
    """
    bounds = _bounded(by, bounds)
    token, token_id = PREFIX + random_base62(RANDOM), uuid4()
    opened = {
        "company_id": by.company.company_id,
        "key_id": by.credential_id,
        "token_id": token_id,
        "digest": digest(token),
        "user_key": bounds.user_key,
        "views": None if bounds.views is None else sorted(bounds.views),
        "now": now,
        "expires_at": now + min(lasting, LONGEST),
    }
    details = {"views": opened["views"], "of_one_user": bounds.user_key is not None}
    async with door.write(by.company.company_id) as connection:
        row = await (await connection.execute(_SQL["open_embed_token"], opened)).fetchone()
        if row is None:
            raise TurnoutError("UNAUTHENTICATED", "The key has ended.", "Take another key.")
        expires_at, others = row
        if others >= MOST_ACTIVE:
            raise TurnoutError(
                "TOO_MANY_TOKENS",
                f"The key has made {MOST_ACTIVE} tokens already that are still good.",
                "Let them last for fewer minutes, or give a page the token that it has until it ends.",
            )
        await note_within(connection, by.company.company_id, actor, Act("token.issued", str(token_id), details), now)
    return IssuedToken(token_id, token, expires_at)


async def find_embed_token(door: Door, token: str, now: datetime) -> Credential | None:
    """Whose token it is; None when it is unknown or expired, or its key has ended. Raises TurnoutError BUSY."""
    if not _SHAPE.fullmatch(token):
        return None
    asked = {"digest": digest(token), "now": now}
    found = await door.authenticate(Statement(_SQL["find_embed_token"], asked, _credential))
    return found[0] if found else None


def _bounded(by: Credential, bounds: Bounds) -> Bounds:
    """The bounds with those of the key. Raises FORBIDDEN for who makes no tokens, or none so strong."""
    if by.kind != "key" or Scope.READ_STATS not in by.scopes:
        raise TurnoutError(
            "FORBIDDEN",
            f"Only an API key with the scope {Scope.READ_STATS} makes tokens.",
            "Let the server of the page ask with such a key: its tokens end with it.",
        )
    if by.user_key is not None and bounds.user_key not in {None, by.user_key}:
        raise TurnoutError(
            "FORBIDDEN", "This key makes tokens of one user alone.", "Leave `user` out, or use a key of the company."
        )
    user_key = by.user_key or bounds.user_key
    if user_key is None and bounds.views is None:
        raise TurnoutError(
            "TOKEN_UNBOUND",
            "A token is for one user or for a set of views; this would be for everything.",
            "Give `user`, `views` or both.",
        )
    return Bounds(user_key, bounds.views)


def _credential(
    company_id: int,
    slug: str,
    name: str,
    time_zone: str,
    anchor_day: int,
    generation: int,
    token_id: UUID,
    scopes: list[str],
    label: str | None,
    user_key: str | None,
    views: list[str] | None,
) -> Credential:
    return Credential(
        Company(company_id, slug, name, time_zone, anchor_day, generation),
        "embed",
        token_id,
        frozenset(scopes) & SCOPES,
        label,
        user_key=user_key,
        views=None if views is None else frozenset(views),
    )
