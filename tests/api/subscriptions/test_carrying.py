"""What carries subscriptions: the rules of graphql-transport-ws, server-sent events, and the end of both."""

import asyncio
import json
import signal
import time

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as open_socket
from websockets.typing import Subprotocol

from tests.api.clients import bearer, leaves
from tests.api.listening import LIVE, STAYS, Stage, comes, now, socket, streamed, subscribed
from tests.api.processes import serving
from tests.databases import Database
from turnout.server.routes import sockets
from turnout.tenants.companies import NewCompany, add_company
from turnout.tenants.keys import issue_key
from turnout.tenants.support import support

PROTOCOL = Subprotocol("graphql-transport-ws")


async def test_the_rules_of_the_protocol_are_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "PATIENCE", 0.2)
    async with socket(stage.acme) as silent:
        assert (await silent.closing())[0] == 4408
    async with socket(stage.acme) as hasty:
        await hasty.subscribe(LIVE)
        assert await hasty.closing() == (4401, "Unauthorized")
    for broken in ("{", '{"type": "what"}', '{"type": "subscribe", "id": "1"}', "[" * 9000):
        async with subscribed(stage.acme) as opened:
            await opened.raw.send(broken)
            assert await opened.closing() == (4400, "MALFORMED_REQUEST")
    async with subscribed(stage.acme) as twice:
        await twice.say("connection_init")
        assert (await twice.closing())[0] == 4429
    async with subscribed(stage.acme, STAYS, STAYS) as same:
        await same.subscribe(STAYS, "2")
        assert (await same.closing())[0] == 4409
    async with subscribed(stage.acme) as opened:
        await opened.say("ping")
        assert await opened.hear() == {"type": "pong"}
    with pytest.raises(InvalidStatus) as refused:
        async with socket(stage.acme, protocol="graphql-ws"):
            pass
    assert refused.value.response.status_code == 406


async def test_a_subscription_ends_when_it_is_completed_and_its_name_is_free_again(stage: Stage) -> None:
    async with subscribed(stage.acme, LIVE) as watching:
        await watching.next("live")
        await watching.say("complete", id="1")
        await watching.subscribe(LIVE)
        assert (await watching.next("live"))["recordings"] == 0


async def test_server_sent_events_tell_the_same(stage: Stage) -> None:
    async with streamed(stage.acme, STAYS) as stream:
        await asyncio.sleep(0.3)
        await stage.acme.tell([comes("sse", "a"), leaves("sse", "sse-a", now())])
        told = [await stream.next() for _ in range(2)]

    assert stream.response.headers["content-type"].startswith("text/event-stream")
    assert [(name, one["data"]["stays"]["what"]) for name, one in told] == [("next", "JOINED"), ("next", "LEFT")]


async def test_what_cannot_be_subscribed_to_is_refused_in_words(stage: Stage) -> None:
    async with subscribed(stage.acme, "{ company { slug } }", "subscription { nothing }", "subscription {") as watching:
        codes = {await watching.error() for _ in range(3)}
    async with streamed(stage.acme, "subscription { nothing }") as stream:
        told = [await stream.next() for _ in range(2)]
    posted = await stage.acme.codes(LIVE)

    assert codes == {"SUBSCRIPTION_NEEDED", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"}
    assert [name for name, _ in told] == ["next", "complete"]
    assert told[0][1]["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert posted == ["STREAM_NEEDED"]


def test_told_to_stop_the_server_ends_what_it_streams_and_itself(database: Database) -> None:
    with support(database.support) as session:
        add_company(session, NewCompany("acme", "acme", "Europe/Berlin"), now())
        key = issue_key(session, "acme", ["read:stats"], now()).text
    settings = {
        "DATABASE_URL": database.app,
        "TURNOUT_REFRESHER_URL": database.refresher,
        "TURNOUT_SUPPORT_URL": database.support,
    }
    headers = {"accept": "text/event-stream"} | bearer(key)

    with serving(environment=settings) as process, httpx.Client(base_url=process.address, timeout=30) as http:
        with (
            open_socket(f"ws{process.address[4:]}/graphql", subprotocols=[PROTOCOL], proxy=None) as opened,
            http.stream("POST", "/graphql", json={"query": LIVE}, headers=headers) as stream,
        ):
            opened.send(json.dumps({"type": "connection_init", "payload": bearer(key)}))
            assert json.loads(opened.recv(10)) == {"type": "connection_ack"}
            begun = time.monotonic()
            process.process.send_signal(signal.SIGTERM)
            lines = list(stream.iter_lines())
            with pytest.raises(ConnectionClosed) as closed:
                opened.recv(10)
        assert process.process.wait(30) == 0

    assert time.monotonic() - begun < 10
    assert lines[-3:-1] == ["event: complete", "data:"]
    assert closed.value.rcvd
    assert closed.value.rcvd.code in {1001, 1012}
