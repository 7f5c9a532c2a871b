"""A server at a real port that lives as long as the tests of subscriptions, and what is left of it after each."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, cast

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from tests.api.clients import Client
from tests.api.listening import Stage, now
from tests.api.telling import client_of
from tests.databases import Database, drop
from tests.waiting import until
from turnout.analytics.refresher import Refresher
from turnout.server.app import create_app
from turnout.server.process import Server, address_of, bind
from turnout.server.routes.cookies import Cookies
from turnout.server.routes.graphql import GraphQL
from turnout.server.services import Services
from turnout.tenants.companies import NewCompany, add_company
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk
from turnout.tenants.support import support


@pytest.fixture(scope="package")
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


def graphql_of(app: Starlette) -> GraphQL:
    """The way in that an application has."""
    routes = (cast("Any", route) for route in app.routes if isinstance(route, Route) and route.path == "/graphql")
    return next(route.endpoint.__self__ for route in routes)


@pytest.fixture(autouse=True)
async def nothing_is_left(stage: Stage) -> AsyncGenerator[None]:
    """Whoever has gone leaves no place taken and nothing that looks."""
    yield
    await until(stage.is_quiet, 10)
