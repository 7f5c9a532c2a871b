"""What a credential that may not read people is refused, and that it is refused nothing else."""

from typing import Any

import pytest
from graphql import is_required_argument

from turnout.graphql.people import personal_columns

from .asking import QUERY, ask, refusal, send
from .clients import Client
from .personal import LISTS, NAMED, NAMING, columns, given
from .telling import Told

# Those that can be given alone: no other one is demanded that names people too.
ALONE = [
    (name, argument)
    for name, argument in NAMING
    if not any(
        (name, other) in NAMING and other != argument and is_required_argument(described)
        for other, described in QUERY.fields[name].args.items()
    )
]
ORDERED = [
    (name, column)
    for name, field in QUERY.fields.items()
    if "orderBy" in field.args
    for column in sorted(personal_columns(field))
]


@pytest.mark.parametrize(("name", "argument"), ALONE)
async def test_nobody_is_searched_or_found_without_the_right_to_read_people(
    little_stats: Client, name: str, argument: str
) -> None:
    answer: Any = (await send(little_stats, name, **given(name), **{argument: NAMED[argument]})).json()

    [error] = answer["errors"]
    assert answer["data"] in (None, {name: None})
    assert (error["extensions"]["code"], error["extensions"]["argument"]) == ("PEOPLE_NOT_READABLE", argument)
    assert "read:people" in error["extensions"]["hint"]


@pytest.mark.parametrize(("name", "column"), ORDERED)
async def test_nothing_is_ordered_by_people_without_the_right_to_read_them(
    little_stats: Client, name: str, column: str
) -> None:
    for direction in ("ASC", "DESC"):
        refused = await refusal(little_stats, name, **given(name), orderBy={"field": column, "direction": direction})
        assert (refused["code"], refused["argument"]) == ("PEOPLE_NOT_READABLE", "orderBy")


@pytest.mark.parametrize("name", LISTS)
async def test_every_other_order_is_answered_in_pages_that_fit_together(little_stats: Client, name: str) -> None:
    for column in columns(name) - personal_columns(QUERY.fields[name]):
        order = {"orderBy": {"field": column, "direction": "ASC"}}
        whole = await ask(little_stats, name, **given(name), **order)

        rows: list[Any] = []
        after: str | None = None
        for _ in whole["nodes"]:
            page = await ask(little_stats, name, **given(name), **order, first=1, after=after)
            rows += page["nodes"]
            after = page["pageInfo"]["endCursor"]

        assert rows == whole["nodes"]


async def test_a_cursor_of_somebody_who_reads_people_is_none_for_who_does_not(told: Told, little_stats: Client) -> None:
    for name in LISTS:
        for mine, theirs in ((told.little, little_stats), (little_stats, told.little)):
            cursor = (await ask(theirs, name, **given(name)))["pageInfo"]["startCursor"]
            refused = await refusal(mine, name, **given(name), after=cursor)
            assert refused["code"] == "INVALID_CURSOR"
