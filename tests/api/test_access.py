"""Who may ask what."""

import asyncio
from datetime import datetime
from random import Random

import httpx
from graphql import GraphQLField, get_introspection_query, is_required_argument

from tests.databases import Database
from turnout.server.services import Services
from turnout.tenants.company import Company
from turnout.tenants.key_texts import generate
from turnout.tenants.keys import issue_key
from turnout.tenants.passwords import issue_password
from turnout.tenants.sessions import PREFIX, sign_in
from turnout.tenants.support import support

from .asking import MUTATION, QUERY, everything
from .clients import Client, bearer

TOTALS = '{ dailyPeaks(period: {dates: {from: "2026-03-01", to: "2026-03-02"}}) { day connections eventsHeld } }'
# One of each argument that a root field may require.
ARGUMENTS = {
    "period": "{preset: LAST_30_DAYS}",
    "company": '"acme"',
    "password": '"nothing"',
    "userId": '"u"',
    "eventId": '"e"',
    "participant": '{userId: "u"}',
    "scopes": "[READ_STATS]",
    "id": '"00000000-0000-0000-0000-000000000000"',
    "link": '"nothing"',
    "current": '"nothing"',
    "instants": '{from: "2026-03-01T00:00:00Z", to: "2026-03-01T01:00:00Z"}',
    "firstDay": '"2026-02-01"',
    "from": "1",
    "to": "2",
    "new": '"kein Schwein ruft mich an"',
    "condition": "{metric: CONNECTIONS}",
    "name": '"Everybody"',
    "segment": '{roomPrefix: "r"}',
    "rule": '{name: "r", condition: {metric: CONNECTIONS}, targets: [{webhook: "https://alerts.example.com/"}]}',
}
# Tokens end with their key: a session has none.
OF_KEYS = {"issueEmbedToken"}
# What can only be refused where nothing has that id, or that password.
OF_NOTHING = {
    "rotateKey": "UNKNOWN_KEY",
    "revokeKey": "UNKNOWN_KEY",
    "changePassword": "WRONG_PASSWORD",
    **dict.fromkeys(("changeAlertRule", "deleteAlertRule", "testAlertRule"), "UNKNOWN_ALERT_RULE"),
    "removeSegment": "UNKNOWN_SEGMENT",
    "closedPeriod": "UNKNOWN_BILLING_PERIOD",
    "periodDifferences": "UNKNOWN_BILLING_PERIOD",
}
# They need no credential.
OPEN = {"signIn", "activate"}


def root_fields() -> list[tuple[str, str]]:
    """Each root field that needs a credential as an operation of its own, with everything that it has."""
    return [
        (name, f"{kind} {{ {name}{arguments(field)} {everything(field)} }}")
        for kind, root in (("query", QUERY), ("mutation", MUTATION))
        for name, field in root.fields.items()
        if name not in OPEN
    ]


def arguments(field: GraphQLField) -> str:
    given = [f"{name}: {ARGUMENTS[name]}" for name, argument in field.args.items() if is_required_argument(argument)]
    return f"({', '.join(given)})" if given else ""


async def codes_without_data(client: Client) -> dict[str, list[str]]:
    """The codes with which each root field refuses, none of which has given anything."""
    answers = {name: (await client.post(operation)).json() for name, operation in root_fields()}
    for name, answer in answers.items():
        assert (answer["data"] or {name: None}, answer.get("extensions")) == ({name: None}, None)
    return {name: [error["extensions"]["code"] for error in answer["errors"]] for name, answer in answers.items()}


async def test_without_a_credential_nothing_but_signing_in_is_answered(nobody: Client) -> None:
    codes = await codes_without_data(nobody)

    assert len(codes) == len(QUERY.fields) + len(MUTATION.fields) - len(OPEN)
    assert codes == {name: ["UNAUTHENTICATED"] for name in codes}


async def test_every_root_field_answers_with_a_credential(at_acme: Client) -> None:
    operations = dict(root_fields())
    last = operations.pop("signOut")

    for name, operation in operations.items():
        if name in OF_NOTHING:
            assert await at_acme.codes(operation) == [OF_NOTHING[name]]
        elif name not in OF_KEYS:
            assert set(await at_acme.query(operation)) == {name}
    assert await at_acme.query(last) == {"signOut": True}


async def test_an_activation_secret_is_for_choosing_a_password_alone(
    nobody: Client, acme: Company, services: Services, database: Database, now: datetime
) -> None:
    with support(database.support) as session:
        secret = issue_password(session, acme.slug, None, now, must_change=True).text
    signed_in = await sign_in(services.door, acme.slug, secret, services.clock)
    client = Client(nobody.http, token=signed_in.token)

    answers = {name: (await client.post(operation)).json() for name, operation in root_fields() if name != "signOut"}

    codes = {
        name: [error["extensions"]["code"] for error in answer.get("errors", [])] for name, answer in answers.items()
    }
    assert codes.pop("company") == []
    assert codes.pop("changePassword") == ["WRONG_PASSWORD"]
    assert codes == {name: ["PASSWORD_CHANGE_REQUIRED"] for name in codes}


async def test_a_company_sees_nothing_of_another(at_acme: Client, at_globex: Client, now: datetime) -> None:
    await at_globex.meets("secret", now.replace(hour=9), minutes=9, people=4)

    theirs, ours = await at_globex.query(TOTALS), await at_acme.query(TOTALS)

    assert [day["connections"] for day in theirs["dailyPeaks"]] == [0, 4]
    assert [(day["connections"], day["eventsHeld"]) for day in ours["dailyPeaks"]] == [(0, 0), (0, 0)]


async def test_the_same_names_in_two_companies_are_two_things(
    at_acme: Client, at_globex: Client, now: datetime
) -> None:
    await at_globex.meets("standup", now.replace(hour=9), minutes=9, people=4)
    await at_acme.meets("standup", now.replace(hour=9), minutes=9, people=2)

    theirs, ours = await at_globex.query(TOTALS), await at_acme.query(TOTALS)

    assert [day["connections"] for day in theirs["dailyPeaks"]] == [0, 4]
    assert [day["connections"] for day in ours["dailyPeaks"]] == [0, 2]


async def test_requests_broken_off_anywhere_mix_nothing_up(at_acme: Client, at_globex: Client, now: datetime) -> None:
    sizes = {at_acme: 2, at_globex: 4}
    for client, people in sizes.items():
        await client.meets("standup", now.replace(hour=9), minutes=9, people=people)
    chance, answered = Random(7), 0

    async def ask(client: Client, seconds: float) -> int:
        try:
            async with asyncio.timeout(seconds):
                peaks = (await client.query(TOTALS))["dailyPeaks"]
        except TimeoutError:
            return 0
        assert peaks[1]["connections"] == sizes[client]
        return 1

    for _ in range(30):
        answered += sum(await asyncio.gather(*(ask(client, chance.uniform(0, 0.1)) for client in 2 * list(sizes))))

    assert 0 < answered < 120
    assert [await ask(client, 10) for client in sizes] == [1, 1]


async def test_a_credential_that_is_not_valid_is_refused_before_anything_is_read(nobody: Client) -> None:
    tokens = ["", "x", "ünknown", generate(), PREFIX + "0" * 43, "a" * 10_000]
    headers = [f"Bearer {token}".encode() for token in tokens] + [b"Basic YTpi", b"Bearer", b"bearer  x"]

    answers = [await sent_with(nobody.http, header) for header in headers]

    for answer in answers:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert "data" not in answer.json()


async def sent_with(http: httpx.AsyncClient, authorization: bytes) -> httpx.Response:
    return await http.post("/graphql", json={"query": "{ __typename }"}, headers={b"authorization": authorization})


async def test_a_key_that_may_only_write_reads_nothing(at_acme: Client) -> None:
    writer = Client(at_acme.http, token=at_acme.key)

    codes = await codes_without_data(writer)

    assert codes == {name: ["FORBIDDEN"] for name in codes}


async def test_a_key_that_may_read_reads(
    at_acme: Client, acme: Company, services: Services, database: Database, now: datetime
) -> None:
    with support(database.support) as session:
        key = issue_key(session, acme.slug, ["read:stats"], now).text

    answer = await Client(at_acme.http, token=key).query("{ company { slug } }")

    assert answer == {"company": {"slug": "acme"}}


async def test_a_session_may_not_write(at_acme: Client) -> None:
    answer = await at_acme.http.post(
        "/ingest", content=b"[]", headers={"content-type": "application/cloudevents-batch+json"} | bearer(at_acme.token)
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


async def test_the_schema_is_shown_to_companies_alone(at_acme: Client, nobody: Client) -> None:
    for query in (get_introspection_query(), '{ ...a } fragment a on Query { x: __type(name: "Query") { name } }'):
        assert (await at_acme.post(query)).status_code == 200
        assert await nobody.codes(query) == ["UNAUTHENTICATED"]
        assert (await nobody.post(query)).status_code == 401


async def test_the_name_of_the_root_type_is_no_secret(nobody: Client) -> None:
    assert await nobody.query("{ __typename }") == {"__typename": "Query"}
