"""Who counts what operations cost."""

from collections.abc import Hashable
from typing import Protocol

from turnout.database.errors import TurnoutError


class Payer(Protocol):
    """Whoever asks with a budget: a credential of a company, or a session of support."""

    @property
    def kind(self) -> str:
        """What goes by one budget, such as sessions or keys."""
        ...

    @property
    def account(self) -> Hashable:
        """What nobody else spends from."""
        ...


class Meter(Protocol):
    """Counts what is spent."""

    def charge(self, payer: Payer, points: int) -> TurnoutError | None:
        """Count points that are about to be spent; why they may not be now, None when they may."""
        ...

    def most(self, payer: Payer) -> int:
        """Points that may be spent in a minute; 0 without such a bound."""
        ...
