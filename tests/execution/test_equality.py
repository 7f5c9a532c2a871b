"""What is built column by column is what the ordinary executor would have answered, to the byte."""

import asyncio
import random
from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from .both import Both
from .things import NO_THINGS, UNUSUAL, Asked, schema, thing
from .writing import operations

ARGUMENTS = {"Thing.times": ("(by: 2)", "(by: 9)")}
LEAVES = "whole maybe real text flag ident day at large colour odd fancy"
DEEP = "inner { number text } innerOrNull { number } inners { text number own } innersOrNull { number } grid tags"
SELECTIONS = (
    LEAVES,
    f"a: whole b: whole c: text {LEAVES}",
    "__typename whole t: __typename",
    "raising whole",
    f"twice {LEAVES}",
    f"later strictlyLater times tooOften: times(by: 9) {LEAVES}",
    DEEP,
    f"{DEEP} innerLater {{ number own }} sameInners {{ number }}",
    "...F text fragment: whole",
    "whole @include(if: $yes) text @skip(if: $yes) real",
    "... @include(if: $no) { whole } text",
    "whole whole text whole inner { number } inner { text number }",
    "... on Thing @skip(if: $yes) { whole } day",
)
FRAGMENTS = """
fragment F on Thing { whole day ...G }
fragment G on Thing { real also: maybe inner { ...H } }
fragment H on Inner { number }
"""
# Those that are asked of all rows; each of the others is of its part of them.
WHOLE = (LEAVES, DEEP)
ROOTS = "things { %s } thingsOrNull { %s } first { %s } page { nodes { %s } edges { cursor node { %s } } totalCount }"
SWITCHED = "__typename @include(if: $no) also: __typename @skip(if: $yes)"
OTHERS = (
    "{ shapes { name __typename ... on Circle { radius } } circles { name radius } numbers refused }",
    "{ generated { whole text } streamed { whole } nested { whole text twice } refused }",
    "{ refused a: refused things { whole } page { totalCount } }",
    "mutation { change { whole later } again: change { text } }",
)
patient = [HealthCheck.too_slow, HealthCheck.filter_too_much]
everything = settings(deadline=None, suppress_health_check=patient, max_examples=40)


def asked(selection: str) -> str:
    fragments = FRAGMENTS if "...F" in selection else ""
    selected = ROOTS.replace("%s", selection)
    return f"query($yes: Boolean = true, $no: Boolean = false) {{ {selected} {SWITCHED} }}{fragments}"


def rows() -> list[list[Any]]:
    """Lists of things: usual ones, and one of each that is not among usual ones."""
    odd = [thing(**{name: value}) for name, values in UNUSUAL.items() for value in values]
    return [[], [thing(), thing(maybe=3)], *([thing(), one, thing()] for one in [*odd, *NO_THINGS])]


@pytest.mark.parametrize(("number", "selection"), list(enumerate(SELECTIONS)))
async def test_every_selection_of_every_row_is_answered_alike(number: int, selection: str) -> None:
    both, every = Both(schema), 1 if selection in WHOLE else 8
    assert not validate(schema, parse(asked(selection)))

    for things in rows()[number % every :: every]:
        ordinary, flat = await both.answers(asked(selection), lambda things=things: Asked(things))

        assert flat == ordinary

    assert both.tally.built


@pytest.mark.parametrize("text", OTHERS)
async def test_what_is_no_list_of_plain_objects_is_answered_alike(text: str) -> None:
    assert not validate(schema, parse(text))

    for things in ([thing()], [thing(whole=None)], (thing(), thing(maybe=3))):
        ordinary, flat = await Both(schema).answers(text, lambda things=things: Asked(things))

        assert flat == ordinary


@everything
@given(
    text=operations(schema, ARGUMENTS, kinds=("query", "query", "mutation")),
    seed=st.integers(0, 2**32),
    maybe=st.booleans(),
)
def test_operations_that_nobody_thought_of_are_answered_alike(text: str, seed: int, maybe: bool) -> None:
    assume(not validate(schema, parse(text)))
    both = Both(schema)
    things = list(_drawn(random.Random(seed)))

    ordinary, flat = asyncio.run(both.answers(text, lambda: Asked(things), {"maybe": maybe}))

    assert flat == ordinary


def _drawn(chance: random.Random) -> list[Any]:
    """Things of which most are as they should be."""
    things = [thing(maybe=chance.randint(0, 3)) for _ in range(chance.randint(0, 4))]
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        name = chance.choice(list(UNUSUAL))
        things.append(thing(**{name: chance.choice(UNUSUAL[name])}))
    return things
