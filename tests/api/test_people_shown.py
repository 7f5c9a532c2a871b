"""What a credential that may not read people is shown in their stead."""

import re
from typing import Any

import psycopg
import pytest
from graphql import is_required_argument

from tests.databases import Database
from turnout.graphql.people import Disguise, declaration
from turnout.tenants.audit import COMMAND, Act, note
from turnout.tenants.company import Company
from turnout.tenants.pseudonyms import Pseudonyms
from turnout.tenants.support import support

from .asking import QUERY, ask, question
from .clients import Client, activity, program
from .personal import (
    GIVEN,
    LISTS,
    PERIOD,
    PSEUDONYM,
    given,
    rows_of,
    values,
)
from .stories import little_company
from .telling import NOW, Told


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
