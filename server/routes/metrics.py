"""GET /metrics: what the process has counted, for Prometheus, and nothing of any company."""

import hmac
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from turnout.graphql.flat.fallbacks import Tally
from turnout.server.routes.graphql import unknown_credential
from turnout.server.services import Services
from turnout.tenants.authentication import bearer

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


def routes(services: Services) -> list[Route]:
    """The route, where somebody has been given its token: what a server has to do is not for everybody."""
    token = services.metrics_token

    async def metrics(request: Request) -> Response:
        said = bearer(request.headers.get("authorization"))
        if token is None or said is None or not hmac.compare_digest(said, token):
            raise unknown_credential()
        return Response("\n".join([*_of(services.tally), ""]), headers={"content-type": _TEXT})

    return [Route("/metrics", metrics)] if token else []


def _of(tally: Tally) -> Iterator[str]:
    built, fallbacks = "turnout_graphql_built_total", "turnout_graphql_fallbacks_total"
    yield f"# HELP {built} Lists and objects of answers that were built column by column."
    yield f"# TYPE {built} counter"
    yield f"{built} {tally.built}"
    yield f"# HELP {fallbacks} Those that had to be built value by value, by what in them made that necessary."
    yield f"# TYPE {fallbacks} counter"
    for reason, times in tally.fallbacks.items():
        yield f'{fallbacks}{{reason="{reason.value}"}} {times}'
