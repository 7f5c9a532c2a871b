"""Two companies over one database, and what each was told before and after the other came."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import httpx
import psycopg
import pytest
from starlette.applications import Starlette

from tests.api.clients import Client
from tests.api.telling import client_of
from tests.databases import Database, drop
from tests.wall import Admin
from turnout.analytics.refresher import Refresher
from turnout.server.app import create_app
from turnout.server.services import Services
from turnout.tenants.audit import note
from turnout.tenants.companies import NewCompany, add_company
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk
from turnout.tenants.limits import parse_limit
from turnout.tenants.support import support

from .canaries import ALPHA, BETA, NEWCOMER, NOON, Canary, declare, furnish, late, rejected, story
from .canaries import act as act_of
from .crawling import Crawl, crawl

LIMITS = ("CONNECTIONS=8", "STORAGE_BYTES=79190000", "USERS=4")


@dataclass(frozen=True)
class Stage:
    """The application with both companies in it.

    `alone` is what beta was told while it was the only company, `beside` what it is told since alpha is there;
    `theirs` is what alpha is told. The newcomer has told nothing yet.
    """

    app: Starlette
    database: Database
    alpha: Client
    beta: Client
    newcomer: Client
    nobody: Client
    alone: Crawl
    beside: Crawl
    theirs: Crawl


@pytest.fixture(scope="session")
async def stage(server: str, template: str) -> AsyncGenerator[Stage]:
    database = Database.cloned(server, template)
    services = Services(
        Door(database.app),
        Refresher(database.refresher, lambda: NOON),
        lambda: NOON,
        desk=Desk(lambda: database.support),
        support_desk=Desk(lambda: database.support),
    )
    async with serving(services) as (app, http):
        beta = await settled(BETA, http, services, database)
        alone = await crawl(beta, BETA)
        alpha = await settled(ALPHA, http, services, database)
        beside, theirs = await crawl(beta, BETA), await crawl(alpha, ALPHA)
        newcomer = await _client(NEWCOMER, http, services, database, NOON)
        yield Stage(app, database, alpha, beta, newcomer, Client(http), alone, beside, theirs)
    drop(server, database.name)


@pytest.fixture
def admin(stage: Stage) -> Generator[Admin]:
    with psycopg.connect(stage.database.admin, options="-c search_path=turnout", autocommit=True) as connection:
        yield connection


@asynccontextmanager
async def serving(services: Services) -> AsyncGenerator[tuple[Starlette, httpx.AsyncClient]]:
    app = create_app(services)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://turnout.test") as http,
    ):
        yield app, http


async def settled(canary: Canary, http: httpx.AsyncClient, services: Services, database: Database) -> Client:
    """Somebody of a new company that has told its story and has a text wherever one may be."""
    client = await _client(canary, http, services, database, services.clock())
    await client.tell(story(canary))
    await _closed(client, services)
    await client.tell(late(canary))
    await _closed(client, services)
    assert len((await client.ingest(rejected(canary))).json()["quarantined"]) == len(rejected(canary))
    assert client.company
    with support(database.support) as session:
        note(session, client.company.company_id, *act_of(canary), services.clock())
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        declare(admin, client.company.company_id, canary)
    await _followed(client, services)
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        furnish(admin, client.company.company_id, canary)
    await client.query(
        "{ days(period: {preset: LAST_7_DAYS}) { day } }"
    )  # nothing is computed for the first time below
    return client


async def _followed(client: Client, services: Services) -> None:
    """The company's segment, with rollups that answer; the service's own refresher may be at it too."""
    assert client.company
    company_id, generation = client.company.company_id, client.company.generation
    await services.refresher.follow(company_id, generation)
    await services.refresher.build(company_id, generation + 1)


async def _closed(client: Client, services: Services) -> None:
    """The billing periods that are over."""
    assert client.company
    assert await services.refresher.close_periods(client.company.company_id, client.company.generation)


async def _client(
    canary: Canary, http: httpx.AsyncClient, services: Services, database: Database, now: datetime
) -> Client:
    limits = [parse_limit(text) for text in LIMITS]
    with support(database.support) as session:
        new = NewCompany(canary.slug, canary("Ltd"), "Europe/Berlin", limits=limits)
        company = add_company(session, new, now)
    return await client_of(company, http, services, database)
