"""The same schema, as Strawberry's own ASGI application executes it: nothing kept from one request to the next."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from turnout.analytics.refresher import Refresher
from turnout.graphql.context import Context
from turnout.graphql.people import hide_people
from turnout.graphql.schema import Mutation, Query, Subscription, build_schema
from turnout.server.services import utc_now
from turnout.tenants.authentication import authenticate
from turnout.tenants.caller import NOBODY
from turnout.tenants.connection import Door

schema: Final = build_schema(Query, Mutation, Subscription)
hide_people(schema.core)
door: Final = Door(os.environ["APP"], patience=60)  # it is so slow that sixteen at once would be turned away
refresher: Final = Refresher(os.environ["REFRESHER"], utc_now)


class Stock(GraphQL[Context, None]):
    """Asks as whoever the request's key belongs to."""

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """As the product's own route does."""
        credential = await authenticate(door, request.headers.get("authorization"), utc_now())
        return Context(door, refresher, utc_now, NOBODY, credential=credential)


@asynccontextmanager
async def _open(_: Starlette) -> AsyncGenerator[None]:
    await door.open()
    await refresher.connect()
    yield
    await refresher.stop()
    await door.close()


app: Final = Starlette(routes=[Mount("/graphql", Stock(schema))], lifespan=_open)
