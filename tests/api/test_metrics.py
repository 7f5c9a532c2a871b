"""GET /metrics, for whoever has its token."""

from dataclasses import replace

import pytest

from turnout.graphql.flat.fallbacks import Reason
from turnout.server.services import Services

from .clients import Client, bearer

TOKEN = "for_prometheus_alone"


@pytest.fixture
def services(services: Services) -> Services:
    return replace(services, metrics_token=TOKEN)


async def test_what_is_built_and_what_is_not_is_counted(at_acme: Client) -> None:
    await at_acme.query("{ periodSummary(period: {preset: TODAY}) { total { eventsHeld } } }")

    answer = await at_acme.http.get("/metrics", headers=bearer(TOKEN))

    lines = answer.text.splitlines()
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "turnout_graphql_built_total 1" in lines
    assert [line for line in lines if line.startswith("turnout_graphql_fallbacks_total{")] == [
        f'turnout_graphql_fallbacks_total{{reason="{reason.value}"}} 0' for reason in Reason
    ]


async def test_nobody_else_is_told(at_acme: Client) -> None:
    for token in (None, at_acme.token, at_acme.key, TOKEN + "x"):
        answer = await at_acme.http.get("/metrics", headers=bearer(token))

        assert answer.status_code == 401
