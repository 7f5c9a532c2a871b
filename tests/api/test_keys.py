"""Keys as companies manage them, and from where they are used."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from .asking import ask, refusal
from .clients import Client, bearer, joined

KEY = "id prefix label scopes addresses userId createdAt expiresAt lastUsedAt replacedBy revokedAt"
ISSUE = f"""mutation($scopes: [Scope!]!, $label: String, $addresses: [String!], $expiresAt: DateTime, $userId: ID) {{
  issueKey(scopes: $scopes, label: $label, addresses: $addresses, expiresAt: $expiresAt, userId: $userId) {{
    text key {{ {KEY} }}
  }}
}}"""
ROTATE = (
    f"mutation($id: ID!, $hours: Float! = 24) {{ rotateKey(id: $id, overlapHours: $hours) {{ text key {{ {KEY} }} }} }}"
)
REVOKE = f"mutation($id: ID!) {{ revokeKey(id: $id) {{ {KEY} }} }}"
LIST = f"query($active: Boolean! = false) {{ keys(active: $active) {{ nodes {{ {KEY} }} }} }}"


async def issue(client: Client, *scopes: str, **given: Any) -> tuple[Client, dict[str, Any]]:
    """A program with a new key, and the key as it is listed."""
    made = (await client.query(ISSUE, {"scopes": scopes, **given}))["issueKey"]
    return Client(client.http, client.company, made["text"]), made["key"]


async def listed(client: Client, **given: Any) -> list[dict[str, Any]]:
    """The keys that a client is shown."""
    return (await client.query(LIST, given))["keys"]["nodes"]


@pytest.fixture
async def office(app: Starlette) -> AsyncGenerator[httpx.AsyncClient]:
    """The same server, asked from another address."""
    transport = httpx.ASGITransport(app, client=("203.0.113.9", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://turnout.test") as http:
        yield http


async def test_a_company_makes_a_key_and_its_text_is_shown_this_once(at_acme: Client) -> None:
    program, key = await issue(at_acme, "READ_STATS", label="BI", userId=None)

    assert await program.query("{ company { slug } }") == {"company": {"slug": "acme"}}
    answer = await at_acme.post(LIST)
    assert key | {"lastUsedAt": "2026-03-02T12:00:00Z"} in answer.json()["data"]["keys"]["nodes"]
    assert (key["label"], key["scopes"], key["expiresAt"]) == ("BI", ["READ_STATS"], "2027-03-02T12:00:00Z")
    assert program.token
    assert program.token[23:] not in answer.text


async def test_a_key_is_used_from_its_addresses_alone_to_ask_and_to_tell(
    at_acme: Client, office: httpx.AsyncClient, now: datetime
) -> None:
    program, _ = await issue(at_acme, "READ_STATS", "WRITE_EVENTS", addresses=["203.0.113.0/24"])
    told = joined("standup", "c1", now)

    asked: list[int] = []
    sent: list[int] = []
    for http in (at_acme.http, office):
        asked.append((await Client(http, token=program.token).post("{ company { slug } }")).status_code)
        sent.append((await Client(http, key=program.token).ingest([told])).status_code)

    assert (asked, sent) == ([401, 200], [401, 200])


async def test_from_elsewhere_a_key_is_answered_like_one_that_nobody_has(at_acme: Client) -> None:
    program, _ = await issue(at_acme, "READ_STATS", addresses=["203.0.113.0/24"])
    invented, key = await issue(at_acme, "READ_STATS")
    await at_acme.query(REVOKE, {"id": key["id"]})

    answers = [await client.post("{ company { slug } }") for client in (program, invented)]

    assert answers[0].content == answers[1].content
    assert answers[0].status_code == answers[1].status_code == 401


async def test_a_key_is_rotated_and_revoked_at_once(at_acme: Client) -> None:
    program, old = await issue(at_acme, "READ_STATS")

    made = (await at_acme.query(ROTATE, {"id": old["id"], "hours": 1}))["rotateKey"]
    successor = Client(at_acme.http, token=made["text"])

    found = {key["id"]: key for key in await listed(at_acme)}
    assert found[old["id"]]["replacedBy"] == made["key"]["id"]
    assert found[old["id"]]["expiresAt"] == "2026-03-02T13:00:00Z"
    for client in (program, successor):
        assert await client.query("{ company { slug } }")
    ended = (await at_acme.query(REVOKE, {"id": made["key"]["id"]}))["revokeKey"]
    assert ended["revokedAt"] == "2026-03-02T12:00:00Z"
    assert (await successor.post("{ company { slug } }")).status_code == 401


async def test_a_key_makes_none_that_is_stronger_than_itself(at_acme: Client) -> None:
    maker, _ = await issue(
        at_acme, "ADMIN_KEYS", "READ_STATS", addresses=["127.0.0.0/8"], expiresAt="2026-04-01T00:00:00Z"
    )
    fitting = {"scopes": ["READ_STATS"], "addresses": ["127.0.0.1"], "expiresAt": "2026-03-31T00:00:00Z"}

    wider: list[dict[str, Any]] = [
        {"scopes": ["READ_PEOPLE"]},
        {"scopes": ["READ_STATS", "WRITE_EVENTS"]},
        {"addresses": ["0.0.0.0/0"]},
        {"addresses": []},
        {"expiresAt": "2026-04-01T00:00:01Z"},
    ]
    for beyond in wider:
        assert await maker.codes(ISSUE, fitting | beyond) == ["KEY_TOO_STRONG"]

    assert (await maker.query(ISSUE, fitting))["issueKey"]["text"]


async def test_who_may_not_read_people_makes_no_key_of_one_user(at_acme: Client) -> None:
    of_anna = {"scopes": ["READ_STATS"], "userId": "anna"}
    figures, _ = await issue(at_acme, "ADMIN_KEYS", "READ_STATS")
    people, _ = await issue(at_acme, "ADMIN_KEYS", "READ_STATS", "READ_PEOPLE")

    assert await figures.codes(ISSUE, of_anna) == ["PEOPLE_NOT_READABLE"]
    assert (await people.query(ISSUE, of_anna))["issueKey"]["key"]["userId"] == "anna"


async def test_who_may_not_read_people_is_not_told_whose_a_key_is_or_from_where_it_is_used(at_acme: Client) -> None:
    ranges = ["203.0.113.0/24", "198.51.100.7/32"]
    _, of_anna = await issue(at_acme, "READ_STATS", userId="anna", label="Anna's phone", addresses=ranges)
    admin, _ = await issue(at_acme, "ADMIN_KEYS")
    people, _ = await issue(at_acme, "ADMIN_KEYS", "READ_PEOPLE")

    shown, hidden = [{key["id"]: key for key in await listed(client)}[of_anna["id"]] for client in (people, admin)]

    assert (shown["userId"], shown["label"], shown["addresses"]) == ("anna", "Anna's phone", ranges)
    assert [hidden["userId"][:5], hidden["label"][:5]] == ["user_", "name_"]
    assert [text[:6] for text in hidden["addresses"]] == ["range_", "range_"]
    assert len({*hidden["addresses"]}) == 2


async def test_whoever_makes_keys_finds_out_nothing_of_others_by_making_alike(at_acme: Client) -> None:
    alike: dict[str, Any] = {"label": "front desk", "addresses": ["127.0.0.0/8"]}
    _, theirs = await issue(at_acme, "READ_STATS", **alike)
    admin, _ = await issue(at_acme, "ADMIN_KEYS", "READ_STATS")

    _, made = await issue(admin, "READ_STATS", **alike)

    seen = {key["id"]: key for key in await listed(admin)}
    assert seen[made["id"]]["label"] == made["label"] != seen[theirs["id"]]["label"]
    assert seen[made["id"]]["addresses"] == made["addresses"] != seen[theirs["id"]]["addresses"]


async def test_pages_of_keys_follow_each_other_whatever_is_made_since(at_acme: Client) -> None:
    for _ in range(4):
        await issue(at_acme, "READ_STATS")
    whole = await ask(at_acme, "keys")
    page = await ask(at_acme, "keys", first=2)
    _, since = await issue(at_acme, "READ_STATS")

    following = await ask(at_acme, "keys", first=1000, after=page["pageInfo"]["endCursor"])

    nodes = page["nodes"] + following["nodes"]
    assert [key for key in nodes if key["id"] != since["id"]] == whole["nodes"]
    assert (following["totalCount"], whole["totalCount"]) == (6, 5)
    assert (page["pageInfo"]["hasNextPage"], following["pageInfo"]["hasNextPage"]) == (True, False)


async def test_a_cursor_of_keys_is_good_for_its_own_question_alone(at_acme: Client, at_globex: Client) -> None:
    cursor = (await ask(at_acme, "keys", first=1))["pageInfo"]["endCursor"]

    for refused in (
        await refusal(at_acme, "keys", active=True, after=cursor),
        await refusal(at_acme, "audit", after=cursor),
        await refusal(at_globex, "keys", after=cursor),
    ):
        assert refused["code"] == "INVALID_CURSOR"
    assert (await refusal(at_acme, "keys", first=1001))["code"] == "ARGUMENT_OUT_OF_RANGE"


async def test_keys_that_have_ended_are_left_out_when_asked_to(at_acme: Client) -> None:
    _, kept = await issue(at_acme, "READ_STATS")
    _, ended = await issue(at_acme, "READ_STATS")
    await at_acme.query(REVOKE, {"id": ended["id"]})

    active = {key["id"] for key in await listed(at_acme, active=True)}

    assert kept["id"] in active
    assert ended["id"] not in active


async def test_another_companys_key_is_unknown(at_acme: Client, at_globex: Client) -> None:
    _, theirs = await issue(at_globex, "READ_STATS")

    for operation in (ROTATE, REVOKE):
        assert await at_acme.codes(operation, {"id": theirs["id"]}) == ["UNKNOWN_KEY"]
        assert await at_acme.codes(operation, {"id": "no id"}) == ["UNKNOWN_KEY"]
    assert theirs["id"] not in {key["id"] for key in await listed(at_acme)}


async def test_who_has_not_the_scope_manages_no_keys(at_acme: Client) -> None:
    program, key = await issue(at_acme, "READ_STATS", "READ_PEOPLE", "WRITE_EVENTS")

    of_key = {"id": key["id"]}
    for operation, given in ((LIST, None), (ISSUE, {"scopes": ["READ_STATS"]}), (ROTATE, of_key), (REVOKE, of_key)):
        assert await program.codes(operation, given) == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"scopes": []}, "INVALID_SCOPE"),
        ({"addresses": ["10.0.0.1/8"]}, "INVALID_ADDRESS"),
        ({"addresses": ["10.0.0.0/8"] * 101}, "ARGUMENT_TOO_LONG"),
        ({"label": "\n"}, "INVALID_LABEL"),
        ({"userId": ""}, "INVALID_USER"),
        ({"expiresAt": "2026-03-02T12:00:00Z"}, "INVALID_LIFETIME"),
        ({"expiresAt": "9999-12-31T23:59:59Z"}, "INVALID_LIFETIME"),
    ],
)
async def test_what_cannot_be_a_key_is_refused(at_acme: Client, given: dict[str, Any], code: str) -> None:
    assert await at_acme.codes(ISSUE, {"scopes": ["READ_STATS"]} | given) == [code]


async def test_nothing_is_told_with_a_key_that_has_not_the_scope(at_acme: Client) -> None:
    program, _ = await issue(at_acme, "READ_STATS", "READ_PEOPLE", "ADMIN_KEYS")

    answer = await at_acme.http.post(
        "/ingest", content=b"[]", headers={"content-type": "application/cloudevents-batch+json"} | bearer(program.token)
    )

    assert answer.status_code == 403
