"""What support staff work with."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from turnout.server.deployment import deployment
from turnout.tenants.support import support


@contextmanager
def staff(data: Path | None) -> Generator[Session]:
    """One transaction as support staff, in the database of this command."""
    with deployment(data) as found, support(found.support) as session:
        yield session


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)
