"""What a credential that may not read people gets in their stead, and what it is refused."""

import re
from collections.abc import Iterator
from typing import Any, cast

import psycopg
import pytest
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLObjectType,
    get_named_type,
    is_required_argument,
)

from tests.databases import Database
from turnout.graphql.people import MARK, Disguise, declaration, personal_columns
from turnout.graphql.schema import schema
from turnout.tenants.audit import COMMAND, Act, note
from turnout.tenants.company import Company
from turnout.tenants.pseudonyms import Pseudonyms
from turnout.tenants.support import support

from .asking import QUERY, ask, question, refusal, send
from .clients import Client, activity
from .stories import little_company
from .telling import NOW, Told

PERIOD = {"dates": {"from": "2026-02-27", "to": "2026-03-03"}}
GIVEN = {
    "period": PERIOD,
    "instants": {"from": "2026-03-01T09:00:00Z", "to": "2026-03-01T10:00:00Z"},
    "condition": {"metric": "CONNECTIONS"},
}
# One of each argument that names people.
NAMED: dict[str, Any] = {
    "search": "a",
    "ownerId": "anna",
    "roomPrefix": "G",
    "userId": "anna",
    "eventId": "launch",
    "roomId": "hall",
    "prefix": "G",
    "name": "cellar",
    "moveEvents": [{"eventId": "review", "startsAt": "2026-03-05T09:00:00Z"}],
    "segment": {"roomPrefix": "G"},
    "participant": {"userId": "anna"},
}
LISTS = ["userStats", "eventStats", "plannedEvents", "arrivals", "diskUsage", "roomStats"]


def is_text(described: GraphQLField | GraphQLArgument) -> bool:
    return str(named(described)) in {"String", "ID"}


def texts() -> Iterator[tuple[str, GraphQLField]]:
    """Every field of the schema that is a text or an id."""
    for kind in schema.core.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            yield from ((f"{kind.name}.{name}", field) for name, field in kind.fields.items() if is_text(field))


def asking() -> Iterator[tuple[str, str, GraphQLArgument]]:
    """Every argument of a question."""
    for name, field in QUERY.fields.items():
        yield from ((name, argument, described) for argument, described in field.args.items())


NAMING = [(name, argument) for name, argument, described in asking() if declaration(described)]
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


def named(described: GraphQLField | GraphQLArgument | GraphQLInputField) -> Any:
    """The type of what has one, without its lists and exclamation marks."""
    return cast("Any", get_named_type(cast("Any", described).type))


def prefixes() -> set[str]:
    """What the pseudonyms of the schema begin with."""
    declared = (declaration(field) for _, field in texts())
    return {disguise.prefix for disguise in declared if isinstance(disguise, Disguise)}


PSEUDONYM = re.compile(rf"({'|'.join(prefixes())})_[a-z2-7]{{16}}")


def rows_of(name: str) -> dict[str, GraphQLField]:
    """The fields of a list's rows."""
    return named(named(QUERY.fields[name]).fields["nodes"]).fields


def columns(name: str) -> set[str]:
    """What a list can be ordered by."""
    return set(named(named(QUERY.fields[name].args["orderBy"]).fields["field"]).values)


def given(name: str) -> dict[str, Any]:
    return {argument: value for argument, value in GIVEN.items() if argument in QUERY.fields[name].args}


async def program(client: Client, *scopes: str, label: str | None = None) -> Client:
    """A program of the same company, with a key of these scopes."""
    issue = f"mutation($label: String) {{ issueKey(scopes: [{', '.join(scopes)}], label: $label) {{ text }} }}"
    made = await client.query(issue, {"label": label})
    return Client(client.http, client.company, made["issueKey"]["text"])


@pytest.fixture(scope="session")
async def little_stats(told: Told) -> Client:
    return await program(told.little, "READ_STATS")


def test_every_text_says_whether_it_belongs_to_people() -> None:
    undeclared = [name for name, field in texts() if MARK not in field.extensions["strawberry-definition"].metadata]

    assert undeclared == []


def test_every_argument_of_a_question_that_is_a_text_says_whether_it_names_people() -> None:
    undeclared = [
        f"{name}({argument})"
        for name, argument, described in asking()
        if is_text(described) and MARK not in described.extensions["strawberry-definition"].metadata
    ]

    assert undeclared == []
    assert {argument for _, argument in NAMING} == NAMED.keys()


def test_these_fields_belong_to_people() -> None:
    personal = {name for name, field in texts() if isinstance(declaration(field), Disguise)}

    assert personal == {
        "AlertDelivery.email",
        "AlertTarget.email",
        "ApiKey.addresses",
        "ApiKey.label",
        "ApiKey.userId",
        "AuditDetail.value",
        "AuditEntry.address",
        "AuditEntry.name",
        "AuditEntry.userAgent",
        "DiskUsage.name",
        "DiskUsage.userId",
        "EventStat.eventId",
        "EventStat.ownerId",
        "EventStat.ownerName",
        "EventStat.room",
        "EventStat.roomId",
        "EventStat.title",
        "HostArrivals.name",
        "HostArrivals.userId",
        "MetadataEntry.value",
        "Participant.breakoutId",
        "Participant.eventId",
        "Participant.externalId",
        "Participant.name",
        "Participant.title",
        "Participant.userId",
        "PeakEvent.eventId",
        "PeakEvent.ownerId",
        "PeakEvent.ownerName",
        "PeakEvent.room",
        "PeakEvent.roomId",
        "PeakEvent.title",
        "PeakOwner.name",
        "PeakOwner.userId",
        "PeakStay.eventId",
        "PeakStay.externalId",
        "PeakStay.name",
        "PeakStay.userId",
        "PlannedEvents.name",
        "PlannedEvents.userId",
        "RoomStat.name",
        "RoomStat.ownerId",
        "RoomStat.roomId",
        "StayActivity.connectionId",
        "StayActivity.eventId",
        "StayActivity.externalId",
        "StayActivity.name",
        "StayActivity.room",
        "StayActivity.roomId",
        "StayActivity.title",
        "StayActivity.userId",
        "UserStat.name",
        "UserStat.userId",
    }


@pytest.mark.parametrize("name", LISTS)
def test_the_columns_of_a_list_are_named_as_its_fields_so_that_none_is_overlooked(name: str) -> None:
    fields = {field.extensions["strawberry-definition"].python_name.upper() for field in rows_of(name).values()}

    assert columns(name) <= fields
    assert personal_columns(QUERY.fields[name]) <= columns(name)


@pytest.mark.parametrize("name", LISTS)
async def test_only_who_may_read_people_sees_them(told: Told, little_stats: Client, name: str) -> None:
    reader = await program(told.little, "READ_STATS", "READ_PEOPLE")

    everything, hidden, shown = [
        (await ask(client, name, **given(name)))["nodes"] for client in (told.little, little_stats, reader)
    ]

    assert shown == everything
    assert figures(hidden) == figures(shown)
    for field in personal_fields(name):
        assert values(shown, field)
        assert all(PSEUDONYM.fullmatch(value) for value in values(hidden, field))
        assert [row[field] is None for row in hidden].count(True) == [row[field] is None for row in shown].count(True)


def personal_fields(name: str) -> list[str]:
    return [field for field, described in rows_of(name).items() if isinstance(declaration(described), Disguise)]


def values(rows: list[dict[str, Any]], field: str) -> set[str]:
    return {row[field] for row in rows if row[field] is not None}


def figures(rows: list[dict[str, Any]]) -> list[tuple[tuple[str, str], ...]]:
    """All that is no text of the rows, in an order that does not depend on who asks."""
    return sorted(
        tuple(sorted((key, repr(value)) for key, value in row.items() if isinstance(value, int | float)))
        for row in rows
    )


async def test_nothing_of_people_is_anywhere_in_what_is_answered_without_the_right_to_it(
    little_stats: Client,
) -> None:
    secret = {"anna", "Anna", "carl", "Carl", "ben", "Adler", "dora", "launch", "Launch", "hall", "Halle", "standup"}

    for name, field in QUERY.fields.items():
        if any(is_required_argument(described) and key not in GIVEN for key, described in field.args.items()):
            continue
        answer = await little_stats.post(question(name, given(name)), given(name))
        assert {error["extensions"]["code"] for error in answer.json().get("errors", [])} <= {"FORBIDDEN"}
        assert not [word for word in secret if re.search(rf"\b{word}\b", answer.text)]


async def test_who_manages_keys_and_may_not_read_people_is_not_told_who_did_what(told: Told) -> None:
    manager = await program(told.little, "ADMIN_KEYS")
    await program(told.little, "READ_STATS", "ADMIN_KEYS")

    shown, hidden = [(await ask(client, "audit"))["nodes"] for client in (told.little, manager)]

    assert {row["address"] for row in shown} >= {"127.0.0.1"}
    assert values(shown, "userAgent")
    for field in ("name", "address", "userAgent"):
        assert all(PSEUDONYM.fullmatch(value) for value in values(hidden, field))
    assert len(values(hidden, "address")) == len(values(shown, "address"))


async def test_of_an_act_is_told_to_who_may_not_read_people_what_can_name_nobody(
    at_acme: Client, acme: Company, database: Database
) -> None:
    said = {"label": "Anna's laptop", "addresses": ["203.0.113.9"], "reason": "Anna asks", "scopes": ["read:stats"]}
    with support(database.support) as session:
        note(session, acme.company_id, COMMAND, Act("test.done", None, said | {"invented": "Anna"}), NOW)
    manager = await program(at_acme, "ADMIN_KEYS")

    [entry] = (await ask(manager, "audit", actions=["test.done"]))["nodes"]

    told = {detail["name"]: detail["value"] for detail in entry["details"]}
    assert told.pop("scopes") == '["read:stats"]'
    assert told.keys() == {"label", "addresses", "reason", "invented"}
    assert all(PSEUDONYM.fullmatch(value) for value in told.values())
    assert len({*told.values()}) == 4


async def test_a_key_is_called_alike_in_the_list_and_in_the_audit(at_acme: Client) -> None:
    maker = await program(at_acme, "ADMIN_KEYS", label="Anna's laptop")
    await program(maker, "ADMIN_KEYS")

    names = {key["label"] for key in (await ask(maker, "keys"))["nodes"]} - {None}
    [entry] = [one for one in (await ask(maker, "audit"))["nodes"] if one["actor"] == "KEY"]

    assert entry["name"] in names


async def test_a_pseudonym_is_the_same_in_every_list_request_and_key_and_another_in_every_company(
    at_acme: Client, at_globex: Client
) -> None:
    for client in (at_acme, at_globex):
        await client.tell(little_company())
    first, second = [await program(at_acme, "READ_STATS") for _ in range(2)]
    theirs = await program(at_globex, "READ_STATS")

    users, again, others = [
        values((await ask(client, "userStats", period=PERIOD))["nodes"], "userId") for client in (first, second, theirs)
    ]
    events = (await ask(first, "eventStats", period=PERIOD))["nodes"]
    owners = (await ask(first, "diskUsage", period=PERIOD))["nodes"]

    assert users == again
    assert not users & others
    assert values(events, "ownerId") <= users
    assert values(owners, "userId") <= users
    assert all(row["name"] in {None, "name" + row["userId"][4:]} for row in owners if row["userId"])


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


async def test_the_order_of_equals_tells_nothing_of_their_ids(
    at_acme: Client, at_globex: Client, database: Database
) -> None:
    """As long as ids broke ties, both companies would be told the order of the alphabet."""
    people = [f"user-{number:02}" for number in range(40)]
    orders: list[list[str]] = []
    for client in (at_acme, at_globex):
        await client.tell([registered(user) for user in people])
        nodes = (await ask(await program(client, "READ_STATS"), "userStats", period=PERIOD))["nodes"]
        secret = Pseudonyms(secret_of(database, client))
        real = {secret.of("user", user, "user"): user for user in people}
        orders.append([real[row["userId"]] for row in nodes])

    assert sorted(orders[0]) == sorted(orders[1]) == people
    assert len({tuple(order) for order in (*orders, people)}) == 3


async def test_a_cursor_tells_not_even_how_long_an_id_is(at_acme: Client) -> None:
    await at_acme.tell([registered("u" * length) for length in (1, 20, 100)])
    stats = await program(at_acme, "READ_STATS")

    edges = (await ask(stats, "userStats", period=PERIOD))["edges"]

    assert len({len(edge["cursor"]) for edge in edges}) == 1


async def test_a_cursor_of_somebody_who_reads_people_is_none_for_who_does_not(told: Told, little_stats: Client) -> None:
    for name in LISTS:
        for mine, theirs in ((told.little, little_stats), (little_stats, told.little)):
            cursor = (await ask(theirs, name, **given(name)))["pageInfo"]["startCursor"]
            refused = await refusal(mine, name, **given(name), after=cursor)
            assert refused["code"] == "INVALID_CURSOR"


def test_a_pseudonym_is_made_of_the_thing_and_not_of_what_it_is_called() -> None:
    ours, theirs = Pseudonyms(b"a" * 64), Pseudonyms(b"b" * 64)

    assert PSEUDONYM.fullmatch(ours.of("user", "ann\u00e4", "user"))
    assert ours.of("user", "anna", "name")[5:] == ours.of("user", "anna", "user")[5:]
    different = [ours.of("user", "anna", "x"), ours.of("event", "anna", "x"), ours.of("user", "Anna", "x")]
    assert len({*different, theirs.of("user", "anna", "x")}) == 4


def registered(user: str) -> dict[str, Any]:
    return activity(f"registered-{user}", "turnout.user.registered", NOW, user=user)


def secret_of(database: Database, client: Client) -> bytes:
    assert client.company
    with psycopg.connect(database.admin) as admin:
        row = admin.execute(
            "select secret from turnout.company_secret where company_id = %s", (client.company.company_id,)
        ).fetchone()
    assert row
    return row[0]
