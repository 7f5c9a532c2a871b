"""Reading the audit as support, and finding out whether it still is what was written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from sqlmodel import Session

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.companies import find_company
from turnout.tenants.support import driver

_SQL: Final = statements("turnout.tenants", "auditing.sql")


@dataclass(frozen=True, slots=True)
class AuditedAct:
    """One act with all that is known of it."""

    number: int
    at: datetime
    actor: str
    name: str | None
    credential_id: UUID | None
    action: str
    target: str | None
    details: dict[str, Any]
    address: str | None
    user_agent: str | None
    request_id: str | None
    hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """How many entries an audit has, and the hash of the last one, which stands for all of them.

    `slug` is None for what concerns no one company. `broken_at` is the first entry that is not what was written there;
    None when all are.
    """

    slug: str | None
    entries: int
    broken_at: int | None
    hash: str | None


def list_audit(session: Session, slug: str | None, most: int, action: str | None = None) -> list[AuditedAct]:
    """The latest acts first: those about a company, or without one those of support that concern none.

    Raises TurnoutError UNKNOWN_COMPANY.
    """
    company = None if slug is None else find_company(session, slug).company_id
    text = _SQL["of_staff" if company is None else "of_company"]
    rows = driver(session).execute(text, {"company": company, "action": action, "rows": most})
    return [AuditedAct(*row) for row in rows]


def verify_audit(session: Session, slug: str | None = None) -> list[Chain]:
    """Every chain there is, support's own last; or that of one company. Raises TurnoutError UNKNOWN_COMPANY."""
    if slug is not None:
        return [_chain(session, "chain_of_company", slug, find_company(session, slug).company_id)]
    return [*_chains(session), _chain(session, "chain_of_staff", None, None)]


def demand_whole(chains: list[Chain]) -> None:
    """Raise TurnoutError AUDIT_BROKEN when an entry is not what was written."""
    broken = [f"{chain.slug or 'support'} from entry {chain.broken_at}" for chain in chains if chain.broken_at]
    if broken:
        raise TurnoutError(
            "AUDIT_BROKEN",
            f"The audit is not what was written: {', '.join(broken)}.",
            "Somebody with the rights of the database's owner has changed it. Compare it with a backup.",
        )


def _chains(session: Session) -> Iterator[Chain]:
    for company_id, slug in driver(session).execute(_SQL["companies"]).fetchall():
        yield _chain(session, "chain_of_company", slug, company_id)


def _chain(session: Session, statement: LiteralString, slug: str | None, company_id: int | None) -> Chain:
    [(entries, broken_at, last)] = driver(session).execute(_SQL[statement], {"company": company_id}).fetchall()
    return Chain(slug, entries, broken_at, last and last.hex())
