"""Lists in pages, as Relay wants them: connections, edges, and cursors that nobody can read or forge."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Final, Generic, Protocol, TypeVar

import msgspec
import strawberry

from turnout.analytics.paging import Page, Position, Wanted
from turnout.analytics.reading import Reading
from turnout.analytics.sealing import seal_of
from turnout.database.errors import TurnoutError
from turnout.graphql import people
from turnout.graphql.bounds import MOST_ROWS
from turnout.graphql.enums import describe
from turnout.tenants.sealing import Seal

Row = TypeVar("Row")

LONGEST_SEARCH: Final = 200
LONGEST_CURSOR: Final = 4000
_POSITION: Final = msgspec.msgpack.Decoder(tuple[int | None, str | None, str | None])


class SortDirection(Enum):
    """Which end of an order comes first."""

    ASC = "ASC"
    DESC = "DESC"


describe(
    SortDirection,
    "Which end of an order comes first. Whatever the direction, rows without a value come last.",
    {
        "ASC": "The smallest number, the earliest instant, the first text of the alphabet.",
        "DESC": "The largest number, the latest instant, the last text of the alphabet.",
    },
)


class Order(Protocol):
    """What the orders of all lists have alike."""

    @property
    def field(self) -> Enum:
        """The column."""
        ...

    @property
    def direction(self) -> SortDirection:
        """Which end comes first."""
        ...


def ordered(order: Order) -> tuple[str, bool]:
    """The column of an order, and whether it descends."""
    return order.field.value, order.direction is SortDirection.DESC


@strawberry.type(description="Whether a list goes on before and after a page, and where the page begins and ends.")
class PageInfo:
    """Rows are slices."""

    has_next_page: bool = strawberry.field(description="Whether rows follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether rows come before this page.")
    start_cursor: str | None = strawberry.field(
        metadata=people.HARMLESS, description="The cursor of its first row; null for an empty page."
    )
    end_cursor: str | None = strawberry.field(
        metadata=people.HARMLESS,
        description="The cursor of its last row, which `after` takes for the next page; null for an empty page.",
    )


@dataclass(frozen=True)
class Edge(Generic[Row]):
    """A row with its cursor."""

    node: Row
    cursor: str


@dataclass(frozen=True)
class Slice(Generic[Row]):
    """A page whose positions are sealed when somebody asks for them."""

    page: Page[Row]
    seal: Callable[[Position], str]

    @property
    def nodes(self) -> Sequence[Row]:
        """The rows alone."""
        return self.page.rows

    @property
    def edges(self) -> list[Edge[Row]]:
        """The rows with their cursors."""
        return [Edge(row, self.seal(at)) for row, at in zip(self.page.rows, self.page.positions, strict=True)]

    @property
    def total_count(self) -> int:
        """The rows of the whole list."""
        return self.page.total

    @property
    def page_info(self) -> "Slice[Row]":
        """This page, as PageInfo reads it."""
        return self

    @property
    def has_next_page(self) -> bool:
        """Whether rows follow."""
        return self.page.has_next

    @property
    def has_previous_page(self) -> bool:
        """Whether rows come before."""
        return self.page.has_previous

    @property
    def start_cursor(self) -> str | None:
        """The cursor of the first row."""
        return self.seal(self.page.positions[0]) if self.page.positions else None

    @property
    def end_cursor(self) -> str | None:
        """The cursor of the last row."""
        return self.seal(self.page.positions[-1]) if self.page.positions else None


First = Annotated[int, strawberry.argument(description=f"How many rows the page has at most: 1 to {MOST_ROWS}.")]
After = Annotated[
    str | None,
    strawberry.argument(
        metadata=people.HARMLESS,
        description=(
            "The cursor behind which the page begins. It belongs to this company, list, order and filters alone; any "
            "other is refused with INVALID_CURSOR."
        ),
    ),
]


@dataclass(frozen=True)
class Asked:
    """What a list was asked for: `about` are the arguments that a cursor is bound to, besides the order."""

    field: str
    first: int
    after: str | None
    order_by: str
    descending: bool
    search: str | None
    about: object = None

    def purpose(self, user_key: str | None, *, by_id: bool) -> bytes:
        """What a cursor of this list is good for; of one user's list for that user alone."""
        said: list[Any] = [self.field, self.order_by, self.descending, self.search or None, self.about, user_key, by_id]
        return hashlib.blake2b(msgspec.json.encode(said, order="deterministic"), digest_size=16).digest()


async def slice_of(reading: Reading, asked: Asked, ask: Callable[[Wanted], Awaitable[Page[Row]]]) -> Slice[Row]:
    """The page of a company's list. Raises as `sealed_slice` does."""
    return await sealed_slice(lambda: seal_of(reading), asked, ask, user_key=reading.user_key, by_id=reading.people)


async def sealed_slice(
    find_seal: Callable[[], Awaitable[Seal]],
    asked: Asked,
    ask: Callable[[Wanted], Awaitable[Page[Row]]],
    *,
    user_key: str | None = None,
    by_id: bool = True,
) -> Slice[Row]:
    """The page that was asked for. Raises ARGUMENT_OUT_OF_RANGE, ARGUMENT_TOO_LONG, INVALID_CURSOR."""
    within("first", asked.first, 1, MOST_ROWS, "Ask for fewer rows, and for the others with `after`.")
    short_enough("search", asked.search, LONGEST_SEARCH)
    purpose = asked.purpose(user_key, by_id=by_id)
    if asked.after is None:
        page, seal = await asyncio.gather(ask(_wanted(asked, None, by_id=by_id)), find_seal())
    else:
        seal = await find_seal()
        page = await ask(_wanted(asked, _position(seal, asked.after, purpose), by_id=by_id))
    return Slice(page, lambda position: _cursor(seal, position, purpose))


def within(argument: str, value: int, least: int, most: int, hint: str) -> None:
    """Raise ARGUMENT_OUT_OF_RANGE for a number that is not allowed."""
    if not least <= value <= most:
        raise TurnoutError(
            "ARGUMENT_OUT_OF_RANGE",
            f"`{argument}` is {value}; it must be {least} to {most}.",
            hint,
            argument=argument,
            value=value,
            minimum=least,
            maximum=most,
        )


def short_enough(argument: str, value: Sequence[Any] | None, most: int) -> None:
    """Raise ARGUMENT_TOO_LONG for a text or list that is not allowed."""
    if value is not None and len(value) > most:
        raise TurnoutError(
            "ARGUMENT_TOO_LONG",
            f"`{argument}` has the length {len(value)}; {most} is the most.",
            "Shorten it.",
            argument=argument,
            value=len(value),
            maximum=most,
        )


def _wanted(asked: Asked, after: Position | None, *, by_id: bool) -> Wanted:
    return Wanted(asked.first, asked.order_by, asked.descending, after, asked.search, by_id)


def _cursor(seal: Seal, position: Position, purpose: bytes) -> str:
    return seal.close(msgspec.msgpack.encode((position.number, position.text, position.tie)), purpose)


def _position(seal: Seal, cursor: str, purpose: bytes) -> Position:
    content = seal.open(cursor, purpose) if len(cursor) <= LONGEST_CURSOR else None
    if content is None:
        raise TurnoutError(
            "INVALID_CURSOR",
            "`after` is no cursor of this list.",
            "Take it from an answer to the same question: the same field, period, order, search and filters.",
            argument="after",
        )
    return Position(*_POSITION.decode(content))


T = TypeVar("T")


@strawberry.type(description="A row of a list, and where it stands.")
class RowEdge(Generic[T]):
    """Rows are edges."""

    cursor: str = strawberry.field(
        metadata=people.HARMLESS, description="What `after` takes for the page behind this row."
    )
    node: T = strawberry.field(description="The row itself.")


@strawberry.type(
    description="A page of a list. Rows with equal values are ordered by their ids, so that no page overlaps another."
)
class Connection(Generic[T]):
    """Rows are slices."""

    nodes: list[T] = strawberry.field(description="The rows of the page.")
    edges: list[RowEdge[T]] = strawberry.field(description="The rows of the page, each with its cursor.")
    page_info: PageInfo = strawberry.field(description="Whether there are other pages, and the ends of this one.")
    total_count: int = strawberry.field(description="How many rows the whole list has, with its search and filters.")
