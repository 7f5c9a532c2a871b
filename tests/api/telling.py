"""Companies that have told their stories, ready to be asked."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from tests.databases import Database
from tests.signing import begin, keep_password
from turnout.analytics.refresher import Refresher
from turnout.server.app import create_app
from turnout.server.services import Services
from turnout.tenants.companies import NewCompany, add_company
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk
from turnout.tenants.keys import issue_key
from turnout.tenants.limits import parse_limit
from turnout.tenants.support import support

from .clients import Client
from .stories import awkward_company, little_company

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LIMITS = (
    "CONNECTIONS=8",
    "EVENTS=1",
    "LISTENERS@WEBINAR=0",
    "STORAGE_BYTES=4270",
    "USERS=4",
    "EVENTS@CALL=9:2026-03-02",
)
# Everybody whom the little company has told of, and somebody of whom nobody has heard.
USERS = ("anna", "ben", "carl", "dora", "zoe")


@dataclass(frozen=True)
class Told:
    """A little company, another with the same story under other names, and one with awkward names.

    `of_one` are keys of the little one's users, each of one.
    """

    little: Client
    other: Client
    awkward: Client
    of_one: Mapping[str, Client]


@asynccontextmanager
async def telling(database: Database) -> AsyncGenerator[Told]:
    """The whole application over a database, at noon UTC on 2 March 2026, when everything has been told."""
    desk, support_desk = (Desk(lambda: database.support) for _ in range(2))
    services = Services(
        Door(database.app),
        Refresher(database.refresher, lambda: NOW),
        lambda: NOW,
        desk=desk,
        support_desk=support_desk,
    )
    app = create_app(services)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://turnout.test") as http,
    ):

        async def client(slug: str, limits: Sequence[str] = ()) -> Client:
            new = NewCompany(slug, slug.capitalize(), "Europe/Berlin", limits=[parse_limit(text) for text in limits])
            with support(database.support) as session:
                company = add_company(session, new, NOW)
            return await client_of(company, http, services, database)

        little = await client("little", LIMITS)
        told = Told(little, await client("other"), await client("awkward"), keys_of(USERS, little, database))
        await told.little.tell(little_company())
        await told.other.tell(little_company("other "))
        await told.awkward.tell(awkward_company())
        yield told


def keys_of(users: Sequence[str], client: Client, database: Database) -> dict[str, Client]:
    """Whoever has a key of one user of a company, by user."""
    assert client.company
    scopes = ["read:stats", "read:people"]
    with support(database.support) as session:
        keys = {user: issue_key(session, client.company.slug, scopes, NOW, user_key=user).text for user in users}
    return {user: Client(client.http, client.company, key) for user, key in keys.items()}


async def client_of(company: Company, http: httpx.AsyncClient, services: Services, database: Database) -> Client:
    """Somebody of a company: with a password, a session begun with it, and a key to tell with."""
    now = services.clock()
    with support(database.support) as session:
        password = keep_password(session, company, now)
        key = issue_key(session, company.slug, ["write:events"], now).text
    token = await begin(services.door, company, password, now)
    return Client(http, company, token, key, password.text)
