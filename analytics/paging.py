"""Pages of lists: in an order that is always complete, from any position on."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, LiteralString, TypeVar, cast

import msgspec

from turnout.database.statements import statements

Row = TypeVar("Row")

_SQL: Final = statements("turnout.analytics", "paging.sql")


class Position(msgspec.Struct, frozen=True):
    """Where a row stands in its list: its value in the chosen column, as a number or a text, and what breaks ties."""

    number: int | None
    text: str | None
    tie: str | None


class Wanted(msgspec.Struct, frozen=True):
    """Which part of a list: `first` rows `after` a position, ordered by a column, of those that a search finds.

    Rows with equal values are ordered by their ids; without `by_id` in an order that tells nothing of these.
    """

    first: int
    order_by: str
    descending: bool = True
    after: Position | None = None
    search: str | None = None
    by_id: bool = True

    def parameters(self) -> dict[str, Any]:
        """The parameters that every statement of a list shares; one row more tells whether there is another page."""
        after = self.after or Position(None, None, None)
        return {
            "rows": self.first + 1,
            "order_by": self.order_by,
            "descending": self.descending,
            "resume": self.after is not None,
            "after_number": after.number,
            "after_text": after.text,
            "after_tie": after.tie,
            "search": self.search or None,
        }


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """Rows with their positions, how many the whole list has, and whether there are others before and after."""

    rows: Sequence[Row]
    positions: Sequence[Position]
    total: int
    has_previous: bool
    has_next: bool


class Line(msgspec.Struct, Generic[Row], frozen=True):
    """A row of a list's statement: the list's length and how many rows lie before the page come with each.

    An empty page is one line without a row.
    """

    total: int
    before: int
    position: Position
    row: Row | None


def paged(text: LiteralString, wanted: Wanted) -> LiteralString:
    """The statement of a list, whose last common table expression is `line`, with the end that all lists share."""
    return text + _SQL["tied_by_id" if wanted.by_id else "tied_by_nothing_known"] + _SQL["page"]


def line_of(make: Callable[..., Row]) -> Callable[..., Line[Row]]:
    """Makes lines of what a paged statement answers; `make` takes the id and the row's own columns."""

    def read(
        total: int,
        before: int,
        number: int | None,
        text: str | None,
        id_: str | None,
        *row: object,
    ) -> Line[Row]:
        *columns, tie, _follows, place = row
        position = Position(number, text, cast("str | None", tie))
        return Line(total, before, position, None if place is None else make(id_, *columns))

    return read


def page_of(lines: Sequence[Line[Row]], wanted: Wanted) -> Page[Row]:
    """The page that these lines are."""
    present = [(line.position, line.row) for line in lines if line.row is not None]
    shown = present[: wanted.first]
    return Page(
        [row for _, row in shown],
        [position for position, _ in shown],
        lines[0].total,
        lines[0].before > 0,
        len(present) > wanted.first,
    )
