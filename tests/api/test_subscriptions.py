"""Subscriptions at a real port: who is told what, within a second, for how long, and how many at once."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import psycopg
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as open_socket
from websockets.typing import Subprotocol

from tests.databases import Database, drop
from tests.waiting import until
from turnout.analytics import watching
from turnout.analytics.refresher import Refresher
from turnout.database.errors import TurnoutError
from turnout.graphql.schema import schema
from turnout.ingest.intake import read_batch, store
from turnout.server.app import create_app
from turnout.server.patience import PatientSocket
from turnout.server.process import Server, address_of, bind
from turnout.server.routes import sockets
from turnout.server.routes.cookies import Cookies
from turnout.server.routes.graphql import GraphQL
from turnout.server.services import Services
from turnout.tenants.companies import NewCompany, add_company
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk
from turnout.tenants.keys import issue_key, revoke_key
from turnout.tenants.passwords import revoke_passwords
from turnout.tenants.support import support

from .clients import Client, activity, bearer, joined, leaves
from .listening import LIVE, STAYS, socket, streamed, subscribed
from .processes import serving
from .telling import client_of

PROTOCOL = Subprotocol("graphql-transport-ws")


@dataclass(frozen=True)
class Stage:
    """A server in this process that two companies ask, and what it keeps of those who listen."""

    acme: Client
    globex: Client
    initech: Client
    database: Database
    graphql: GraphQL

    async def is_quiet(self) -> bool:
        return not self.graphql.places.taken and not self.graphql.watches.companies


@pytest.fixture(scope="module")
async def stage(server: str, template: str) -> AsyncGenerator[Stage]:
    database = Database.cloned(server, template)
    services = Services(
        Door(database.app),
        Refresher(database.refresher, now),
        desk=Desk(lambda: database.support),
        cookies=Cookies(insecure=True),
    )
    app, listening, listener = create_app(services), asyncio.Event(), bind("127.0.0.1", 0)
    running = Server(app, services.readiness, listening.set)
    task = asyncio.create_task(running.serve([listener]))
    await listening.wait()
    async with httpx.AsyncClient(base_url=address_of(listener), timeout=30) as http:
        clients: list[Client] = []
        for slug in ("acme", "globex", "initech"):
            with support(database.support) as session:
                company = add_company(session, NewCompany(slug, slug, "Europe/Berlin"), now())
            clients.append(await client_of(company, http, services, database))
        acme, globex, initech = clients
        yield Stage(acme, globex, initech, database, graphql_of(app))
    services.readiness.stopping = running.should_exit = True
    await task
    drop(server, database.name)


@pytest.fixture(autouse=True)
async def nothing_is_left(stage: Stage) -> AsyncGenerator[None]:
    """Whoever has gone leaves no place taken and nothing that looks."""
    yield
    await until(stage.is_quiet, 10)


def graphql_of(app: Starlette) -> GraphQL:
    """The way in that an application has."""
    routes = (cast("Any", route) for route in app.routes if isinstance(route, Route) and route.path == "/graphql")
    return next(route.endpoint.__self__ for route in routes)


def now() -> datetime:
    return datetime.now(UTC)


def comes(event: str, connection: str, **data: Any) -> dict[str, Any]:
    name = f"{event}-{connection}"
    return activity(f"{name}-joined", "turnout.stay.joined", now(), event=event, connection=name, **data)


async def test_a_join_is_told_within_a_second_with_who_it_is(stage: Stage) -> None:
    about = {"event": "launch", "kind": "WEBINAR", "title": "Launch", "room": "hall"}
    await stage.acme.tell([activity("started", "turnout.event.started", now(), **about)])

    async with subscribed(stage.acme, STAYS) as watching:
        await asyncio.sleep(0.3)
        told = comes("launch", "c", externalId="guest-7", name="Gast", device="MOBILE", metadata={"b": "2", "a": "1"})
        await stage.acme.tell([told])
        acknowledged = time.monotonic()
        found = await watching.next("stays")
        waited = time.monotonic() - acknowledged

    assert waited < 1
    assert datetime.fromisoformat(found.pop("at")) == datetime.fromisoformat(told["time"])
    assert found == {
        "what": "JOINED",
        "eventId": "launch",
        "kind": "WEBINAR",
        "title": "Launch",
        "roomId": "hall",
        "room": "hall",
        "connectionId": "launch-c",
        "userId": None,
        "name": "Gast",
        "externalId": "guest-7",
        "role": None,
        "device": "MOBILE",
        "client": None,
        "metadata": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}],
    }


async def test_who_comes_changes_role_and_goes_is_told_in_that_order_and_services_are_not(stage: Stage) -> None:
    role = activity("role", "turnout.stay.roleChanged", now(), event="m", connection="m-a", role="MODERATOR")

    async with subscribed(stage.acme, STAYS) as watching:
        await asyncio.sleep(0.3)
        await stage.acme.tell([comes("m", "r", service="RECORDER"), comes("m", "a", user="anna")])
        await stage.acme.tell([role | {"time": now().isoformat()}])
        await stage.acme.tell([leaves("m", "m-a", now()), comes("m", "b")])
        await stage.acme.tell([activity("end", "turnout.event.ended", now(), event="m")])
        found = [await watching.next("stays") for _ in range(5)]

    assert [(one["what"], one["connectionId"], one["role"]) for one in found] == [
        ("JOINED", "m-a", None),
        ("ROLE_CHANGED", "m-a", "MODERATOR"),
        ("LEFT", "m-a", "MODERATOR"),
        ("JOINED", "m-b", None),
        ("LEFT", "m-b", None),
    ]


async def test_figures_are_told_as_they_are_and_again_when_they_have_changed(stage: Stage) -> None:
    kind = activity("w", "turnout.event.started", now(), event="w", kind="WEBINAR")
    recording = activity("rec", "turnout.recording.started", now(), recording="tape", event="w")

    async with subscribed(stage.globex, LIVE) as watching:
        before = await watching.next("live")
        await stage.globex.tell([kind, comes("w", "a"), comes("w", "b"), comes("x", "a")])
        during = await watching.next("live")
        await stage.globex.tell([recording | {"time": now().isoformat()}])
        recorded = await watching.next("live")
        ends = [activity(f"end-{event}", "turnout.event.ended", now(), event=event) for event in ("w", "x")]
        await stage.globex.tell(ends)
        after = await watching.next("live")

    nobody = {"participants": 0, "events": 0}
    assert before == after == {"total": nobody, "webinars": nobody, "recordings": 0}
    total, webinars = {"participants": 3, "events": 2}, {"participants": 2, "events": 1}
    assert during == {"total": total, "webinars": webinars, "recordings": 0}
    assert recorded == during | {"recordings": 1}


def test_every_subscription_is_one_that_another_company_watches_here() -> None:
    watched = schema.core.subscription_type

    assert watched
    assert {f"subscription {{ {name} {{" for name in watched.fields} == {
        operation[: operation.index("{", operation.index("{") + 1) + 1] for operation in (STAYS, LIVE)
    }


async def test_another_company_is_told_nothing_of_it(stage: Stage) -> None:
    async with subscribed(stage.globex, STAYS, LIVE) as theirs, subscribed(stage.acme, STAYS) as ours:
        assert (await theirs.hear())["id"] == "2"
        await asyncio.sleep(0.3)
        await stage.acme.tell([comes("secret", "a")])
        assert (await ours.next("stays"))["eventId"] == "secret"
        await stage.globex.tell([comes("own", "a")])
        told = [await theirs.hear() for _ in range(2)]
        await stage.globex.tell([leaves("own", "own-a", now())])

    assert "secret" not in json.dumps(told)
    assert {one["payload"]["data"]["stays"]["eventId"] for one in told if one["id"] == "1"} == {"own"}


async def test_history_that_comes_late_moves_figures_and_is_no_news(stage: Stage) -> None:
    late = now() - timedelta(minutes=6)

    async with subscribed(stage.globex, STAYS, LIVE) as watching:
        assert (await watching.hear())["id"] == "2"
        await stage.globex.tell([joined("late", "late-a", late)])
        told = await watching.hear()
        await stage.globex.tell([leaves("late", "late-a", now())])
        more = [await watching.hear() for _ in range(2)]

    assert told["payload"]["data"]["live"]["total"] == {"participants": 1, "events": 1}
    assert [one["payload"]["data"]["stays"]["what"] for one in more if one["id"] == "1"] == ["LEFT"]


async def test_a_transaction_that_ends_later_than_one_begun_after_it_is_told_too(stage: Stage) -> None:
    assert stage.acme.company
    held = activity("held", "turnout.stay.joined", now(), event="slow", connection="slow-a")

    async with subscribed(stage.acme, STAYS) as watching:
        await asyncio.sleep(0.3)
        door = Door(stage.database.app)
        await door.open()
        activities, _ = read_batch([json.dumps(held).encode()], now())
        async with door.write(stage.acme.company.company_id) as connection:
            await store(connection, stage.acme.company.company_id, activities, [], now())
            await stage.acme.tell([comes("quick", "a")])
            first = await watching.next("stays")
        second = await watching.next("stays")
        await door.close()

    assert (first["eventId"], second["eventId"]) == ("quick", "slow")


async def test_without_the_right_to_read_people_they_are_pseudonyms(stage: Stage) -> None:
    with support(stage.database.support) as session:
        key = issue_key(session, "acme", ["read:stats"], now()).text
    said = {"customer": "secret", "guess": "secret"}
    told = comes("hush", "a", user="anna", name="Anna", metadata=said, externalId="ext")

    async with subscribed(Client(stage.acme.http, token=key), STAYS) as watching:
        await asyncio.sleep(0.3)
        await stage.acme.tell([told])
        found = await watching.next("stays")
        await stage.acme.tell([comes("hush", "b", metadata=said)])
        guessed = await watching.next("stays")

    shown = {
        name: found[name].partition("_")[0] for name in ("eventId", "connectionId", "userId", "name", "externalId")
    }
    assert list(shown.values()) == ["event", "connection", "user", "name", "external"]
    values = [entry["value"] for one in (found, guessed) for entry in one["metadata"]]
    assert all(value.startswith("value_") for value in values)
    assert len(set(values)) == 4  # whoever tells the same finds out nothing by comparing


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


async def test_a_company_has_so_many_subscriptions_whatever_carries_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage.graphql.places, "_most_subscriptions", 2)
    async with subscribed(stage.acme, STAYS, LIVE) as first, subscribed(stage.globex, LIVE) as other:
        await first.next("live")
        await other.next("live")
        async with subscribed(stage.acme, LIVE) as second:
            refused = await second.error()
        streaming = await stage.acme.post(LIVE, accept="text/event-stream")
    await until(stage.is_quiet)
    async with subscribed(stage.acme, STAYS, LIVE) as again:
        await again.next("live")

    assert refused == streaming.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
    assert streaming.status_code == 429


async def test_a_connection_carries_so_many_subscriptions_and_a_company_so_many_connections(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with subscribed(stage.acme, *[STAYS] * sockets.MOST_SUBSCRIPTIONS, STAYS) as full:
        assert await full.error() == "TOO_MANY_SUBSCRIPTIONS"
    monkeypatch.setattr(stage.graphql.places, "_most_of_one_company", 1)
    async with subscribed(stage.acme, LIVE) as first:
        await first.next("live")
        async with socket(stage.acme) as second:
            await second.say("connection_init", payload=bearer(stage.acme.token))
            assert await second.closing() == (1013, "TOO_MANY_CONNECTIONS")
        streaming = await stage.acme.post(LIVE, accept="text/event-stream")
        async with subscribed(stage.globex, LIVE) as other:
            await other.next("live")

    assert (streaming.status_code, streaming.json()["errors"][0]["extensions"]["code"]) == (429, "TOO_MANY_CONNECTIONS")


async def test_who_says_nothing_takes_no_place_from_those_who_are_known_by_a_header(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage.graphql.places, "_most_unknown", 1)
    async with socket(stage.acme), socket(stage.globex, bearer(stage.globex.token)) as known:
        with pytest.raises(InvalidStatus) as refused:
            async with socket(stage.acme):
                pass
        await known.introduce(stage.globex.token)
        await known.subscribe(LIVE)
        assert (await known.next("live"))["recordings"] == 0

    assert refused.value.response.status_code == 429


async def test_a_message_that_is_far_too_large_closes_the_connection(stage: Stage) -> None:
    async with subscribed(stage.acme) as opened:
        await opened.raw.send(json.dumps({"type": "ping", "payload": {"x": "y" * 70_000}}))
        assert (await opened.closing())[0] == 1009


async def test_who_reads_nothing_is_cut_off_and_holds_up_nobody(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatientSocket, "reading", 0.5)
    monkeypatch.setattr(watching, "MOST_WAITING", 20)
    long = {f"k{number}": "x" * 4000 for number in range(50)}

    async with socket(stage.acme) as lazy, subscribed(stage.acme, STAYS) as other:
        lazy.raw.transport.pause_reading()
        await lazy.raw.send(json.dumps({"type": "connection_init", "payload": bearer(stage.acme.token)}))
        await lazy.subscribe(STAYS)
        await asyncio.sleep(0.3)
        for batch in range(8):
            await stage.acme.tell([comes("flood", f"{batch}-{number}", metadata=long) for number in range(5)])
            told = [(await other.next("stays"))["connectionId"] for _ in range(5)]
            assert told == [f"flood-{batch}-{number}" for number in range(5)]
        await until(lambda: only(stage, 1), 10)
    await stage.acme.tell([activity("flood-end", "turnout.event.ended", now(), event="flood")])


async def only(stage: Stage, connections: int) -> bool:
    return stage.graphql.places.taken == connections


async def test_what_is_not_taken_in_time_ends_a_watcher() -> None:
    watcher = watching.Watcher[int](2, latest_only=False)
    for number in range(3):
        watcher.offer(number)

    with pytest.raises(TurnoutError) as ended:
        await anext(watcher)
    assert ended.value.code == "READER_TOO_SLOW"


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
