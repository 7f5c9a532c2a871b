"""The whole product answers to the byte as if the ordinary executor had built every answer."""

from collections.abc import Mapping
from typing import Any, cast

import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, assume, given, settings
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from tests.execution.writing import operations
from tests.isolation.canaries import Canary
from tests.isolation.questions import packed, questions
from turnout.graphql import execution
from turnout.graphql.schema import schema

from .clients import Client
from .telling import Told

PERIOD = "period: {preset: LAST_7_DAYS}"
ENDED = 'period: {instants: {from: "2026-02-28T10:00:00Z", to: "2026-03-02T11:00:00Z"}}'
# What tells of its own use.
CHANGING = {"keys", "sessions"}
ROOTS = ("periodSummary", "dailyPeaks", "days", "userStats", "eventStats", "roomStats", "diskUsage", "clients")
ARGUMENTS = {
    **{f"Query.{root}": (f"({PERIOD})", f"({ENDED})") for root in ROOTS},
    "Query.user": (f'({PERIOD}, userId: "anna")', f'({ENDED}, userId: "nobody")'),
    "Query.event": ('(eventId: "launch")', '(eventId: "nothing")'),
}


class Plain:
    """A company whose things have the names of the little one."""

    prime = 7

    def __call__(self, word: str) -> str:
        return word


class Ordinary(StrawberryGraphQLCoreExecutionContext):
    """The ordinary executor, which knows nothing of ways and counts nothing."""

    def __init__(self, *built: Any, ways: object, tally: object, **options: Any) -> None:
        super().__init__(*built, **options)


async def contents(client: Client, text: str, variables: Mapping[str, Any] | None = None) -> tuple[bytes, bytes]:
    """What is answered by the ordinary executor, and by the one that serves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execution, "FlatExecutor", Ordinary)
        ordinary = await client.post(text, variables)
    flat = await client.post(text, variables)
    return ordinary.content, flat.content


@pytest.mark.parametrize(("whose", "every"), [("people", 1), ("no people", 4), ("one user", 4)])
async def test_everything_that_can_be_asked_is_answered_alike(
    told: Told, little_stats: Client, whose: str, every: int
) -> None:
    client = {"people": told.little, "no people": little_stats, "one user": told.of_one["anna"]}[whose]
    await client.post(f"{{ userStats({PERIOD}) {{ totalCount }} }}")  # nothing is refreshed between two answers
    asked = [part for part in questions(cast("Canary", Plain())) if part.name not in CHANGING]

    for text, variables in packed(asked[::every]):
        ordinary, flat = await contents(client, text, variables)

        assert flat == ordinary


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], max_examples=15)
@given(operations(schema.core, ARGUMENTS, depth=3))
async def test_operations_that_nobody_thought_of_are_answered_alike(told: Told, text: str) -> None:
    assume(not validate(schema.core, parse(text)))

    ordinary, flat = await contents(told.little, text, {"maybe": True})

    assert flat == ordinary
