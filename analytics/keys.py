"""The keys of a company in pages, the latest first."""

from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import args_row
from sqlmodel import Session

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.database.statements import statements
from turnout.tenants.company import Company
from turnout.tenants.keys import ListedKey
from turnout.tenants.support import driver

_SQL: Final = statements("turnout.analytics", "keys.sql")


def page_of_keys(session: Session, company: Company, wanted: Wanted, active_at: datetime | None) -> Page[ListedKey]:
    """The keys that a company was ever given; with an instant those alone that work at it."""
    parameters = wanted.parameters() | {"company": company.company_id, "active_at": active_at}
    with driver(session).cursor(row_factory=args_row(line_of(_key))) as cursor:
        return page_of(cursor.execute(paged(_SQL["keys"], wanted), parameters).fetchall(), wanted)


def _key(
    key_id: str,
    prefix: str,
    label: str | None,
    scopes: list[str],
    addresses: list[str],
    user_key: str | None,
    issued_by: str | None,
    *since: *tuple[datetime, datetime, datetime | None, UUID | None, datetime | None],
) -> ListedKey:
    return ListedKey(UUID(key_id), prefix, label, scopes, addresses, user_key, issued_by, *since)
