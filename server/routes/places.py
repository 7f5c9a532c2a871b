"""How many may listen at once: in this process, and of one company."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from turnout.database.errors import TurnoutError

MOST: Final = 500
MOST_OF_ONE_COMPANY: Final = 50
# Of those who have connected and not said yet who they are.
MOST_UNKNOWN: Final = 100


class Places:
    """Counts connections that stay open. Whoever finds no place is sent away at once."""

    def __init__(
        self, most: int = MOST, most_of_one_company: int = MOST_OF_ONE_COMPANY, most_unknown: int = MOST_UNKNOWN
    ) -> None:
        self._most = most
        self._most_of_one_company = most_of_one_company
        self._most_unknown = most_unknown
        self._taken = Counter[int]()
        self._unknown = 0

    @property
    def taken(self) -> int:
        """How many there are, those included of whom nobody knows yet who they are."""
        return self._taken.total() + self._unknown

    @contextmanager
    def of(self, company_id: int) -> Generator[None]:
        """A place for somebody of a company. Raises TOO_MANY_CONNECTIONS."""
        if self._taken[company_id] >= self._most_of_one_company:
            raise _full(f"{self._most_of_one_company} connections of this company are open")
        if self._taken.total() >= self._most:
            raise _full("All connections that this server keeps open are taken")
        self._taken[company_id] += 1
        try:
            yield
        finally:
            self._taken[company_id] -= 1
            if not self._taken[company_id]:
                del self._taken[company_id]

    @contextmanager
    def of_somebody(self) -> Generator[None]:
        """A place for somebody who will say who they are. Raises TOO_MANY_CONNECTIONS."""
        if self._unknown >= self._most_unknown:
            raise _full("Too many connections have been opened on which nothing was said")
        self._unknown += 1
        try:
            yield
        finally:
            self._unknown -= 1


def _full(message: str) -> TurnoutError:
    return TurnoutError(
        "TOO_MANY_CONNECTIONS", f"{message}.", "Close those that nobody reads, or let several readers share one."
    )
