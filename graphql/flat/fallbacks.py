"""Why something was not built column by column, and how often that was so."""

from collections import Counter
from enum import Enum


class Reason(Enum):
    """What made the ordinary executor complete a list or an object."""

    MIDDLEWARE = "middleware"
    """Something wants to see every field as it is resolved."""
    INCREMENTAL = "incremental"
    """It is answered in several parts."""
    ABSTRACT = "abstract"
    """Of which type a row is has to be found out for each."""
    ITERABLE = "iterable"
    """The rows are neither a list nor a tuple."""
    ROW = "row"
    """A row is awaited, an exception, or of a kind that decides by itself which attributes it has."""
    RAISED = "raised"
    """An attribute could not be read."""
    NULL = "null"
    """A value is missing that must not be."""
    TYPE = "type"
    """A value is not of the one type that needs no conversion."""
    RANGE = "range"
    """A number cannot be told in its type."""


class NotFlatError(Exception):
    """The ordinary executor has to do it, with the very same outcome."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Tally:
    """How many lists and objects were built in which way."""

    def __init__(self) -> None:
        self.built = 0
        self._fallbacks = Counter[Reason]()

    @property
    def fallbacks(self) -> dict[Reason, int]:
        """How often the ordinary executor had to do it, by every reason there is."""
        return {reason: self._fallbacks[reason] for reason in Reason}

    def fell_back(self, reason: Reason) -> None:
        """Count one that the ordinary executor does."""
        self._fallbacks[reason] += 1
