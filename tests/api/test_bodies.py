"""Requests that are not what they should be: never a 500, always a reason."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from turnout.server.routes import bodies

from .clients import Client

JSON = {"content-type": "application/json"}
GRAPHQL = "application/graphql-response+json"
TYPENAME = b'{"query": "{ __typename }"}'
NOT_REQUESTS = {
    "nothing": b"",
    "null": b"null",
    "a number": b"1",
    "a huge number": b"9" * 10_000,
    "a text": b'"x"',
    "true": b"true",
    "an array": b"[]",
    "a batch": b'[{"query": "{ __typename }"}]',
    "NaN": b"NaN",
    "an infinity": b'{"query": "{ __typename }", "variables": {"a": -Infinity}}',
    "no member": b"{}",
    "half": b'{"query":',
    "more": TYPENAME + b" {}",
    "a byte order mark": b"\xef\xbb\xbf" + TYPENAME,
    "UTF-16": TYPENAME.decode().encode("utf-16"),
    "Latin-1": '{"query": "{ __typename } # ü"}'.encode("latin-1"),
    "Latin-1 beside it": b'{"query": "{ __typename }", "other": "\xff"}',
    "a raw NUL": b'{"query": "{ __typename } # \x00"}',
    "a NUL": b'{"query": "{ __typename } # \\u0000"}',
    "a NUL in a variable": b'{"query": "{ __typename }", "variables": {"a": ["\\u0000"]}}',
    "a NUL in a name": b'{"query": "{ __typename }", "variables": {"\\u0000": 1}}',
    "a NUL in operationName": b'{"query": "{ __typename }", "operationName": "\\u0000"}',
    "a high surrogate": b'{"query": "{ __typename } # \\ud800"}',
    "a low surrogate": b'{"query": "{ __typename }", "variables": {"a": "\\udc00"}}',
    "deep arrays": b"[" * 100_000,
    "deep variables": b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 90_000 + b"]" * 90_000 + b"}}",
    "deep objects": b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 30_000 + b"1" + b"}" * 30_000 + b"}",
    "a huge integer": b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 10_000 + b"}}",
    "a number beyond doubles": b'{"query": "{ __typename }", "variables": {"a": 1e999}}',
    "a query of null": b'{"query": null}',
    "a query of an object": b'{"query": {}}',
    "variables of an array": b'{"query": "{ __typename }", "variables": []}',
    "variables of a text": b'{"query": "{ __typename }", "variables": "{}"}',
    "an operationName of a number": b'{"query": "{ __typename }", "operationName": 1}',
    "extensions of an array": b'{"query": "{ __typename }", "extensions": []}',
}


@pytest.mark.parametrize("accept", [GRAPHQL, "application/json"])
async def test_a_body_that_is_no_request_is_refused_with_a_reason(nobody: Client, accept: str) -> None:
    answers = {name: await post(nobody.http, body, accept=accept) for name, body in NOT_REQUESTS.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(NOT_REQUESTS, 400)
    for answer in answers.values():
        [error] = answer.json()["errors"]
        assert (error["extensions"]["code"], bool(error["extensions"]["hint"])) == ("MALFORMED_REQUEST", True)
        assert "data" not in answer.json()


async def test_odd_but_honest_bodies_are_answered(nobody: Client) -> None:
    honest = [
        b'{"query": "{ x }", "query": "{ __typename }"}',
        b'{"query": "{ __typename }", "variables": null, "operationName": null, "extensions": null, "other": 1}',
        b'{"query": "{ __typename } # \\\\u0000 \\ud83d\\ude00"}',
        '{"query": "{ __typename } # 😀"}'.encode(),
        b'{"query": "query a { __typename } query b { __typename }", "operationName": "b"}',
    ]

    for body in honest:
        answer = await post(nobody.http, body)
        assert (answer.status_code, answer.json()) == (200, {"data": {"__typename": "Query"}})


async def test_only_json_is_read_so_that_no_page_can_send_it_for_somebody(nobody: Client) -> None:
    types = [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
        "application/json-seq",
        "application/json; charset=latin-1",
    ]

    answers = [await nobody.http.post("/graphql", content=TYPENAME, headers={"content-type": kind}) for kind in types]

    assert {(answer.status_code, code(answer)) for answer in answers} == {(415, "UNSUPPORTED_MEDIA_TYPE")}


async def test_json_may_say_that_it_is_utf_8(nobody: Client) -> None:
    for kind in ("application/json; charset=utf-8", 'APPLICATION/JSON;charset="UTF-8"', GRAPHQL):
        answer = await nobody.http.post("/graphql", content=TYPENAME, headers={"content-type": kind})
        assert answer.status_code == 200


async def test_a_compressed_body_is_refused(nobody: Client) -> None:
    answer = await nobody.http.post("/graphql", content=b"\x1f\x8b", headers=JSON | {"content-encoding": "gzip"})

    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_beyond_256_kib_is_refused_announced_or_not(nobody: Client) -> None:
    large = b'{"query": "{ __typename }", "other": "' + b"x" * (256 * 1024) + b'"}'

    announced, counted = await post(nobody.http, large), await post(nobody.http, stream(large))

    assert (announced.status_code, code(announced)) == (413, "TOO_LARGE")
    assert counted.json() == announced.json()
    assert "256 KiB" in counted.json()["errors"][0]["message"]


async def test_a_body_that_stalls_is_given_up(nobody: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.01)

    answer = await post(nobody.http, stream(TYPENAME, pause=1))

    assert (answer.status_code, code(answer)) == (408, "BODY_TIMEOUT")
    assert answer.headers["connection"] == "close"


async def test_the_answer_has_the_type_that_the_client_likes_best(nobody: Client) -> None:
    liked = {
        "": GRAPHQL,
        "*/*": GRAPHQL,
        "application/*": GRAPHQL,
        GRAPHQL: GRAPHQL,
        f"{GRAPHQL}, application/json": GRAPHQL,
        f"application/json, {GRAPHQL}": GRAPHQL,
        f"application/json, {GRAPHQL};q=0.9": "application/json",
        f"{GRAPHQL};q=0, */*": "application/json",
        "application/json": "application/json",
        "APPLICATION/JSON; charset=utf-8": "application/json",
        "text/html, application/json;q=0.1": "application/json",
    }

    given = {accept: (await post(nobody.http, TYPENAME, accept=accept)).headers["content-type"] for accept in liked}

    assert given == {accept: f"{kind}; charset=utf-8" for accept, kind in liked.items()}


async def test_a_client_that_takes_no_json_is_told_so(nobody: Client) -> None:
    for accept in ("text/html", "application/json;q=0", f"{GRAPHQL};q=nonsense"):
        answer = await post(nobody.http, TYPENAME, accept=accept)
        assert (answer.status_code, code(answer)) == (406, "NOT_ACCEPTABLE")


async def test_a_refused_document_is_400_or_200_by_the_type_of_the_answer(nobody: Client) -> None:
    other = b'{"query": "query a { __typename }", "operationName": "b"}'

    for document in (b'{"query": "{"}', b'{"query": "{ x }"}', other):
        new, old = await post(nobody.http, document), await post(nobody.http, document, accept="application/json")
        assert (new.status_code, old.status_code) == (400, 200)
        assert new.json() == old.json()
        assert "data" not in new.json()


async def test_there_is_one_way_in_and_it_is_exact(nobody: Client) -> None:
    get = await nobody.http.get("/graphql", params={"query": "{ __typename }"})
    slash = await nobody.http.post("/graphql/", content=TYPENAME, headers=JSON)

    assert (get.status_code, get.headers["allow"], get.json()["code"]) == (405, "POST", "METHOD_NOT_ALLOWED")
    assert (slash.status_code, slash.json()["code"]) == (404, "NOT_FOUND")


async def test_every_answer_has_its_number_and_is_kept_nowhere(nobody: Client) -> None:
    answers = [
        await post(nobody.http, TYPENAME),
        await post(nobody.http, b""),
        await nobody.http.get("/nowhere"),
        await nobody.http.get("/health/live"),
        await nobody.http.post("/ingest"),
    ]

    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "http" not in answer.text
    assert answers[2].json()["requestId"] == answers[2].headers["x-request-id"]


async def post(http: httpx.AsyncClient, body: bytes | AsyncIterator[bytes], *, accept: str = "") -> httpx.Response:
    return await http.post("/graphql", content=body, headers=JSON | {"accept": accept})


def code(answer: httpx.Response) -> str:
    return answer.json()["errors"][0]["extensions"]["code"]


async def stream(body: bytes, *, pause: float = 0) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 10_000):
        await asyncio.sleep(pause)
        yield body[start : start + 10_000]
