"""Lists in pages: every order of every list, from end to end, and cursors that are good for nothing else."""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType

from tests.oracle.ordering import Row, matches, ordered
from turnout.graphql.schema import schema

from .asking import QUERY, ask, refusal
from .clients import Client, activity
from .stories import awkward_company
from .telling import Told

PERIOD = {"dates": {"from": "2026-02-28", "to": "2026-03-03"}}
CONNECTIONS = [name for name, field in QUERY.fields.items() if str(field.type).endswith("Connection!")]
# Those in one order alone have tests of their own.
LISTS = [name for name in CONNECTIONS if "orderBy" in QUERY.fields[name].args]
# How many rows each has: one for everybody with an awkward name, another for nobody, and three events of each user.
LENGTHS = {"userStats": 11, "eventStats": 34, "plannedEvents": 12, "diskUsage": 12, "roomStats": 11, "arrivals": 11}
INSTANTS = {
    "createdAt",
    "startsAt",
    "endsAt",
    "startedAt",
    "endedAt",
    "nextStartsAt",
    "firstSessionAt",
    "lastSessionAt",
}
# As many at once as one request may have.
AT_ONCE = 20
INFO = "hasNextPage hasPreviousPage startCursor endCursor"


def about(name: str) -> dict[str, Any]:
    return {"period": PERIOD} if "period" in QUERY.fields[name].args else {}


def id_column(name: str) -> str:
    return {"eventStats": "eventId", "roomStats": "roomId"}.get(name, "userId")


def columns(name: str) -> dict[str, str]:
    """The columns that a list may be ordered by, and what each is called in its rows."""
    order = cast("GraphQLInputObjectType", schema.core.type_map[str(QUERY.fields[name].args["orderBy"].type)])
    values = cast("GraphQLEnumType", schema.core.type_map[f"{order.name}Field"]).values
    words = {value: value.lower().split("_") for value in values}
    return {value: first + "".join(map(str.capitalize, others)) for value, (first, *others) in words.items()}


def orders(name: str) -> Iterator[dict[str, str]]:
    for column in columns(name):
        for direction in ("ASC", "DESC"):
            yield {"field": column, "direction": direction}


def comparable(row: Row) -> Row:
    """A row as it is ordered: instants as such, and of texts the first 300 signs."""
    shortened = {name: value[:300] if isinstance(value, str) else value for name, value in row.items()}
    return shortened | {name: datetime.fromisoformat(row[name]) for name in INSTANTS & row.keys() if row[name]}


def ids(connection: Mapping[str, Any], name: str) -> list[Any]:
    return [row[id_column(name)] for row in connection["nodes"]]


async def pages(client: Client, name: str, wanted: list[dict[str, Any]]) -> list[Any]:
    """A page for each of several sets of arguments, asked for together."""
    types = {argument: described.type for argument, described in QUERY.fields[name].args.items()}
    declared = [f"${argument}{n}: {types[argument]}" for n, given in enumerate(wanted) for argument in given]
    passed = [", ".join(f"{argument}: ${argument}{n}" for argument in given) for n, given in enumerate(wanted)]
    rows = f"nodes {{ {id_column(name)} }} edges {{ cursor }} totalCount pageInfo {{ {INFO} }}"
    asked = [f"a{n}: {name}({arguments}) {{ {rows} }}" for n, arguments in enumerate(passed)]
    variables = {f"{argument}{n}": value for n, given in enumerate(wanted) for argument, value in given.items()}
    return list((await client.query(f"query({', '.join(declared)}) {{ {' '.join(asked)} }}", variables)).values())


async def walk(client: Client, name: str, wanted: list[dict[str, Any]]) -> list[list[Any]]:
    """The ids of each list from its first page to its last, and whether its pages say so of themselves."""
    found: list[list[Any]] = [[] for _ in wanted]
    waiting = dict(enumerate(wanted))
    while waiting:
        numbers = list(waiting)[:AT_ONCE]
        for number, page in zip(numbers, await pages(client, name, [waiting[n] for n in numbers]), strict=True):
            info, cursors = page["pageInfo"], [edge["cursor"] for edge in page["edges"]]
            assert info["hasPreviousPage"] is bool(found[number])
            assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1])
            found[number] += ids(page, name)
            assert info["hasNextPage"] is (len(found[number]) < page["totalCount"])
            if info["hasNextPage"]:
                waiting[number] = waiting.pop(number) | {"after": info["endCursor"]}
            else:
                del waiting[number]
    return found


def test_the_lists_are_known() -> None:
    assert LENGTHS.keys() == set(LISTS)


@pytest.mark.parametrize("name", LISTS)
async def test_pages_of_any_size_in_any_order_give_each_row_once(told: Told, name: str) -> None:
    rows = [comparable(row) for row in (await ask(told.awkward, name, **about(name), first=1000))["nodes"]]
    asked = list(orders(name))
    wanted = [about(name) | {"first": 1 + number % 3, "orderBy": order} for number, order in enumerate(asked)]

    found = await walk(told.awkward, name, wanted)

    assert len(rows) > 10
    for order, got in zip(asked, found, strict=True):
        column = columns(name)[order["field"]]
        expected = ordered(rows, column, id_column(name), order["direction"] == "DESC")
        assert got == [row[id_column(name)] for row in expected], order


@pytest.mark.parametrize("name", LISTS)
async def test_a_search_finds_what_is_called_so_capitals_aside(told: Told, name: str) -> None:
    rows = (await ask(told.awkward, name, **about(name)))["nodes"]
    label = "title" if name == "eventStats" else "name"

    for text in ("ANNA", "ΩM", "ωM", "张", "İp", "IP", "😀", "É", "SS", "ß", "-", "u-1", "\u0301"):
        found = await ask(told.awkward, name, **about(name), search=text)
        assert found["nodes"] == [row for row in rows if matches(row[label] or row[id_column(name)], text)], text


@pytest.mark.parametrize("name", LISTS)
async def test_the_edges_are_the_nodes(told: Told, name: str) -> None:
    answer = await ask(told.awkward, name, **about(name))

    assert [edge["node"] for edge in answer["edges"]] == answer["nodes"]
    assert answer["totalCount"] == len(answer["nodes"])


@pytest.mark.parametrize("name", LISTS)
async def test_behind_the_last_row_is_an_empty_page(told: Told, name: str) -> None:
    end = (await ask(told.awkward, name, **about(name)))["pageInfo"]["endCursor"]

    behind = await ask(told.awkward, name, **about(name), after=end)
    nothing = await ask(told.awkward, name, **about(name), search="nobody is called so")

    none = {"startCursor": None, "endCursor": None, "hasNextPage": False}
    assert (behind["nodes"], behind["pageInfo"]) == ([], none | {"hasPreviousPage": True})
    assert (nothing["nodes"], nothing["pageInfo"]) == ([], none | {"hasPreviousPage": False})
    assert (behind["totalCount"], nothing["totalCount"]) == (LENGTHS[name], 0)


@pytest.mark.parametrize("name", LISTS)
async def test_a_cursor_shows_nothing_of_its_row(told: Told, name: str) -> None:
    field = "TITLE" if name == "eventStats" else "NAME"
    answer = await ask(told.awkward, name, **about(name), orderBy={"field": field})

    assert len([edge for edge in answer["edges"] if _shows(edge)]) < 2  # sealed bytes are any three letters by chance


def _shows(edge: dict[str, Any]) -> bool:
    read = base64.urlsafe_b64decode(edge["cursor"] + "===").lower()
    said = [str(value).lower() for value in edge["node"].values() if len(str(value)) > 2]
    return any(text.encode() in read or text in edge["cursor"].lower() for text in said)


@pytest.mark.parametrize("name", LISTS)
async def test_what_is_no_cursor_of_the_list_is_refused(told: Told, name: str) -> None:
    cursor = (await ask(told.awkward, name, **about(name), first=2))["pageInfo"]["endCursor"]
    flipped = [cursor[:n] + ("A" if cursor[n] != "A" else "B") + cursor[n + 1 :] for n in range(0, len(cursor) - 1, 19)]
    cut = [cursor[:length] for length in (*range(0, len(cursor), 17), len(cursor) - 1)] + [cursor[1:], cursor + "A"]
    others = ["é", "=" * 8, "a b", cursor * 2, "A" * 100_000, base64.b64encode(b"\x93\x01\xc0\xc0").decode(), "1"]

    for after in flipped + cut + others:
        refused = await refusal(told.awkward, name, **about(name), after=after)
        assert (refused["code"], refused["argument"], bool(refused["hint"])) == ("INVALID_CURSOR", "after", True), after


OTHER_PERIODS = [
    {"preset": "TODAY"},
    {"dates": {"from": "2026-02-28", "to": "2026-03-02"}},
    {"instants": {"from": "2026-02-28T23:00:00Z", "to": "2026-03-03T23:00:00Z"}},
]
OTHER_FILTERS: dict[str, list[dict[str, Any]]] = {
    "eventStats": [
        {"kinds": ["MEETING"]},
        {"kinds": []},
        {"templates": ["A"]},
        {"statuses": ["HELD"]},
        {"ownerId": "U-1"},
        {"roomPrefix": "R"},
        {"roomId": "U-0"},
    ],
    "roomStats": [{"prefix": "a"}, {"name": "anna"}],
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_cursor_is_good_for_its_own_question_alone(told: Told, name: str) -> None:
    one, other = list(columns(name))[:2]
    order = {"field": one, "direction": "ASC"}
    asked = about(name) | {"orderBy": order, "search": "a"}
    cursor = (await ask(told.awkward, name, **asked, first=1))["pageInfo"]["endCursor"]

    changes: list[dict[str, Any]] = [{"orderBy": order | {"field": other}}, {"orderBy": order | {"direction": "DESC"}}]
    changes += [{"orderBy": None}, {"search": "b"}, {"search": None}]
    changes += [{"period": period} for period in OTHER_PERIODS] if about(name) else []
    changes += OTHER_FILTERS.get(name, [])

    for change in changes:
        refused = await refusal(told.awkward, name, **asked | change, after=cursor)
        assert refused["code"] == "INVALID_CURSOR", change
    for elsewhere in set(LISTS) - {name}:
        refused = await refusal(told.awkward, elsewhere, **about(elsewhere), search="a", after=cursor)
        assert refused["code"] == "INVALID_CURSOR", elsewhere
    assert (await ask(told.awkward, name, **asked, first=1000, after=cursor))["pageInfo"]["hasPreviousPage"]


async def test_the_same_question_in_other_words_takes_the_cursor(told: Told) -> None:
    said = {"instants": {"from": "2026-02-28T00:00:00Z", "to": "2026-03-03T00:00:00Z"}}
    again = {"instants": {"from": "2026-02-28T01:00:00+01:00", "to": "2026-03-02T18:00:00.000-06:00"}}
    cursor = (await ask(told.awkward, "userStats", period=said, first=1))["pageInfo"]["endCursor"]

    page = await ask(told.awkward, "userStats", period=again, search="", after=cursor, orderBy={"field": "EVENTS_HELD"})

    assert page["pageInfo"]["hasPreviousPage"]


async def test_rows_that_come_and_go_between_pages_move_no_other(at_acme: Client, now: datetime) -> None:
    await at_acme.tell(awkward_company())
    order = {"field": "USER_ID", "direction": "ASC"}
    first = await ask(at_acme, "plannedEvents", first=4, orderBy=order)

    gone = [activity(f"x-{n}", "turnout.event.cancelled", now, event=f"p-{n}") for n in (1, 3, 6)]
    starts = (now + timedelta(days=9)).isoformat()
    come = [
        activity(f"y-{user}", "turnout.event.planned", now, event=f"new-{user}", owner=user, startsAt=starts)
        for user in ("a", "u-00", "u-55", "zz")
    ]
    await at_acme.tell(gone + come)
    rest = await ask(at_acme, "plannedEvents", orderBy=order, after=first["pageInfo"]["endCursor"])

    assert ids(first, "plannedEvents") == ["U-0", "u-1", "U-2", "u-3"]
    assert ids(rest, "plannedEvents") == ["U-4", "u-5", "u-55", "u-7", "U-8", "zz", "é-10", "É-9", None]
    assert (rest["totalCount"], rest["pageInfo"]["hasPreviousPage"]) == (13, True)


async def test_a_value_that_changes_between_pages_moves_its_row_alone(at_acme: Client, now: datetime) -> None:
    await at_acme.tell(awkward_company())
    order = {"field": "USED_BYTES", "direction": "DESC"}
    first = await ask(at_acme, "diskUsage", **about("diskUsage"), first=3, orderBy=order)

    last = first["nodes"][2]["userId"]
    await at_acme.tell([activity("more", "turnout.file.uploaded", now, file="more", owner=last, bytes=99)])
    after = first["pageInfo"]["endCursor"]
    rest = await ask(at_acme, "diskUsage", **about("diskUsage"), first=100, orderBy=order, after=after)

    assert len({*ids(first, "diskUsage"), *ids(rest, "diskUsage")}) == rest["totalCount"]
    assert not {*ids(first, "diskUsage")} & {*ids(rest, "diskUsage")}
