"""An embedded server with a port of its own, two companies in it, and their logins for BI."""

import socket
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from tests.api.clients import Client, joined
from tests.api.stories import little_company
from tests.api.telling import LIMITS, client_of
from tests.databases import Database
from tests.places import place
from turnout.analytics.refresher import Refresher
from turnout.database.embedded import Server, attach
from turnout.database.migrating import prepare
from turnout.server.app import create_app
from turnout.server.services import Services, utc_now
from turnout.tenants.companies import NewCompany, add_company
from turnout.tenants.connection import Door
from turnout.tenants.limits import parse_limit
from turnout.tenants.sql_logins import issue_sql_login
from turnout.tenants.support import support


@dataclass(frozen=True)
class Login:
    """A login for BI, as a company has it."""

    role: str
    url: str

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True)

    def rows(self, query: Any) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(query).fetchall()


LogIn = Callable[[str], Login]


@pytest.fixture(scope="session")
def embedded() -> Generator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    with place() as folder, attach(folder, port=port) as server:
        prepare(server.conninfo(user="postgres", dbname="postgres"))
        yield server


@pytest.fixture(scope="session")
def database(embedded: Server) -> Database:
    return Database(embedded.conninfo(user="postgres", dbname="turnout"))


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="session")
async def companies(database: Database) -> AsyncGenerator[dict[str, Client]]:
    """Two companies with one story under different names, and with somebody who is still there."""
    services = Services(Door(database.app), Refresher(database.refresher, utc_now), utc_now)
    app = create_app(services)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://turnout.test") as http,
    ):
        clients: dict[str, Client] = {}
        for slug, prefix, limits in (("little", "", LIMITS), ("other", "CANARY ", ("CONNECTIONS=777777",))):
            new = NewCompany(slug, slug, "Europe/Berlin", limits=[parse_limit(text) for text in limits])
            with support(database.support) as session:
                company = add_company(session, new, utc_now())
            clients[slug] = await client_of(company, http, services, database)
            story = [*little_company(prefix), joined(f"{prefix}now", "open", utc_now() - timedelta(minutes=10))]
            await clients[slug].tell(story)
            # The views show what has been computed, and whoever reads them does not wait for it.
            await services.refresher.refresh_company(company.company_id, company.generation)
        yield clients


@pytest.fixture(scope="session")
def log_in(embedded: Server, database: Database, companies: dict[str, Client]) -> LogIn:
    """A new login of a company."""
    assert companies

    def make(slug: str) -> Login:
        with support(database.admin) as admin:
            issued = issue_sql_login(admin, slug, utc_now(), expires_at=utc_now() + timedelta(days=1))
        return Login(
            issued.role_name,
            f"postgresql://{issued.role_name}:{issued.password}@127.0.0.1:{embedded.port}/turnout",
        )

    return make


@pytest.fixture(scope="session")
def little(log_in: LogIn) -> Login:
    return log_in("little")


@pytest.fixture(scope="session")
def other(log_in: LogIn) -> Login:
    return log_in("other")
