"""A small schema that has everything an executor may meet, and rows that are anything but what its types promise."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from types import SimpleNamespace
from typing import Any, NewType
from uuid import UUID
from zoneinfo import ZoneInfo

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from turnout.graphql.scalars import SCALARS, BigInt
from turnout.graphql.schema import Schema

Odd = NewType("Odd", int)


def write_odd(value: object) -> object:
    if not isinstance(value, int):
        raise TypeError("no number")
    return f"odd {value}" if value % 2 else None


@strawberry.enum
class Colour(Enum):
    RED = "r"
    BLUE = "b"


@dataclass
class Asked:
    """What the fields of a request give."""

    things: Any = field(default_factory=list[Any])
    reads_people: bool = True


Info = strawberry.Info[Asked, None]


class RefusedError(Exception):
    """What a resolver raises."""


@strawberry.type
class Inner:
    number: int
    text: str | None

    @strawberry.field
    def own(self) -> int:
        return self.number + 1


@strawberry.type
class Thing:
    whole: int
    maybe: int | None
    real: float | None
    text: str | None
    flag: bool | None
    ident: strawberry.ID
    day: date | None
    at: datetime | None
    large: BigInt | None
    colour: Colour | None
    odd: Odd | None
    tags: list[str | None] | None
    grid: list[list[int]]
    inner: Inner
    inner_or_null: Inner | None
    inners: list[Inner]
    inners_or_null: list[Inner | None] | None
    renamed: int | None = strawberry.field(name="fancy")
    raising: int | None

    @strawberry.field
    def twice(self) -> int:
        return 2 * self.whole

    @strawberry.field
    def times(self, by: int = 3) -> int | None:
        if by > 5:
            raise RefusedError("too often")
        return by

    @strawberry.field
    async def later(self) -> int | None:
        await asyncio.sleep(0)
        if self.maybe == 3:
            raise RefusedError("later")
        return self.maybe

    @strawberry.field
    async def strictly_later(self) -> int:
        await asyncio.sleep(0)
        if self.maybe == 3:
            raise GraphQLError("strictly later", extensions={"code": "LATER"})
        return self.whole

    @strawberry.field
    async def inner_later(self) -> Inner | None:
        await asyncio.sleep(0)
        return self.inner_or_null

    @strawberry.field
    def same_inners(self) -> list[Inner]:
        return self.inners


@strawberry.interface
class Shape:
    name: str


@strawberry.type
class Circle(Shape):
    radius: float


@strawberry.type
class Edge:
    cursor: str
    node: Thing


@strawberry.type
class Page:
    nodes: list[Thing]
    edges: list[Edge]
    total_count: int


def _circles() -> list[Any]:
    return [Circle(name="a", radius=1.5), Circle(name="b", radius=float("nan"))]


@strawberry.type
class Query:
    @strawberry.field(graphql_type=list[Thing])
    async def things(self, info: Info) -> Any:
        await asyncio.sleep(0)
        return info.context.things

    @strawberry.field(graphql_type=list[Thing | None] | None)
    def things_or_null(self, info: Info) -> Any:
        return info.context.things

    @strawberry.field(graphql_type=Thing | None)
    async def first(self, info: Info) -> Any:
        return info.context.things[0] if info.context.things else None

    @strawberry.field(graphql_type=Page)
    async def page(self, info: Info) -> Any:
        things = info.context.things
        edges = [SimpleNamespace(cursor=f"c{number}", node=thing) for number, thing in enumerate(things)]
        return SimpleNamespace(nodes=things, edges=edges, total_count=len(things))

    @strawberry.field(graphql_type=list[Thing] | None)
    def generated(self, info: Info) -> Iterator[Any]:
        return iter(info.context.things)

    @strawberry.field(graphql_type=list[Thing] | None)
    async def streamed(self, info: Info) -> AsyncGenerator[Any]:
        async def each() -> AsyncGenerator[Any]:
            for thing in info.context.things:
                yield thing

        return each()

    @strawberry.field(graphql_type=list[list[Thing]] | None)
    def nested(self, info: Info) -> Any:
        return [info.context.things, info.context.things[:1]]

    @strawberry.field
    def shapes(self) -> list[Shape] | None:
        return _circles()

    @strawberry.field
    def circles(self) -> list[Circle] | None:
        return _circles()

    @strawberry.field
    def numbers(self) -> list[int] | None:
        return [1, 2]

    @strawberry.field
    def refused(self) -> int | None:
        raise RefusedError("at the top")


@strawberry.type
class Mutation:
    @strawberry.mutation(graphql_type=list[Thing] | None)
    def change(self, info: Info) -> Any:
        return info.context.things


schema = Schema(
    query=Query,
    mutation=Mutation,
    types=[Circle],
    config=StrawberryConfig(scalar_map={**SCALARS, Odd: strawberry.scalar(name="Odd", serialize=write_odd)}),
).core


class Row(SimpleNamespace):
    """A thing, of which one attribute cannot be read when it says so."""

    @property
    def raising(self) -> int | None:
        if self.raises:
            raise RefusedError("an attribute")
        return 1


def inner(number: Any = 1, text: Any = "x") -> SimpleNamespace:
    return SimpleNamespace(number=number, text=text)


USUAL: dict[str, Any] = {
    "whole": 7,
    "maybe": None,
    "real": 1.5,
    "text": 'é"\n',
    "flag": True,
    "ident": "id",
    "day": date(2026, 3, 1),
    "at": datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    "large": 2**60,
    "colour": Colour.RED,
    "odd": 3,
    "tags": ["a", None],
    "grid": [[1, 2], [], [3]],
    "inner": inner(),
    "inner_or_null": None,
    "inners": [inner(), inner(2, None)],
    "inners_or_null": [None, inner()],
    "renamed": -1,
    "raises": False,
}


class Text(str):
    """A text of a class of its own."""

    __slots__ = ()


# What else a row may have under each name: right, convertible, or wrong.
UNUSUAL: dict[str, list[Any]] = {
    "whole": [0, -(2**31), 2**31 - 1, 2**31, None, True, "7", 7.0, 7.5, "seven", RefusedError("a value"), [1]],
    "maybe": [0, 3, -(2**31) - 1, 2**40, float("nan"), object],
    "real": [0.0, -0.0, 3, 2**53, 2**60, 10**400, float("nan"), float("inf"), None, True, "1.5", "x"],
    "text": ["", None, Text("own"), 12, True, ["x"], RefusedError("a text"), {"a": 1}],
    "flag": [False, None, 1, 0.0, "yes"],
    "ident": ["", 12, None, 1.5, Text("own"), UUID(int=7)],
    "day": [None, date(1, 1, 1), date(9999, 12, 31), datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01"],
    "at": [
        None,
        datetime(2026, 3, 1, 9, 30, 0, 100, tzinfo=UTC),
        datetime(2026, 3, 1, 9, 30, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2026, 3, 1, 9, 30, 1, 5, tzinfo=ZoneInfo("UTC")),
        datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(seconds=59))),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9))),
        datetime(33, 1, 1, tzinfo=UTC),
        date(2026, 3, 1),
        "2026-03-01T09:30:00Z",
    ],
    "large": [None, 0, -(2**63), True, "5", 1.5],
    "colour": [None, Colour.BLUE, "r", "RED", "x", 5, [1]],
    "odd": [None, 1, 2, "x"],
    "tags": [None, [], ("b",), [1], ["a", RefusedError("a tag")], {"k": 1}, "text", 5],
    "grid": [[], [[2**31]], [None], [[None]], None, ((1,), [2])],
    "inner": [None, inner(2), inner(None), inner(2**31), 5, {"number": 1}, RefusedError("inner")],
    "inner_or_null": [inner(), inner(None), inner(3, 5), RefusedError("inner"), SimpleNamespace()],
    "inners": [[], None, [None], [inner(), inner(None)], [RefusedError("one of them")], (inner(5),)],
    "inners_or_null": [None, [], [None, None], [inner(None), None, inner("x")]],
    "renamed": [None, 1, 2**31],
    "raises": [True],
}


def thing(**unusual: Any) -> Row:
    return Row(**USUAL | unusual)


# Rows that are none.
NO_THINGS: list[Any] = [None, RefusedError("a row"), 5, "text", SimpleNamespace()]
