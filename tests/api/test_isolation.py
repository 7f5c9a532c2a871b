"""What belongs to another company cannot be told from what does not exist, whatever a question names."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from .asking import QUERY, ask, question, send
from .clients import Client
from .stories import little_company
from .telling import Told

PERIOD = {"dates": {"from": "2026-02-28", "to": "2026-03-03"}}
# Arguments of these types name nothing that belongs to anybody.
ORDERS = {"UserStatOrder", "EventStatOrder", "PlannedEventsOrder", "DiskUsageOrder"}
HARMLESS = {"Int", "Boolean", "DateTime", "PeriodInput", "Section", "EventKind", "EventStatus", *ORDERS}
# What the little company has for the others.
NAMED = {
    "userId": "anna",
    "eventId": "launch",
    "ownerId": "anna",
    "search": "",
    "roomPrefix": "Große",
    "templates": "Stammtisch",
    "after": "",
}


def naming() -> Iterator[tuple[str, str]]:
    """Each root field with each of its arguments that may name what is somebody's."""
    for name, field in QUERY.fields.items():
        for argument, described in field.args.items():
            if name != "audit" and str(described.type).strip("[]!") not in HARMLESS:
                yield name, argument


def shown(answer: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All of an answer but the number of its request."""
    return answer.status_code, answer.content, [item for item in answer.headers.items() if item[0] != "x-request-id"]


def given(name: str, argument: str, value: str) -> dict[str, Any]:
    period = {"period": PERIOD} if "period" in QUERY.fields[name].args else {}
    return period | {argument: [value] if argument == "templates" else value}


def test_every_argument_that_may_name_something_is_known() -> None:
    assert {argument for _, argument in naming()} == NAMED.keys()


@pytest.mark.parametrize(("name", "argument"), [pair for pair in naming() if pair[1] != "after"])
async def test_what_another_company_has_is_what_nobody_has(told: Told, name: str, argument: str) -> None:
    theirs = given(name, argument, f"other {NAMED[argument]}")
    invented = given(name, argument, f"xther {NAMED[argument]}")

    answer, nothing = await send(told.little, name, **theirs), await send(told.little, name, **invented)

    assert shown(answer) == shown(nothing)
    assert shown(answer) != shown(await send(told.other, name, **theirs))
    assert shown(answer) != shown(await send(told.little, name, **given(name, argument, NAMED[argument])))


async def test_a_cursor_of_another_company_is_as_good_as_none(at_acme: Client, at_globex: Client) -> None:
    for client in (at_acme, at_globex):
        await client.tell(little_company())

    for name, argument in naming():
        if argument == "after":
            period = {"period": PERIOD} if "period" in QUERY.fields[name].args else {}
            theirs, ours = [(await ask(client, name, **period))["pageInfo"] for client in (at_globex, at_acme)]
            forged = ("B" if ours["startCursor"][0] == "A" else "A") + ours["startCursor"][1:]
            assert theirs["startCursor"] != ours["startCursor"]
            refused = await send(at_acme, name, **period, after=theirs["startCursor"])
            assert shown(refused) == shown(await send(at_acme, name, **period, after=forged))
            assert refused.json()["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"


async def test_no_answer_changes_when_another_company_tells_the_same(at_acme: Client, at_globex: Client) -> None:
    await at_acme.tell(little_company())
    before = [shown(answer) for answer in await crawl(at_acme)]

    await at_globex.tell(little_company())
    theirs = [shown(answer) for answer in await crawl(at_globex)]
    after = [shown(answer) for answer in await crawl(at_acme)]

    assert after == before
    assert len(theirs) == len(QUERY.fields)
    assert theirs != before


async def crawl(client: Client) -> list[httpx.Response]:
    """The answer of every root field."""
    names = {"period": {"instants": {"from": "2026-02-28T10:00:00Z", "to": "2026-03-03T10:00:00Z"}}}
    names |= {"userId": "anna", "eventId": "launch"}
    return [
        await client.post(question(name, chosen), chosen)
        for name, field in QUERY.fields.items()
        for chosen in [{argument: value for argument, value in names.items() if argument in field.args}]
    ]
