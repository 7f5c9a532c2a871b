"""Each way in, without a credential and with ones that are good for nothing there."""

from collections.abc import Iterator

import httpx
from starlette.routing import Route, WebSocketRoute

from tests.api.clients import bearer
from turnout.tenants.key_texts import generate
from turnout.tenants.sessions import PREFIX

from .canaries import ALPHA, BETA
from .conftest import Stage
from .crawling import Shown, shown

# What each route is sent, and with which status it answers nobody, a stranger, and the wrong kind of credential.
BODIES = {
    "/graphql": (b'{"query": "{ company { slug name } }"}', "application/json"),
    "/support/graphql": (b'{"query": "{ support { __typename } }"}', "application/json"),
    "/ingest": (b"[]", "application/cloudevents-batch+json"),
}
REFUSED = {
    "/graphql": ({200}, {401}, {200}),
    "/support/graphql": ({200}, {401}, {401}),
    "/ingest": ({401}, {401}, {403}),
}
# Those that tell everybody the same.
OPEN = {"/health/live", "/health/ready"}
STRANGERS = (generate(), PREFIX + "0" * 43, "x")


def routes(stage: Stage) -> Iterator[tuple[str, str]]:
    """Each path of the application with each method that it has."""
    for route in stage.app.routes:
        if isinstance(route, WebSocketRoute):
            continue  # one needs a port: tests/api/subscriptions/test_isolation.py
        assert isinstance(route, Route)
        yield from ((route.path, method) for method in sorted((route.methods or set()) - {"HEAD"}))


async def ask(stage: Stage, path: str, method: str, token: str | None) -> Shown:
    content, media = BODIES.get(path, (b"", "application/json"))
    headers = {"content-type": media} | bearer(token)
    return shown(await stage.nobody.http.request(method, path, content=content, headers=headers))


def test_every_route_is_one_that_is_tried(stage: Stage) -> None:
    paths = {path for path, _ in routes(stage)}

    assert paths == REFUSED.keys() | OPEN
    assert REFUSED.keys() == BODIES.keys()
    assert {route.path for route in stage.app.routes if isinstance(route, WebSocketRoute)} == {"/graphql"}


async def test_what_is_open_says_the_same_to_everybody(stage: Stage) -> None:
    for path, method in (pair for pair in routes(stage) if pair[0] in OPEN):
        told = {
            await ask(stage, path, method, token) for token in (None, *STRANGERS, stage.alpha.token, stage.beta.key)
        }
        assert len(told) == 1


async def test_everything_else_is_told_to_nobody_and_to_no_stranger(stage: Stage) -> None:
    for path, method in (pair for pair in routes(stage) if pair[0] in REFUSED):
        nobody, stranger, wrong = REFUSED[path]
        kind = stage.alpha.token if path == "/ingest" else stage.alpha.key

        told = [(await ask(stage, path, method, None), nobody), (await ask(stage, path, method, kind), wrong)]
        told += [(await ask(stage, path, method, token), stranger) for token in STRANGERS]

        for answer, statuses in told:
            assert answer.status in statuses
            assert b'"code":"UNAUTHENTICATED"' in answer.content or b'"code":"FORBIDDEN"' in answer.content
            assert not ALPHA.sings_in(answer.content)


async def test_a_token_ends_where_the_company_ends(stage: Stage) -> None:
    for client, canary in ((stage.alpha, ALPHA), (stage.beta, BETA)):
        answer = await client.post("{ company { slug } }")
        assert answer.json()["data"] == {"company": {"slug": canary.slug}}


async def test_errors_say_nothing_of_the_other_company(stage: Stage) -> None:
    wrong = (
        '{ event(eventId: "CANARY-beta-launch") { nothing } }',
        '{ userStats(period: {preset: TODAY}, after: "x") { totalCount } }',
        "{ userStats(period: {preset: TODAY}, first: 0) { totalCount } }",
        '{ days(period: {dates: {from: "2026-03-02", to: "2026-03-01"}}) { day } }',
        "{ company { slug ",
    )
    for query in wrong:
        answer: httpx.Response = await stage.beta.post(query)
        assert answer.json()["errors"]
        assert not ALPHA.sings_in(answer.content)
