"""With what one subscribes: headers, first messages and cookies, what each may ask, and for how long."""

import asyncio
import json
from typing import Any

import httpx
import psycopg
import pytest
from websockets.exceptions import InvalidStatus

from tests.api.clients import Client, bearer, leaves
from tests.api.listening import LIVE, STAYS, Stage, comes, now, socket, streamed, subscribed
from turnout.tenants.keys import issue_key, revoke_key
from turnout.tenants.passwords import revoke_passwords
from turnout.tenants.support import support


async def test_credentials_that_are_bound_subscribe_to_what_they_may_ask(stage: Stage) -> None:
    with support(stage.database.support) as session:
        key = issue_key(session, "acme", ["read:stats"], now()).text
        of_one = issue_key(session, "acme", ["read:stats"], now(), user_key="anna").text
        teller = issue_key(session, "acme", ["write:events"], now()).text
    maker = Client(stage.acme.http, token=key)
    token = (await maker.query('mutation { issueEmbedToken(views: ["live"]) { token } }'))["issueEmbedToken"]["token"]

    async with subscribed(Client(stage.acme.http, token=token), LIVE) as watching:
        assert (await watching.next("live"))["recordings"] == 0
    for bound, query, code in (
        (token, STAYS, "VIEW_LIMITED"),
        (of_one, LIVE, "USER_LIMITED"),
        (of_one, STAYS, "USER_LIMITED"),
        (teller, STAYS, "FORBIDDEN"),
    ):
        async with subscribed(Client(stage.acme.http, token=bound), query) as watching:
            assert await watching.error() == code


@pytest.mark.parametrize("said", [None, "turnout_live_nothing", 7])
async def test_who_says_not_who_they_are_is_sent_away(stage: Stage, said: Any) -> None:
    async with socket(stage.acme) as opened:
        await opened.say("connection_init", payload={"authorization": said})
        assert await opened.closing() == (4401, "UNAUTHENTICATED")


async def test_a_wrong_header_is_refused_before_anything_is_opened(stage: Stage) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with socket(stage.acme, bearer("x")):
            pass
    streaming = await stage.acme.post(LIVE, accept="text/event-stream", authorization="Bearer x")
    nobody = await stage.acme.post(LIVE, accept="text/event-stream", authorization="")

    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body or b"")["code"] == "UNAUTHENTICATED"
    assert (streaming.status_code, nobody.status_code) == (401, 401)


async def test_a_header_says_who_it_is_too(stage: Stage) -> None:
    async with socket(stage.acme, bearer(stage.acme.token)) as opened:
        await opened.introduce()
        await opened.subscribe(LIVE)
        assert (await opened.next("live"))["recordings"] == 0


async def test_a_cookie_is_for_pages_of_this_very_server(stage: Stage) -> None:
    cookie = {"cookie": f"turnout={await cookie_of(stage.acme)}"}
    own = {"origin": str(stage.acme.http.base_url).rstrip("/")}

    async with socket(stage.acme, cookie | own) as opened:
        await opened.introduce()
        await opened.subscribe(LIVE)
        assert (await opened.next("live"))["recordings"] == 0
    for foreign in ({"origin": "https://evil.test"}, {}, {"sec-fetch-site": "same-site"} | own):
        with pytest.raises(InvalidStatus) as refused:
            async with socket(stage.acme, cookie | foreign):
                pass
        assert refused.value.response.status_code == 403
        assert json.loads(refused.value.response.body or b"")["code"] == "FORBIDDEN_ORIGIN"
    streaming = await stage.acme.http.post(
        "/graphql",
        json={"query": LIVE},
        headers=cookie | {"origin": "https://evil.test", "accept": "text/event-stream"},
    )
    assert (streaming.status_code, streaming.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN_ORIGIN")


async def test_watching_keeps_no_page_from_being_idle(stage: Stage) -> None:
    cookie = {"cookie": f"turnout={await cookie_of(stage.acme)}", "origin": str(stage.acme.http.base_url).rstrip("/")}
    async with socket(stage.acme, cookie) as opened:
        await opened.introduce()
        with psycopg.connect(stage.database.admin) as connection:
            idle = "seen_at = now() - interval '29 minutes 56 seconds'"
            connection.execute(f"update turnout.company_session set {idle} where kind = 'COOKIE'")

        assert await opened.closing() == (4401, "UNAUTHENTICATED")


async def cookie_of(client: Client) -> str:
    """The token of a session that is kept in a cookie."""
    assert client.company
    query = "mutation($c: String!, $p: String!) { signIn(company: $c, password: $p, cookie: true) { expiresAt } }"
    origin = {"origin": str(client.http.base_url).rstrip("/")}
    body = {"query": query, "variables": {"c": client.company.slug, "p": client.password}}
    async with httpx.AsyncClient(base_url=client.http.base_url) as browser:
        answer = await browser.post("/graphql", json=body, headers=origin)
        return answer.cookies["turnout"]


async def test_a_revoked_key_ends_a_connection_that_is_told_something_and_one_that_is_not(stage: Stage) -> None:
    with support(stage.database.support) as session:
        key = issue_key(session, "globex", ["read:stats", "read:people"], now())
    client = Client(stage.globex.http, token=key.text)

    async with subscribed(client, STAYS) as watching, streamed(client, STAYS) as stream:
        await asyncio.sleep(0.3)
        with support(stage.database.support) as session:
            revoke_key(session, "globex", key.key_id, now())
        await asyncio.sleep(1)
        await stage.globex.tell([comes("after", "a"), leaves("after", "after-a", now())])
        closed = await watching.closing()
        name, told = await stream.next()
        end = await stream.next()

    assert closed == (4401, "UNAUTHENTICATED")
    assert (name, told["errors"][0]["extensions"]["code"], end) == ("next", "UNAUTHENTICATED", ("complete", None))
    assert "data" not in told


async def test_a_revoked_password_ends_a_silent_connection_soon(stage: Stage) -> None:
    async with subscribed(stage.initech, STAYS) as watching, streamed(stage.initech, STAYS) as stream:
        with support(stage.database.support) as session:
            revoke_passwords(session, "initech", now())

        assert await watching.closing() == (4401, "UNAUTHENTICATED")
        assert (await stream.next())[1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert await stream.next() == ("complete", None)
