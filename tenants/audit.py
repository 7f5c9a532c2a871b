"""Who did what, when, from where, with which credential: written in the transaction that does it, never changed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from sqlmodel import Session

from turnout.database.statements import statements
from turnout.tenants.caller import NOBODY, Caller
from turnout.tenants.support import driver

_SQL: Final = statements("turnout.tenants", "audit.sql")


class ActorKind(StrEnum):
    """Who can do something."""

    COMPANY = "COMPANY"
    KEY = "KEY"
    SUPPORT = "SUPPORT"
    COMMAND = "COMMAND"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does it: the name of a member of support, the label of a password or key; and from where."""

    kind: ActorKind
    name: str | None = None
    credential_id: UUID | None = None
    caller: Caller = NOBODY


# Whoever may run commands beside the database.
COMMAND: Final = Actor(ActorKind.COMMAND)


@dataclass(frozen=True, slots=True)
class Act:
    """What was done. `details` never hold a secret, nor anything of a person."""

    action: str
    target: str | None = None
    details: dict[str, Any] = field(default_factory=dict[str, Any])


def quarantine_read(slug: str, deliveries: int, *, with_bodies: bool) -> Act:
    """That somebody has looked at so many of a company's deliveries in quarantine, at what was sent or only at why."""
    return Act("quarantine.read", slug, {"deliveries": deliveries, "withBodies": with_bodies})


def note(session: Session, company_id: int, actor: Actor, act: Act, now: datetime) -> None:
    """Write down what this transaction of support does to a company; last, since others wait for its end."""
    driver(session).execute(_SQL["note"], _row(actor, act, now) | {"company": company_id})


def note_of_staff(session: Session, actor: Actor, act: Act, now: datetime) -> None:
    """Write down what this transaction of support does that concerns no one company."""
    driver(session).execute(_SQL["note_of_staff"], _row(actor, act, now))


async def note_within(connection: AsyncConnection[Any], company_id: int, actor: Actor, act: Act, now: datetime) -> None:
    """Write down what this transaction of a company does; last, since others wait for its end."""
    await connection.execute(_SQL["note"], _row(actor, act, now) | {"company": company_id})


def _row(actor: Actor, act: Act, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "actor": actor.kind.value,
        "name": actor.name,
        "credential": actor.credential_id,
        "action": act.action,
        "target": act.target,
        "details": Jsonb(act.details),
        "address": actor.caller.address,
        "user_agent": actor.caller.user_agent,
        "request_id": actor.caller.request_id,
    }
