"""What is built column by column, and what is not, is counted with its reason."""

from datetime import UTC, date, datetime
from typing import Any, cast

import msgspec
import pytest
import strawberry
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st
from strawberry.extensions import SchemaExtension

from turnout.graphql.flat.executor import FlatExecutor
from turnout.graphql.flat.fallbacks import Reason, Tally
from turnout.graphql.scalars import write_instant

from .both import Both, execute
from .things import Asked, RefusedError, inner, schema, thing

OWN = "{ things { whole twice later } page { nodes { text innerLater { number } } edges { node { whole } } } }"
PLAIN = "{ things { whole day at large colour tags grid inner { number } inners { text } } page { totalCount } }"
REASONS = [
    ("things { whole }", thing(whole=None), Reason.NULL),
    ("things { inner { number } }", thing(inner=inner(None)), Reason.NULL),
    ("things { whole }", thing(whole=2**31), Reason.RANGE),
    ("things { real }", thing(real=float("nan")), Reason.RANGE),
    ("things { whole }", thing(whole=7.0), Reason.TYPE),
    ("things { raising }", thing(raises=True), Reason.RAISED),
    ("things { colour }", thing(colour="x"), Reason.RAISED),
    ("things { whole }", RefusedError("a row"), Reason.ROW),
    ("things { inners { text } }", thing(inners={}), Reason.ITERABLE),
    ("generated { whole }", thing(), Reason.ITERABLE),
    ("shapes { name }", thing(), Reason.ABSTRACT),
]


@pytest.mark.parametrize("text", [PLAIN, OWN])
async def test_what_is_as_it_should_be_is_all_built_here(text: str) -> None:
    both = Both(schema)

    await both.answers(text, lambda: Asked([thing(), thing(maybe=2)]))

    assert both.tally.built >= 4
    assert not any(both.tally.fallbacks.values())


@pytest.mark.parametrize(("selected", "row", "reason"), REASONS)
async def test_what_is_not_is_counted_by_its_reason(selected: str, row: Any, reason: Reason) -> None:
    both = Both(schema)

    await both.answers(f"{{ {selected} }}", lambda: Asked([thing(), row]))

    assert both.tally.fallbacks[reason] >= 2
    assert {one for one, times in both.tally.fallbacks.items() if times} <= {reason, Reason.NULL, Reason.RANGE}


def test_an_extension_that_sees_every_field_does_so_and_is_counted() -> None:
    seen: list[str] = []

    class Seeing(SchemaExtension):
        def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
            seen.append(info.field_name)
            return _next(root, info, *args, **kwargs)

    tally = Tally()
    extension = Seeing()

    result: Any = execute(
        schema,
        parse("{ circles { name } }"),
        executor_class=FlatExecutor,
        middleware=[extension],
        tally=tally,
    )

    assert result.data == {"circles": [{"name": "a"}, {"name": "b"}]}
    assert seen == ["circles", "name", "name"]
    assert (tally.built, tally.fallbacks[Reason.MIDDLEWARE]) == (0, 1)


def test_a_schema_of_strawberry_alone_can_be_executed_so() -> None:
    @strawberry.type
    class Point:
        x: int

    @strawberry.type
    class Query:
        @strawberry.field
        def points(self) -> list[Point]:
            return [Point(x=1), Point(x=2)]

    executor = cast("Any", FlatExecutor)  # strawberry and graphql-core call one class by two names
    answer = strawberry.Schema(Query, execution_context_class=executor).execute_sync("{ points { x } }")

    assert msgspec.json.encode(answer.data) == b'{"points":[{"x":1},{"x":2}]}'


@given(st.datetimes(timezones=st.sampled_from([UTC])), st.dates())
def test_the_encoder_writes_instants_and_days_as_the_scalars_do(at: datetime, day: date) -> None:
    assert msgspec.json.encode([at, day]) == msgspec.json.encode([write_instant(at), day.isoformat()])
