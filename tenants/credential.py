"""Whoever asks: the company, and what the session or key lets them do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from turnout.tenants.company import Company

# What a session may spend on questions in a minute, unless the settings of the server say otherwise.
POINTS_OF_A_SESSION: Final = 5000


class Scope(StrEnum):
    """What a credential may be used for; the list is closed."""

    READ_STATS = "read:stats"
    READ_PEOPLE = "read:people"
    WRITE_EVENTS = "write:events"
    ADMIN_KEYS = "admin:keys"
    ADMIN_ALERTS = "admin:alerts"
    ADMIN_SEGMENTS = "admin:segments"


class SessionKind(StrEnum):
    """How a session is carried: by a program in a header, or by a browser in a cookie."""

    BEARER = "BEARER"
    COOKIE = "COOKIE"


@dataclass(frozen=True, slots=True)
class Credential:
    """A session, key or token that is valid now.

    `label` is what an audit names it by. `must_change` lets it do nothing but choose a password. `user_key` is the one
    user whose own things it sees, `views` the root fields that it may ask: None means no such bound.
    """

    company: Company
    kind: Literal["session", "key", "embed", "support"]
    credential_id: UUID
    scopes: frozenset[str]
    label: str | None = None
    must_change: bool = False
    user_key: str | None = None
    views: frozenset[str] | None = None

    @property
    def account(self) -> tuple[int, UUID]:
        """What nobody else spends from, of all credentials of its kind."""
        return self.company.company_id, self.credential_id
