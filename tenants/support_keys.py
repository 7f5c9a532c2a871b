"""Keys as support makes them at its endpoint: of figures and of telling, never of people.

Support reads people by an access alone, which the company sees; a key would be a way round it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from turnout.database.errors import TurnoutError
from turnout.tenants.audit import Actor
from turnout.tenants.credential import Scope
from turnout.tenants.key_rows import IssuedKey
from turnout.tenants.keys import get_key, rotate_key

# What a key may make others with leads to people as well, by what it makes.
_REFUSED: Final[frozenset[str]] = frozenset({Scope.READ_PEOPLE, Scope.ADMIN_KEYS})


def demand_impersonal(scopes: Iterable[str], user_key: str | None) -> None:
    """Raises TurnoutError NOT_FOR_SUPPORT for a key that reads people, makes keys, or sees one user's own things."""
    if user_key is not None or not _REFUSED.isdisjoint(scopes):
        raise TurnoutError(
            "NOT_FOR_SUPPORT",
            "Support makes no key that reads people, makes keys, or is of one user.",
            "Let the company make it, signed in; or make it by `turnout key issue` or `turnout key rotate`.",
        )


def rotate_impersonal(
    session: Session, slug: str, key_id: UUID, now: datetime, *, overlap: timedelta, actor: Actor
) -> IssuedKey:
    """Let a new key take the place of one. Raises as `rotate_key` does, and as `demand_impersonal`."""
    old = get_key(session, slug, key_id)
    demand_impersonal(old.scopes, old.user_key)
    return rotate_key(session, slug, key_id, now, overlap=overlap, actor=actor)
