"""POST /ingest: one event, batches and lines."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from turnout.server.app import create_app
from turnout.server.routes import ingest
from turnout.server.services import Services
from turnout.tenants.vigil import EVERY

from .clients import Client, bearer, joined, leaves

SINGLE, BATCH, LINES = ingest.SINGLE, ingest.BATCH, ingest.LINES
CONNECTIONS = "{ dailyPeaks(period: {preset: TODAY}) { connections } }"


def in_lines(*events: Any) -> bytes:
    return b"\n".join(json.dumps(event).encode() for event in events)


async def test_one_event_is_accepted_once_and_then_known(at_acme: Client, now: datetime) -> None:
    event = joined("standup", "c-1", now)

    first, again = await at_acme.ingest(event, SINGLE), await at_acme.ingest(event, SINGLE)

    assert (first.status_code, first.json()) == (200, {"accepted": 1, "known": 0, "quarantined": []})
    assert (again.status_code, again.json()) == (200, {"accepted": 0, "known": 1, "quarantined": []})
    assert first.headers["content-type"] == "application/json; charset=utf-8"


async def test_the_same_event_with_other_content_is_a_conflict_and_counts_for_nothing(
    at_acme: Client, now: datetime
) -> None:
    await at_acme.ingest(joined("standup", "c-1", now), SINGLE)

    answer = await at_acme.ingest(joined("standup", "c-1", now, user="u-1"), SINGLE)
    in_batch = await at_acme.ingest([joined("standup", "c-1", now, user="u-1")])

    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert (in_batch.status_code, in_batch.json()["quarantined"][0]["code"]) == (200, "CONFLICT")


async def test_a_bad_event_does_not_hold_up_its_batch(at_acme: Client, now: datetime) -> None:
    batch = [joined("standup", "c-1", now), {"id": "broken"}, 7, leaves("standup", "c-1", now)]

    answer = await at_acme.ingest(batch)

    assert (answer.status_code, answer.json()["accepted"]) == (200, 2)
    assert [(item["position"], item["id"]) for item in answer.json()["quarantined"]] == [(1, "broken"), (2, None)]
    assert all(item["code"] and item["reason"] for item in answer.json()["quarantined"])


async def test_a_bad_event_alone_is_taken_and_listed(at_acme: Client) -> None:
    answer = await at_acme.ingest({"id": "broken"}, SINGLE)

    assert (answer.status_code, answer.json()["quarantined"][0]["position"]) == (200, 0)


async def test_broken_framing_stores_nothing(at_acme: Client, now: datetime) -> None:
    good = json.dumps(joined("standup", "c-1", now)).encode()
    broken = {
        SINGLE: [b"", b"null", b"[]", b"[" + good + b"]", good + good, good[:-1], b"NaN", b"\xff", b"[" * 100_000],
        BATCH: [b"", b"{}", good, b"[" + good, b"[" + good + b",]", b"[" + good + b"] 1", b"NaN", b"[" * 100_000],
    }

    answers = [await at_acme.ingest(body, media) for media, bodies in broken.items() for body in bodies]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(400, "MALFORMED_REQUEST")}
    assert await at_acme.query(CONNECTIONS) == {"dailyPeaks": [{"connections": 0}]}


async def test_whatever_stands_in_an_event_breaks_nothing(at_acme: Client) -> None:
    odd = [
        b'"\\u0000"',
        b'{"id": "\\u0000"}',
        b'{"id": "\\ud800"}',
        b'{"id": "\xff"}',
        b"9" * 5000,
        b"[" * 99 + b"]" * 99,
    ]

    answer = await at_acme.ingest(b"[" + b",".join(odd) + b"]")

    assert (answer.status_code, len(answer.json()["quarantined"])) == (200, len(odd))


async def test_an_event_nested_without_end_does_not_hold_up_its_batch(at_acme: Client, now: datetime) -> None:
    deep = b"[" * 50_000 + b"]" * 50_000

    answer = await at_acme.ingest(b"[" + deep + b", " + json.dumps(joined("standup", "c-1", now)).encode() + b"]")

    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert [item["position"] for item in answer.json()["quarantined"]] == [0]


async def test_an_empty_batch_is_nothing(at_acme: Client) -> None:
    answers = [await at_acme.ingest(b"[]"), await at_acme.ingest(b"", LINES), await at_acme.ingest(b"\n \n", LINES)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[0].json() == {"accepted": 0, "known": 0, "quarantined": []}


async def test_lines_are_numbered_over_all_chunks_and_blank_ones(
    at_acme: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "LINES_AT_ONCE", 2)
    body = in_lines(joined("a", "c-1", now), joined("a", "c-2", now)) + b"\n\n" + in_lines(7, joined("a", "c-3", now))

    answer = await at_acme.ingest(body + b"\r\n", LINES)

    assert (answer.json()["accepted"], answer.json()["committedLines"]) == (3, 5)
    assert [item["position"] for item in answer.json()["quarantined"]] == [3]
    assert await at_acme.query(CONNECTIONS) == {"dailyPeaks": [{"connections": 0}]}


async def test_lines_that_end_badly_say_how_many_are_committed(
    at_acme: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "LINES_AT_ONCE", 2)
    monkeypatch.setattr(ingest, "LARGEST", 1000)
    body = in_lines(*(joined("a", f"c-{n}", now - timedelta(hours=1)) for n in range(3)), "x" * 2000)

    answer = await at_acme.ingest(body, LINES)

    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")
    assert (answer.json()["accepted"], answer.json()["committedLines"]) == (2, 2)
    assert await at_acme.query(CONNECTIONS) == {"dailyPeaks": [{"connections": 2}]}


async def test_bodies_beyond_their_bound_are_refused(at_acme: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "LARGEST", 1024)
    monkeypatch.setattr(ingest, "LARGEST_LINES", 2048)
    large = {SINGLE: 1025, BATCH: 1025, LINES: 2049}

    for media, size in large.items():
        announced = await at_acme.ingest(b" " * size, media)
        counted = await sent(at_acme, pieces(b" " * size), media)
        assert (announced.status_code, announced.json()["code"]) == (413, "TOO_LARGE")
        assert counted.status_code == 413


async def test_other_types_are_refused_with_those_that_are_taken(at_acme: Client) -> None:
    for media in ("application/json", "text/plain", ""):
        answer = await at_acme.ingest(b"{}", media)
        assert (answer.status_code, answer.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
        assert all(taken in answer.json()["hint"] for taken in (SINGLE, BATCH, LINES))


async def test_without_a_key_nothing_is_taken(nobody: Client) -> None:
    for headers in ({}, bearer("nonsense")):
        answer = await nobody.http.post("/ingest", content=b"[]", headers={"content-type": BATCH} | headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json()["code"] == "UNAUTHENTICATED"


async def test_what_one_company_sends_is_not_known_to_another(
    at_acme: Client, at_globex: Client, now: datetime
) -> None:
    event = joined("standup", "c-1", now)
    await at_acme.ingest(event, SINGLE)

    answer = await at_globex.ingest(event | {"data": event["data"] | {"user": "u-1"}}, SINGLE)

    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


async def sent(client: Client, body: AsyncIterator[bytes], media: str) -> httpx.Response:
    return await client.http.post("/ingest", content=body, headers={"content-type": media} | bearer(client.key))


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 100):
        yield body[start : start + 100]


@pytest.mark.parametrize("media", [SINGLE, BATCH])
async def test_a_key_that_ends_while_a_body_arrives_stores_nothing(
    at_acme: Client, services: Services, now: datetime, media: str
) -> None:
    later, event = [now], joined("standup", "c-1", now)
    transport = httpx.ASGITransport(create_app(replace(services, clock=lambda: later[0])))
    revoke = "mutation($id: ID!) { revokeKey(id: $id) { revokedAt } }"
    [key] = (await at_acme.query("{ keys { nodes { id } } }"))["keys"]["nodes"]

    async def slowly() -> AsyncIterator[bytes]:
        body = json.dumps(event if media == SINGLE else [event]).encode()
        yield body[:10]
        await at_acme.query(revoke, key)
        later[0] += EVERY
        yield body[10:]

    async with httpx.AsyncClient(transport=transport, base_url="http://turnout.test") as http:
        refused = await http.post("/ingest", content=slowly(), headers={"content-type": media} | bearer(at_acme.key))

    assert refused.status_code == 401
    assert (await at_acme.query(CONNECTIONS))["dailyPeaks"] == [{"connections": 0}]
