"""The application: which routes there are, and what is open while it runs."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import psycopg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from turnout.database.errors import TurnoutError
from turnout.server.envelope import Envelope
from turnout.server.revival import watching
from turnout.server.routes import health, metrics
from turnout.server.routes.answers import on_expected, on_routing
from turnout.server.routes.graphql import GraphQL
from turnout.server.routes.ingest import Ingest
from turnout.server.routes.support import SupportGraphQL
from turnout.server.services import Services
from turnout.server.throttled import noting


def create_app(services: Services, *, allowed_hosts: Sequence[str] = ()) -> Starlette:
    """The application over the given services, which it opens and closes.

    Without `allowed_hosts` it answers to any name.
    """
    app = Starlette(
        routes=_routes(services),
        exception_handlers={
            HTTPException: on_routing,
            TurnoutError: on_expected,
            psycopg.OperationalError: on_expected,
        },
        middleware=[Middleware(Envelope, allowed_hosts=allowed_hosts)],
        lifespan=lambda _: _open(services),
    )
    app.router.redirect_slashes = False
    return app


def _routes(services: Services) -> list[BaseRoute]:
    graphql = GraphQL(services)
    support = [SupportGraphQL(services, services.support_desk).route] if services.support_desk else []
    ways_in = [graphql.route, graphql.socket_route, *support, Ingest(services).route]
    return [*ways_in, *health.routes(services), *metrics.routes(services)]


@asynccontextmanager
async def _open(services: Services) -> AsyncGenerator[None]:
    async with AsyncExitStack() as stack:
        for desk in (services.desk, services.support_desk):
            if desk:
                stack.callback(desk.close)
        stack.push_async_callback(services.door.close)
        await services.door.open()
        stack.push_async_callback(services.refresher.stop)
        await services.refresher.start()
        if services.watchdog:
            await stack.enter_async_context(services.watchdog.watching())
        await stack.enter_async_context(noting(services.door))
        if services.deliverer:
            await stack.enter_async_context(services.deliverer.delivering())
        await stack.enter_async_context(watching(services))
        yield
