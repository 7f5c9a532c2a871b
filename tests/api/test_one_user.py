"""A key of one user sees what the company sees of that user, and of others nothing that exists."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from graphql import GraphQLField, GraphQLNamedType, GraphQLObjectType, get_named_type

from tests.isolation.crawling import shown
from tests.isolation.questions import naming
from turnout.graphql.allowing import OF_ONE_USER
from turnout.graphql.schema import schema

from .asking import MUTATION, QUERY, question
from .clients import Client
from .telling import USERS, Told
from .test_access import root_fields

PERIODS = {
    "whole days": {"dates": {"from": "2026-02-27", "to": "2026-03-03"}},
    "cut days": {"instants": {"from": "2026-02-28T22:40:00Z", "to": "2026-03-02T09:12:00Z"}},
    "one cut day": {"instants": {"from": "2026-03-01T09:41:00Z", "to": "2026-03-01T10:15:00Z"}},
    "billing": {"preset": "BILLING_PERIOD"},
    "all time": {"preset": "ALL_TIME"},
}
TODAY = "period: {preset: TODAY}"
DAYS = f"days({TODAY}) {{ day }}"
OWNER = {"eventStats": "ownerId", "plannedEvents": "userId", "diskUsage": "userId"}
# What the others of the little company are called, or what is theirs; nothing of anna's has such a word in it.
OTHERS = {
    "anna": ("ben", "Adler", "carl", "Carl", "dora", "standup", "one-on-one", "call-1", "missed", "callback", "cellar"),
    "dora": ("anna", "ben", "carl", "Öz", "launch", "late", "greenroom", "standup", "call-", "review", "hall", "Halle"),
    "zoe": ("anna", "ben", "carl", "dora", "launch", "late", "standup", "hall", "Stammtisch", "iPadOS", "Windows"),
}
# They have nothing of any company.
OF_NOBODY = {"definitions", "limits"}
# What ben has, by the arguments that may name something; anna's key must not know it from what does not exist.
NAMED = {
    "userId": "ben",
    "eventId": "standup",
    "ownerId": "ben",
    "search": "Adler",
    "roomPrefix": "cellar",
    "roomId": "cellar",
    "templates": "PERSONAL_CALL",
}


def theirs(field: GraphQLField) -> str:
    """The selection of all that one user may ask of a field."""
    kind = cast("GraphQLNamedType", get_named_type(cast("Any", field).type))
    if not isinstance(kind, GraphQLObjectType):
        return ""
    inner = (f"{name} {theirs(f)}" for name, f in kind.fields.items() if f"{kind.name}.{name}" in OF_ONE_USER)
    return "{ " + " ".join(inner) + " }"


async def ask(client: Client, name: str, **given: Any) -> Any:
    asked = question(name, given, theirs(QUERY.fields[name]))
    return (await client.query(asked, given))[name]


def allowed() -> Iterator[str]:
    return (name for name in QUERY.fields if f"Query.{name}" in OF_ONE_USER)


def about(name: str, period: str) -> dict[str, Any]:
    return {"period": PERIODS[period]} if "period" in QUERY.fields[name].args else {}


def test_the_list_names_fields_that_there_are_and_of_their_types_leaves_out_what_is_the_companys() -> None:
    kinds = {name.split(".")[0] for name in OF_ONE_USER} - {"Query", "Mutation"}
    objects = {kind: cast("GraphQLObjectType", schema.core.type_map[kind]) for kind in kinds}
    there = {f"{kind}.{name}" for kind, described in objects.items() for name in described.fields}
    roots = {f"Query.{name}" for name in QUERY.fields} | {f"Mutation.{name}" for name in MUTATION.fields}

    assert there - OF_ONE_USER == {"Company.limits", "DiskUsageConnection.total"}
    assert there | roots >= OF_ONE_USER


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("name", OWNER)
async def test_a_list_is_the_companys_without_the_rows_of_others(told: Told, user: str, period: str, name: str) -> None:
    everybodys = await ask(told.little, name, **about(name, period))
    own = await ask(told.of_one[user], name, **about(name, period))

    rows = [row for row in everybodys["nodes"] if row[OWNER[name]] == user]
    assert own["nodes"] == [edge["node"] for edge in own["edges"]] == rows
    assert (own["totalCount"], own["pageInfo"]["hasNextPage"]) == (len(rows), False)


async def test_the_lists_that_are_compared_have_rows(told: Told) -> None:
    for name in OWNER:
        rows = (await ask(told.of_one["anna"], name, **about(name, "whole days")))["nodes"]
        assert len(rows) == (7 if name == "eventStats" else 1)


@pytest.mark.parametrize("user", USERS)
async def test_of_users_only_the_one_is_there_with_the_same_figures(told: Told, user: str) -> None:
    for period in PERIODS:
        for named in USERS:
            found = await ask(told.of_one[user], "user", userId=named, **about("user", period))
            if named != user:
                assert found is None
            else:
                assert found == await ask(told.little, "user", userId=named, **about("user", period))


@pytest.mark.parametrize("user", USERS)
async def test_a_key_of_one_user_needs_no_id_to_ask_for_that_user(told: Told, user: str) -> None:
    for period in PERIODS:
        found = await ask(told.of_one[user], "me", **about("me", period))
        assert found == await ask(told.of_one[user], "user", userId=user, **about("user", period))
    assert await ask(told.little, "me", **about("me", "whole days")) is None


@pytest.mark.parametrize("user", USERS)
async def test_of_events_only_the_users_own_are_there_with_the_same_figures(told: Told, user: str) -> None:
    events = (await ask(told.little, "eventStats", **about("eventStats", "whole days")))["nodes"]
    for eventid, owner in [(event["eventId"], event["ownerId"]) for event in events]:
        found = await ask(told.of_one[user], "event", eventId=eventid)
        assert found == (await ask(told.little, "event", eventId=eventid) if owner == user else None)


@pytest.mark.parametrize("period", PERIODS)
async def test_the_sign_ins_of_all_users_make_up_those_of_the_company(told: Told, period: str) -> None:
    def added(rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], list[int]]:
        sums: dict[tuple[Any, ...], list[int]] = {}
        for row in rows:
            one = sums.setdefault((row["day"], row["device"], row["client"], row["os"]), [0, 0])
            sums[row["day"], row["device"], row["client"], row["os"]] = [one[0] + row["signIns"], one[1] + row["users"]]
        return sums

    owned = [await ask(client, "clients", **about("clients", period)) for client in told.of_one.values()]
    whole = await ask(told.little, "clients", **about("clients", period))

    assert added([row for rows in owned for row in rows]) == added(whole)
    assert all(row["users"] == 1 for rows in owned for row in rows)


async def test_the_company_says_what_it_is(told: Told) -> None:
    assert await ask(told.of_one["anna"], "company") == await ask(told.little, "company")


@pytest.mark.parametrize("user", OTHERS)
async def test_nothing_of_others_is_in_any_answer(told: Told, user: str) -> None:
    for name in set(allowed()) - OF_NOBODY:
        given = {"userId": user} if name == "user" else {"eventId": "launch"} if name == "event" else {}
        answer = await told.of_one[user].post(
            question(name, about(name, "whole days") | given, theirs(QUERY.fields[name])),
            about(name, "whole days") | given,
        )
        assert answer.status_code == 200
        assert not [word for word in OTHERS[user] if word in answer.text]


@pytest.mark.parametrize(
    ("name", "argument"), [(field, key) for field, key, _ in naming() if field in OWNER or key[-2:] == "Id"]
)
async def test_what_another_user_has_is_what_nobody_has(told: Told, name: str, argument: str) -> None:
    if argument == "after" or name not in set(allowed()):
        return
    anna, answers = told.of_one["anna"], list[Any]()
    theirs_is = "standup" if (name, argument) == ("eventStats", "search") else NAMED[argument]

    for value in (theirs_is, "x" + theirs_is):
        given = about(name, "whole days") | {argument: [value] if argument == "templates" else value}
        asked = question(name, given, theirs(QUERY.fields[name]))
        answers += [shown(await anna.post(asked, given)), shown(await told.of_one["ben"].post(asked, given))]

    assert answers[0] == answers[2]
    assert answers[1] != answers[3]


async def test_a_cursor_is_of_the_one_who_was_given_it(told: Told) -> None:
    for name in OWNER:
        given = about(name, "whole days")
        asked = question(name, given | {"after": ""}, "{ totalCount }")
        clients = [told.little, told.of_one["anna"], told.of_one["ben"]]
        cursors = [(await ask(client, name, **given))["pageInfo"]["startCursor"] for client in clients]
        for place, client in enumerate(clients):
            for other, cursor in enumerate(cursors):
                if other != place:
                    assert await client.codes(asked, given | {"after": cursor}) == ["INVALID_CURSOR"]


async def test_everything_else_is_refused_whole_whatever_it_is_asked_beside(told: Told) -> None:
    anna = told.of_one["anna"]
    refused = [
        operation
        for name, operation in root_fields()
        if not {f"Query.{name}", f"Mutation.{name}"} & OF_ONE_USER or name in {"company", "diskUsage"}
    ]
    refused += [
        f"{{ company {{ slug }} x: userStats({TODAY}) {{ totalCount }} }}",
        f"{{ company {{ slug }} ...a }} fragment a on Query {{ ...b }} fragment b on Query {{ {DAYS} }}",
        "query a { company { slug } } query b { company { limits { value } } }",
    ]

    for operation in refused:
        body = {"query": operation} | ({"operationName": "a"} if operation.startswith("query a ") else {})
        answer = await anna.http.post(
            "/graphql",
            json=body,
            headers={"authorization": f"Bearer {anna.token}", "accept": "application/graphql-response+json"},
        )
        assert (answer.status_code, [*answer.json()]) == (403, ["errors"]), operation
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == "USER_LIMITED"
        assert "eventStats" in error["extensions"]["hint"]
    assert len(refused) > 8


async def test_the_schema_is_shown_to_one_user_too(told: Told) -> None:
    assert await told.of_one["anna"].query("{ __typename __schema { queryType { name } } }")
