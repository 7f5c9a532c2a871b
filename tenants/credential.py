"""Whoever asks: the company, and what the session or key lets them do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from turnout.tenants.company import Company


class Scope(StrEnum):
    """What a credential may be used for; the list is closed."""

    READ_STATS = "read:stats"
    WRITE_EVENTS = "write:events"


class SessionKind(StrEnum):
    """How a session is carried: by a program in a header, or by a browser in a cookie."""

    BEARER = "BEARER"
    COOKIE = "COOKIE"


@dataclass(frozen=True, slots=True)
class Credential:
    """A session or a key that is valid now."""

    company: Company
    kind: Literal["session", "key"]
    credential_id: UUID
    scopes: frozenset[str]
