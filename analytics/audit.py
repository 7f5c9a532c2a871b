"""What was done to a company and in its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.reading import Question, Reading
from turnout.database.statements import statements
from turnout.tenants.audit import ActorKind

_SQL: Final = statements("turnout.analytics", "audit.sql")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act. `address` and `user_agent` are those of the company's own people and programs alone."""

    number: int
    at: datetime
    actor: ActorKind
    name: str | None
    credential_id: str | None
    action: str
    target: str | None
    details: dict[str, Any]
    address: str | None
    user_agent: str | None
    request_id: str | None
    hash: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which acts: those of these names, from an instant on and before another; None means no such bound."""

    actions: Sequence[str] | None = None
    start: datetime | None = None
    end: datetime | None = None


async def audit_entries(reading: Reading, wanted: Wanted, only: AuditFilter) -> Page[AuditEntry]:
    """The company's audit by number."""
    actions = None if only.actions is None else list(only.actions)
    parameters = wanted.parameters() | {"actions": actions, "from": only.start, "to": only.end}
    question = Question(paged(_SQL["entries"], wanted), line_of(_entry), parameters)
    return page_of(await reading.ask(question), wanted)


def _entry(
    number: str,
    at: datetime,
    actor: str,
    name: str | None,
    credential_id: str | None,
    action: str,
    target: str | None,
    details: dict[str, Any],
    *sent: *tuple[str | None, str | None, str | None, str],
) -> AuditEntry:
    return AuditEntry(int(number), at, ActorKind(actor), name, credential_id, action, target, details, *sent)
