"""What support staff see of all companies at once: figures, and nothing of anybody in them."""

from typing import Any, Final

from sqlmodel import Session

from turnout.database.statements import statements
from turnout.tenants.support import driver

_SQL: Final = statements("turnout.tenants", "overview.sql")


def overview(session: Session) -> list[tuple[Any, ...]]:
    """Every company by slug: peaks of its last 30 days, what it stores, its users, shares of limits, its last day.

    Shares are fractions of the limits that hold today, 1 = full; None without one.
    """
    return driver(session).execute(_SQL["overview"]).fetchall()
