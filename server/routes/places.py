"""How many may listen at once, and to how much: in this process, and of one company."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from turnout.database.errors import TurnoutError
from turnout.server.routes.listening import Listener

MOST: Final = 500
MOST_OF_ONE_COMPANY: Final = 50
# Each is executed again whenever something happens, however few the connections that carry them.
MOST_SUBSCRIPTIONS_OF_ONE_COMPANY: Final = 50
# Of both: what is embedded is opened by whoever looks at a page, and must not keep out the company's own programs.
MOST_EMBEDDED_OF_ONE_COMPANY: Final = 25
# Of those who have connected and not said yet who they are.
MOST_UNKNOWN: Final = 100


class Places:
    """Counts connections that stay open. Whoever finds no place is sent away at once."""

    def __init__(
        self,
        most: int = MOST,
        most_of_one_company: int = MOST_OF_ONE_COMPANY,
        most_unknown: int = MOST_UNKNOWN,
        most_subscriptions: int = MOST_SUBSCRIPTIONS_OF_ONE_COMPANY,
        most_embedded: int = MOST_EMBEDDED_OF_ONE_COMPANY,
    ) -> None:
        self._most = most
        self._most_of_one_company = most_of_one_company
        self._most_unknown = most_unknown
        self._most_subscriptions = most_subscriptions
        self._most_embedded = most_embedded
        self._taken = Counter[int]()
        self._subscriptions = Counter[int]()
        self._embedded = Counter[int]()
        self._embedded_subscriptions = Counter[int]()
        self._unknown = 0

    @property
    def taken(self) -> int:
        """How many there are, those included of whom nobody knows yet who they are."""
        return self._taken.total() + self._unknown

    @contextmanager
    def of(self, listener: Listener) -> Generator[None]:
        """A place for somebody of a company. Raises TOO_MANY_CONNECTIONS."""
        company_id = listener.company_id
        if self._taken[company_id] >= self._most_of_one_company:
            raise _full(f"{self._most_of_one_company} connections of this company are open")
        if listener.is_embedded and self._embedded[company_id] >= self._most_embedded:
            raise _full(f"{self._most_embedded} connections of embedded views of this company are open")
        if self._taken.total() >= self._most:
            raise _full("All connections that this server keeps open are taken")
        with _counted(self._taken, company_id), _counted(self._embedded, company_id, listener.is_embedded):
            yield

    @contextmanager
    def of_subscription(self, listener: Listener) -> Generator[None]:
        """A place for one subscription of a company, whatever carries it. Raises TOO_MANY_SUBSCRIPTIONS."""
        company_id, is_embedded = listener.company_id, listener.is_embedded
        if self._subscriptions[company_id] >= self._most_subscriptions:
            raise too_many(f"{self._most_subscriptions} subscriptions of this company are open.")
        if is_embedded and self._embedded_subscriptions[company_id] >= self._most_embedded:
            raise too_many(f"{self._most_embedded} subscriptions of embedded views of this company are open.")
        with (
            _counted(self._subscriptions, company_id),
            _counted(self._embedded_subscriptions, company_id, is_embedded),
        ):
            yield

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


def too_many(message: str) -> TurnoutError:
    """TOO_MANY_SUBSCRIPTIONS, of a connection or of a company."""
    return TurnoutError(
        "TOO_MANY_SUBSCRIPTIONS", message, "Complete one of them first, or ask for several things in one."
    )


@contextmanager
def _counted(counter: Counter[int], company_id: int, by: int = 1) -> Generator[None]:
    """One more of a company for as long as the block runs."""
    counter[company_id] += by
    try:
        yield
    finally:
        counter[company_id] -= by
        if not counter[company_id]:
            del counter[company_id]


def _full(message: str) -> TurnoutError:
    return TurnoutError(
        "TOO_MANY_CONNECTIONS", f"{message}.", "Close those that nobody reads, or let several readers share one."
    )
