"""Embed tokens: for one user, for a set of views, for an hour at most, and never more than the key that made them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.databases import Database
from turnout.graphql.allowing import CHANGING_PASSWORD, OF_ONE_USER, VIEWS, refusal_of
from turnout.server.services import Services
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.credential import Credential
from turnout.tenants.embedding import find_embed_token
from turnout.tenants.keys import IssuedKey, issue_key, revoke_key
from turnout.tenants.support import support

from .asking import QUERY
from .clients import Client
from .stories import little_company
from .test_access import root_fields

ISSUE = """mutation ($user: ID, $views: [String!], $minutes: Int! = 15) {
  issueEmbedToken(user: $user, views: $views, minutes: $minutes) { token expiresAt }
}"""
READ = ["read:stats", "read:people"]
DAYS = "{ days(period: {preset: YESTERDAY}) { day } }"


def keyed(at_acme: Client, key: IssuedKey) -> Client:
    return Client(at_acme.http, at_acme.company, key.text, key.text)


def issue(database: Database, now: datetime, scopes: list[str] = READ, **more: Any) -> IssuedKey:
    with support(database.support) as session:
        return issue_key(session, "acme", scopes, now, **more)


@pytest.fixture
def reader(at_acme: Client, database: Database, now: datetime) -> Client:
    return keyed(at_acme, issue(database, now))


async def embedded(client: Client, **given: Any) -> Client:
    token = (await client.query(ISSUE, given))["issueEmbedToken"]["token"]
    return Client(client.http, client.company, token, token)


async def refused(client: Client, **given: Any) -> str:
    [error] = (await client.post(ISSUE, given)).json()["errors"]
    return error["extensions"]["code"]


async def test_a_token_of_views_asks_those_and_nothing_else(reader: Client) -> None:
    page = await embedded(reader, views=["days", "company"])

    for name, operation in root_fields():
        answer = (await page.post(operation)).json()
        if name in {"days", "company"}:
            assert "errors" not in answer
        else:
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["VIEW_LIMITED"]
            assert "company, days" in answer["errors"][0]["extensions"]["hint"]


async def test_a_token_of_one_user_sees_what_a_key_of_that_user_sees(
    at_acme: Client, reader: Client, database: Database, now: datetime
) -> None:
    await at_acme.tell(little_company())
    of_anna = keyed(at_acme, issue(database, now, user_key="anna"))
    pages = [await embedded(reader, user="anna"), await embedded(of_anna), await embedded(of_anna, user="anna")]
    asked = "{ eventStats(period: {preset: LAST_30_DAYS}) { totalCount nodes { eventId ownerName } } }"

    expected = await of_anna.query(asked)

    assert expected["eventStats"]["totalCount"] == 7
    assert [await page.query(asked) for page in pages] == [expected] * 3
    assert await pages[0].codes("{ userStats(period: {preset: TODAY}) { totalCount } }") == ["USER_LIMITED"]


async def test_without_people_one_user_has_the_pseudonyms_that_the_company_sees(
    at_acme: Client, database: Database, now: datetime
) -> None:
    await at_acme.tell(little_company())
    figures = keyed(at_acme, issue(database, now, ["read:stats"]))
    page = await embedded(keyed(at_acme, issue(database, now, ["read:stats"], user_key="anna")), user="anna")
    asked = "{ eventStats(period: {preset: LAST_30_DAYS}) { nodes { eventId title room ownerId ownerName } } }"

    me = (await page.query("{ me(period: {preset: LAST_30_DAYS}) { userId name eventsHeld } }"))["me"]
    own = (await page.query(asked))["eventStats"]["nodes"]
    everybodys = (await figures.query(asked))["eventStats"]["nodes"]

    assert me["userId"] != "anna"
    assert me["eventsHeld"] == 3
    assert own == [event for event in everybodys if event["ownerId"] == me["userId"]]
    assert len(own) == 7


async def test_a_token_may_be_of_one_user_and_of_views(reader: Client) -> None:
    page = await embedded(reader, user="anna", views=["clients"])

    assert await page.query("{ clients(period: {preset: TODAY}) { signIns } }") == {"clients": []}
    assert await page.codes("{ company { slug } }") == ["VIEW_LIMITED"]


async def test_a_token_lasts_fifteen_minutes_unless_told_otherwise_and_an_hour_at_most(
    reader: Client, door: Door, now: datetime
) -> None:
    for given, minutes in (({}, 15), ({"minutes": 60}, 60), ({"minutes": 1}, 1)):
        made = (await reader.query(ISSUE, {"user": "anna"} | given))["issueEmbedToken"]
        ends = now + timedelta(minutes=minutes)

        assert datetime.fromisoformat(made["expiresAt"]) == ends
        assert await find_embed_token(door, made["token"], ends - timedelta(microseconds=1))
        assert not await find_embed_token(door, made["token"], ends)
    for minutes in (0, -1, 61):
        assert await refused(reader, user="anna", minutes=minutes) == "ARGUMENT_OUT_OF_RANGE"


async def test_a_token_ends_with_its_key_and_with_the_suspension_of_its_company(
    at_acme: Client, database: Database, door: Door, now: datetime
) -> None:
    revoked, ending = issue(database, now), issue(database, now, lasting=timedelta(minutes=2))
    pages = [await embedded(keyed(at_acme, key), user="anna") for key in (revoked, ending, issue(database, now))]
    tokens = [page.token or "" for page in pages]

    with support(database.support) as session:
        revoke_key(session, "acme", revoked.key_id, now)

    later = now + timedelta(minutes=2)
    assert [bool(await find_embed_token(door, token, now)) for token in tokens] == [False, True, True]
    assert [bool(await find_embed_token(door, token, later)) for token in tokens] == [False, False, True]
    with psycopg.connect(database.admin) as admin:
        admin.execute("update turnout.company set suspended_at = %s", (now,))
    assert not await find_embed_token(door, tokens[2], now)


async def test_a_token_never_goes_beyond_its_key(
    at_acme: Client, reader: Client, database: Database, door: Door, now: datetime
) -> None:
    of_anna = keyed(at_acme, issue(database, now, user_key="anna"))
    figures = keyed(at_acme, issue(database, now, ["read:stats", "write:events", "admin:keys"]))

    page = await embedded(figures, views=["days"])
    found = await find_embed_token(door, page.token or "", now)

    assert found
    assert found.scopes == {"read:stats"}
    assert (await page.ingest([])).status_code == 403
    assert await refused(of_anna, user="ben") == "FORBIDDEN"
    assert await refused(keyed(at_acme, issue(database, now, ["write:events"])), user="anna") == "FORBIDDEN"
    assert await refused(figures, user="anna") == "PEOPLE_NOT_READABLE"
    assert await refused(at_acme, user="anna") == "FORBIDDEN"
    assert await refused(await embedded(reader, user="anna"), user="anna") == "FORBIDDEN"
    assert await refused(page, views=["days"]) == "VIEW_LIMITED"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "TOKEN_UNBOUND"),
        ({"user": ""}, "INVALID_USER"),
        ({"user": "", "views": ["days"]}, "INVALID_USER"),
        ({"user": "u" * 201}, "INVALID_USER"),
        ({"views": []}, "UNKNOWN_VIEW"),
        ({"views": ["days", "issueEmbedToken"]}, "UNKNOWN_VIEW"),
        ({"views": ["days"], "user": "anna"}, "UNKNOWN_VIEW"),
    ],
)
async def test_a_token_that_cannot_be_is_not_made(reader: Client, given: dict[str, Any], code: str) -> None:
    assert await refused(reader, **given) == code


async def test_the_text_of_a_token_is_nowhere_in_the_database_and_its_making_is_told(
    reader: Client, database: Database, acme: Company
) -> None:
    page = await embedded(reader, user="anna", views=["clients"])

    with psycopg.connect(database.admin) as admin:
        [(kept,)] = admin.execute("select t::text from turnout.embed_token t").fetchall()
        noted = admin.execute(
            "select company_id, actor::text, details::text from turnout.audit where action = 'token.issued'"
        ).fetchall()
    assert page.token
    assert page.token.removeprefix("turnout_embed_") not in kept
    assert [(company_id, actor) for company_id, actor, _ in noted] == [(acme.company_id, "KEY")]
    assert "clients" in noted[0][2]
    assert "anna" not in noted[0][2]


async def test_a_key_keeps_only_the_tokens_that_have_not_expired(
    reader: Client, database: Database, services: Services, now: datetime
) -> None:
    await embedded(reader, user="anna", minutes=1)
    with psycopg.connect(database.admin) as admin:
        admin.execute("update turnout.embed_token set expires_at = %s", (now,))

    await embedded(reader, user="ben")

    with psycopg.connect(database.admin) as admin:
        assert admin.execute("select user_key from turnout.embed_token").fetchall() == [("ben",)]


async def test_a_key_makes_only_so_many_that_are_good_at_once(
    reader: Client, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    monkeypatch.setattr("turnout.tenants.embedding.MOST_ACTIVE", 2)

    made = [await embedded(reader, views=["days"]) for _ in range(2)]

    assert await refused(reader, views=["days"]) == "TOO_MANY_TOKENS"
    assert [set(await page.query(DAYS)) for page in made] == [{"days"}, {"days"}]
    with psycopg.connect(database.admin) as admin:
        assert admin.execute("select count(*) from turnout.embed_token").fetchone() == (2,)
        assert admin.execute("select count(*) from turnout.audit where action = 'token.issued'").fetchone() == (2,)


async def test_what_is_no_token_is_nobodys(door: Door, now: datetime) -> None:
    for end in ("", "0" * 43, "é" * 43, "0" * 80):
        assert await find_embed_token(door, "turnout_embed_" + end, now) is None


def test_the_views_are_root_fields_and_those_of_one_user_are_views() -> None:
    assert set(VIEWS) <= set(QUERY.fields)
    assert {name for name in OF_ONE_USER if name.startswith("Query.")} <= {f"Query.{view}" for view in VIEWS}


def test_who_is_to_change_the_password_may_do_nothing_else() -> None:
    session = Credential(Company(1, "acme", "Acme", "UTC", 1), "session", uuid4(), frozenset(READ))
    changing = replace(session, must_change=True)

    refusal = refusal_of(changing, frozenset({"Query.company", "Company.slug", "Query.days"}))

    assert refusal
    assert refusal.code == "PASSWORD_CHANGE_REQUIRED"
    assert refusal_of(changing, CHANGING_PASSWORD | {"Company.slug"}) is None
    assert refusal_of(session, frozenset({"Query.days"})) is None
    assert refusal_of(None, frozenset({"Query.days"})) is None
