"""Whether the process runs, and whether it can serve."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from turnout.server.routes.answers import answer
from turnout.server.services import Services


def routes(services: Services) -> list[Route]:
    """GET /health/live and /health/ready."""

    async def live(_: Request) -> Response:
        return answer({"status": "live"})

    async def ready(_: Request) -> Response:
        if services.readiness.stopping:
            return answer({"status": "stopping"}, 503)
        if not await services.database_answers():
            return answer({"status": "database unavailable"}, 503)
        return answer({"status": "ready"})

    return [Route("/health/live", live), Route("/health/ready", ready)]
