"""Arguments that cannot be: each is refused by a code, with what was given and what is allowed."""

from collections.abc import Iterator
from typing import Any

import pytest

from turnout.graphql import expectation, trends
from turnout.graphql.alerts import MOST_BACKTEST_DAYS
from turnout.graphql.bounds import MOST_ROWS
from turnout.graphql.clients import MOST_CLIENTS
from turnout.graphql.connections import LONGEST_SEARCH
from turnout.graphql.events import LONGEST_FILTER, LONGEST_ID
from turnout.graphql.rooms import LONGEST_NAME

from .asking import QUERY, ask, question, refusal
from .telling import Told

REQUIRED = {
    "period": {"preset": "LAST_7_DAYS"},
    "userId": "anna",
    "eventId": "launch",
    "participant": {"userId": "anna"},
    "condition": {"metric": "CONNECTIONS"},
}
LENGTHS = {"search": LONGEST_SEARCH, "roomPrefix": LONGEST_ID, "prefix": LONGEST_NAME, "name": LONGEST_NAME}
NUMBERS = {"first": MOST_ROWS, "limit": MOST_CLIENTS, "days": expectation.MOST_DAYS}
OTHERS = {("trend", "days"): trends.MOST_DAYS, ("backtestAlertRule", "days"): MOST_BACKTEST_DAYS}
# Numbers of revisions have no bounds of their own: any that is none of the period's is UNKNOWN_REVISION.
REVISIONS = {("closedPeriod", "revision"), ("periodDifferences", "from"), ("periodDifferences", "to")}
FILTERS = {"kinds": "CALL", "templates": "LECTURE", "statuses": "HELD"}
TEXTS = {"ID", "ID!", "String", "[String!]"}
# What names one of a few things that there are, and is refused when it names none.
CHOICES = {"ruleId": "UNKNOWN_ALERT_RULE", "metrics": "UNKNOWN_METRIC"}


def arguments(*types: str) -> Iterator[tuple[str, str]]:
    """Each root field with each of its arguments of these types."""
    for name, field in QUERY.fields.items():
        yield from ((name, argument) for argument, described in field.args.items() if str(described.type) in types)


def numbers() -> Iterator[tuple[str, str]]:
    """Each root field with each of its arguments that is a number within bounds."""
    return (found for found in arguments("Int", "Int!") if found not in REVISIONS)


def required(name: str) -> dict[str, Any]:
    return {argument: value for argument, value in REQUIRED.items() if argument in QUERY.fields[name].args}


def value_of(name: str, argument: str, text: str) -> str | list[str]:
    """A text, or a list of it where the argument takes one."""
    return [text] if "[" in str(QUERY.fields[name].args[argument].type) else text


@pytest.mark.parametrize(("name", "argument"), list(numbers()))
async def test_a_number_is_within_its_bounds(told: Told, name: str, argument: str) -> None:
    most = OTHERS.get((name, argument), NUMBERS[argument])

    for value in (0, -1, most + 1, 2**31 - 1, -(2**31)):
        refused = await refusal(told.little, name, **required(name), **{argument: value})
        assert refused.pop("hint")
        assert refused == {
            "code": "ARGUMENT_OUT_OF_RANGE",
            "argument": argument,
            "value": value,
            "minimum": 1,
            "maximum": most,
        }
    for value in (1, most):
        assert await ask(told.little, name, **required(name), **{argument: value})


@pytest.mark.parametrize("value", [2**31, 1.5, "1", True, None, [1]])
async def test_what_is_no_number_fits_nowhere(told: Told, value: Any) -> None:
    for name, argument in numbers():
        given = required(name) | {argument: value}
        answer = await told.little.post(question(name, given), given)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_text_is_as_long_as_it_may_be(told: Told) -> None:
    for name, argument in arguments("String"):
        if argument != "after":
            most = LENGTHS[argument]
            await ask(told.little, name, **required(name), **{argument: "😀" * most})
            refused = await refusal(told.little, name, **required(name), **{argument: "😀" * (most + 1)})
            assert refused == too_long(argument, most)


async def test_a_filter_names_as_many_as_it_may(told: Told) -> None:
    for argument, value in FILTERS.items():
        given = required("eventStats") | {argument: [value] * LONGEST_FILTER}
        assert (await ask(told.little, "eventStats", **given))["nodes"]
        refused = await refusal(told.little, "eventStats", **given | {argument: [value] * (LONGEST_FILTER + 1)})
        assert refused == too_long(argument, LONGEST_FILTER)


def too_long(argument: str, most: int) -> dict[str, Any]:
    return {
        "code": "ARGUMENT_TOO_LONG",
        "hint": "Shorten it.",
        "argument": argument,
        "value": most + 1,
        "maximum": most,
    }


def test_every_bounded_argument_is_known() -> None:
    assert {argument for _, argument in numbers()} == NUMBERS.keys()
    assert {argument for _, argument in arguments("String")} == LENGTHS.keys() | {"after"}
    lists = [
        described for field in QUERY.fields.values() for described in field.args.values() if "[" in str(described.type)
    ]
    # The actions of the audit, what is moved and added, and choices of a few: metrics, and sections thrice.
    assert len(lists) == len(FILTERS) + 7


@pytest.mark.parametrize("sign", ["\\u0000", "a\\u0000", "\\ud800", "\\udc00", "\\udc00\\ud800"])
async def test_what_the_database_cannot_hold_is_refused_at_the_door(told: Told, sign: str) -> None:
    for name, argument in arguments(*TEXTS):
        given = required(name) | {argument: value_of(name, argument, "@")}
        request = told.little.http.build_request(
            "POST",
            "/graphql",
            json={"query": question(name, given), "variables": given},
            headers={"authorization": f"Bearer {told.little.token}"},
        )
        body = request.content.replace(b"@", sign.encode())
        answer = await told.little.http.post(
            "/graphql", content=body, headers={**request.headers, "content-length": str(len(body))}
        )
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "MALFORMED_REQUEST")


@pytest.mark.parametrize(
    "text", ["\u0001", "\uffff", "\ufeff", "\u202e", "%", "_", "\\", "'", "' or ''='", "{}", "\U0010ffff", ""]
)
async def test_any_other_text_is_a_text(told: Told, text: str) -> None:
    for name, argument in arguments(*TEXTS):
        if argument != "after" and argument not in CHOICES:
            given = required(name) | {argument: value_of(name, argument, text)}
            answer = await ask(told.little, name, **given)
            assert bool(answer and answer["nodes"]) is (text == "" and argument in LENGTHS)


@pytest.mark.parametrize("text", ["\u0001", "%", "' or ''='", "{}", "\U0010ffff", ""])
async def test_a_text_that_is_none_of_the_choices_is_refused(told: Told, text: str) -> None:
    chosen = [(name, argument) for name, argument in arguments(*TEXTS) if argument in CHOICES]

    for name, argument in chosen:
        refused = await refusal(told.little, name, **{argument: value_of(name, argument, text)})
        assert refused["code"] == CHOICES[argument]
    assert {argument for _, argument in chosen} == CHOICES.keys()


async def test_ids_longer_than_any_are_nobodys(told: Told) -> None:
    long = "x" * 200_000

    assert await ask(told.little, "event", eventId=long) is None
    assert await ask(told.little, "user", userId=long, period={"preset": "TODAY"}) is None
    assert (await ask(told.little, "eventStats", ownerId=long, period={"preset": "TODAY"}))["nodes"] == []
