"""The order of lists, and what a search finds."""

from collections.abc import Iterable
from typing import Any

from .members import DEVICES, KINDS

STATUSES = ("PLANNED", "LIVE", "HELD", "NOT_HELD", "CANCELLED")
ENUMERATIONS = {"kind": KINDS, "status": STATUSES, "device": DEVICES}

Row = dict[str, Any]


def ordered(rows: Iterable[Row], column: str, id_column: str, descending: bool) -> list[Row]:
    """By the column, then by id whatever the direction; nulls last in both."""
    by_id = sorted(rows, key=lambda row: (row[id_column] is None, (row[id_column] or "").encode()))
    said = [row for row in by_id if row[column] is not None]
    unsaid = [row for row in by_id if row[column] is None]
    return (
        sorted(said, key=lambda row: rank(column, row[column]), reverse=descending) + unsaid
    )  # equals stay as they are


def rank(column: str, value: Any) -> Any:
    """What is compared: the place of an enumeration's word, a text in lower case, anything else itself."""
    if column in ENUMERATIONS:
        return ENUMERATIONS[column].index(value)
    return lowered(value) if isinstance(value, str) else value


def matches(label: str | None, search: str) -> bool:
    """Whether the label contains the text, the case of either aside; who has none is found only by no search."""
    return not search or (label is not None and lowered(search) in lowered(label))


def lowered(text: str) -> str:
    """Each character on its own: no final sigma, and of the two characters that the dotted İ becomes only the i."""
    return "".join(sign.lower()[0] for sign in text)
