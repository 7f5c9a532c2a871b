"""What support staff see of all companies at once: figures, and nothing of anybody in them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from psycopg.rows import args_row
from sqlmodel import Session

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.usage import Usage
from turnout.database.statements import statements
from turnout.tenants.support import driver

_SQL: Final = statements("turnout.analytics", "overview.sql")
EVERY_ROW: Final = 1_000_000

# Columns of a figure.
_Peak = tuple[int, datetime | None, float | None]
_Usage = tuple[int, float | None]


@dataclass(frozen=True, slots=True)
class LatePeak:
    """The largest value of the last 30 days, and the first instant at which it was reached."""

    usage: Usage
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CompanyOverview:
    """What a company comes to: the peaks of its last 30 days, and what it has now. Limits are those of today."""

    slug: str
    name: str
    suspended_at: datetime | None
    peak_connections: LatePeak
    peak_speakers: LatePeak
    peak_events: LatePeak
    storage: Usage
    registered_users: Usage
    last_active_day: date | None


def overview(session: Session, wanted: Wanted) -> Page[CompanyOverview]:
    """Companies in a chosen order, found by name or slug."""
    with driver(session).cursor(row_factory=args_row(line_of(_company))) as cursor:
        return page_of(cursor.execute(paged(_SQL["overview"], wanted), wanted.parameters()).fetchall(), wanted)


def whole_overview(session: Session, order_by: str = "SLUG", *, descending: bool = False) -> Page[CompanyOverview]:
    """Every company."""
    return overview(session, Wanted(EVERY_ROW, order_by, descending))


def _company(
    slug: str,
    name: str,
    suspended_at: datetime | None,
    *figures: *tuple[*_Peak, *_Peak, *_Peak, *_Usage, *_Usage, date | None],
) -> CompanyOverview:
    connections, speakers, events = _peak(*figures[0:3]), _peak(*figures[3:6]), _peak(*figures[6:9])
    stored, registered, last_active_day = Usage(*figures[9:11]), Usage(*figures[11:13]), figures[13]
    return CompanyOverview(slug, name, suspended_at, connections, speakers, events, stored, registered, last_active_day)


def _peak(value: int, at: datetime | None, limit: float | None) -> LatePeak:
    return LatePeak(Usage(value, limit), at)
