"""The whole application over a fresh database, two companies that use it, and somebody who is nobody."""

from collections.abc import AsyncGenerator, Callable
from datetime import datetime

import httpx
import pytest
from starlette.applications import Starlette

from tests.databases import Database, drop
from turnout.analytics.refresher import Refresher
from turnout.server.app import create_app
from turnout.server.services import Services
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk
from turnout.tenants.staff import add_staff
from turnout.tenants.support import support

from .clients import Client, program
from .staffing import Staff, signed_in
from .telling import Told, client_of, telling

MakeClient = Callable[[Company], AsyncGenerator[Client]]


@pytest.fixture
def services(database: Database, now: datetime) -> Services:
    desk, support_desk = (Desk(lambda: database.support) for _ in range(2))
    return Services(
        Door(database.app),
        Refresher(database.refresher, lambda: now),
        lambda: now,
        desk=desk,
        support_desk=support_desk,
    )


@pytest.fixture
async def app(services: Services) -> AsyncGenerator[Starlette]:
    app = create_app(services)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def http(app: Starlette) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://turnout.test") as http:
        yield http


@pytest.fixture(scope="session")
async def told(server: str, template: str) -> AsyncGenerator[Told]:
    """Companies that have told everything, for tests that only ask."""
    database = Database.cloned(server, template)
    async with telling(database) as told:
        yield told
    drop(server, database.name)


@pytest.fixture(scope="session")
async def little_stats(told: Told) -> Client:
    """A program of the little company that may not read people."""
    return await program(told.little, "READ_STATS")


@pytest.fixture
def nobody(http: httpx.AsyncClient) -> Client:
    return Client(http)


@pytest.fixture
async def at_acme(http: httpx.AsyncClient, services: Services, database: Database, acme: Company) -> Client:
    return await client_of(acme, http, services, database)


@pytest.fixture
async def at_globex(http: httpx.AsyncClient, services: Services, database: Database, globex: Company) -> Client:
    return await client_of(globex, http, services, database)


@pytest.fixture
async def staff(http: httpx.AsyncClient, database: Database, now: datetime) -> Staff:
    """A member of support who has signed in."""
    with support(database.support) as session:
        password = add_staff(session, "Ann", now).text
    return await signed_in(http, "Ann", password)
