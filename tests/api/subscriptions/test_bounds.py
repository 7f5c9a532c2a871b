"""How many subscribe at once, how much they may say, and how long a slow reader is waited for."""

import asyncio
import json
from collections.abc import Mapping, Sequence

import psycopg
import pytest
from structlog.testing import capture_logs
from websockets.exceptions import InvalidStatus

from tests.api.clients import Client, activity, bearer
from tests.api.listening import LIVE, STAYS, Stage, comes, now, socket, subscribed
from tests.waiting import until
from turnout.analytics import watching
from turnout.database.errors import TurnoutError
from turnout.server.patience import PatientSocket
from turnout.server.routes import sockets
from turnout.tenants.keys import issue_key
from turnout.tenants.support import support


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


async def test_embedded_views_leave_places_to_the_programs_of_their_company(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with support(stage.database.support) as session:
        maker = Client(stage.acme.http, token=issue_key(session, "acme", ["read:stats"], now()).text)
    token = (await maker.query('mutation { issueEmbedToken(views: ["live"]) { token } }'))["issueEmbedToken"]["token"]
    page = Client(stage.acme.http, token=token)
    monkeypatch.setattr(stage.graphql.places, "_most_embedded", 1)

    async with subscribed(page, LIVE) as first, subscribed(stage.acme, LIVE) as program:
        await first.next("live")
        await program.next("live")
        await first.subscribe(LIVE, "2")
        refused = await first.error()
        streaming = await page.post(LIVE, accept="text/event-stream")

    assert refused == "TOO_MANY_SUBSCRIPTIONS"
    assert streaming.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_CONNECTIONS"


async def test_a_look_that_hangs_is_given_up_and_begun_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LONGEST_LOOK", 0.2)
    async with subscribed(stage.acme, STAYS) as opened, subscribed(stage.acme, LIVE) as figures:
        await figures.next("live")
        with capture_logs() as logs, psycopg.connect(stage.database.admin) as admin:
            admin.execute("lock table turnout.arrival in access exclusive mode")
            await until(lambda: said(logs, "live_delayed"), 5)
        await stage.acme.tell([comes("hung", "late")])
        assert (await opened.next("stays"))["connectionId"] == "hung-late"
    await stage.acme.tell([activity("hung-end", "turnout.event.ended", now(), event="hung")])


async def said(logs: Sequence[Mapping[str, object]], event: str) -> bool:
    return any(log["event"] == event for log in logs)


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
