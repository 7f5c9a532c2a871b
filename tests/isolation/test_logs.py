"""Nothing of a company, and no secret, is in any log: not when all goes well, and not when everything fails."""

import json
import os
from collections.abc import AsyncGenerator, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.api.clients import Client, bearer
from tests.api.processes import serving
from tests.api.staffing import Staff, signed_in
from tests.conftest import FOLDER, SERVER
from tests.databases import Database, drop
from tests.rows import tables
from tests.wall import Admin
from turnout.analytics.refresher import Refresher
from turnout.graphql.schema import schema
from turnout.graphql.support.schema import support_schema
from turnout.server.services import Services, utc_now
from turnout.tenants.connection import Door
from turnout.tenants.keys import issue_key
from turnout.tenants.staff import add_staff
from turnout.tenants.support import support

from .canaries import Canary, ids, rejected, story, texts
from .conftest import settled
from .questions import packed, questions
from .saying import operations

DELTA = Canary("delta", 7883)
# What a credential is found by: nothing works without it, and nobody would get as far as to fail at anything else.
CREDENTIALS = {
    "company",
    "company_password",
    "company_session",
    "api_key",
    "embed_token",
    "support_access",
    "rollup_generation",
}
# After which nobody is who they were.
ENDING = {"signOut", "suspendCompany"}
FAULTS = {"request_failed", "field_failed", "ingest_failed"}


@dataclass(frozen=True)
class Logged:
    """What both servers have written while a company was asked everything, and what must not be in it."""

    ours: str
    postgres: str
    secrets: frozenset[str]

    def wrong(self) -> list[str]:
        """The lines with something of the company in them."""
        lines = [*self.ours.splitlines(), *self.postgres.splitlines()]
        return [line for line in lines if DELTA.sings_in(line) or any(secret in line for secret in self.secrets)]

    def events(self) -> set[str]:
        return {json.loads(line)["event"] for line in self.ours.splitlines()}


@dataclass(frozen=True)
class Scene:
    """A company at a server process, with one of support."""

    client: Client
    staff: Staff
    admin: Admin

    @property
    def company_id(self) -> int:
        assert self.client.company
        return self.client.company.company_id

    def secrets(self) -> Iterator[str]:
        """What lets somebody in, and every id that something of the company has."""
        for credential in (self.client.token, self.client.key, self.staff.token):
            yield (credential or "").rpartition("_")[2]
        yield from (self.client.password, self.staff.password)
        yield from ids(self.admin, self.company_id)

    async def use(self, but: Collection[str] = ()) -> None:
        """Ask everything, say everything, and say it wrongly."""
        for query, variables in packed(questions(DELTA)):
            await self.client.post(query, variables)
        for asked in (schema, support_schema):
            for name, operation, variables in operations(asked.core, self.text, {"slug": DELTA.slug}):
                if name not in but:
                    await self.client.post(operation, variables)
                    await self.staff.post(operation, variables)
        await self.misuse()

    def text(self, name: str) -> str:
        """What stands in an argument: the company where it is named, else something that only it would say."""
        return DELTA.slug if name == "company" else DELTA(name)

    async def misuse(self) -> None:
        """Requests that are no requests, and events that are no events."""
        word, http = DELTA("word"), self.client.http
        for query in (
            f"{{ {DELTA.name}{word.replace('-', '')} ",
            f'{{ a(b: "{word}") }}',
            f'{{ event(eventId: "{word}\\u0000") {{ title }} }}',
        ):
            await self.client.post(query)
        for body in (
            f'{{"query": "{word}',
            f'{{"query": "{{ company {{ slug }} }}", "variables": ["{word}"]}}',
            "\udcff",
        ):
            content = body.encode(errors="surrogateescape")
            await http.post("/graphql", content=content, headers={"content-type": "application/json"})
        for token in (word, f"turnout_live_key_{word}"):
            await http.get(f"/{word}?name={word}", headers=bearer(token))
            await Client(http, token=token, key=token).ingest(story(DELTA))
        for media in (
            "application/cloudevents+json",
            "application/cloudevents-batch+json",
            "application/x-ndjson",
            word,
        ):
            await self.client.ingest(f'{{"id": "{word}'.encode(), media)
            await self.client.ingest(json.dumps(rejected(DELTA)[0]).encode(), media)
        await self.client.ingest([one | {"id": f"{one['id']} again"} for one in story(DELTA)])
        await self.client.ingest([one | {"subject": word} for one in story(DELTA)])


@pytest.fixture(scope="module")
async def logged(server: str, template: str) -> AsyncGenerator[Logged]:
    """First everything as it should be, then with data that cannot be read or written, at last with no data at all."""
    database, begun = Database.cloned(server, template), len(postgres_log())
    environment = {
        "DATABASE_URL": database.app,
        "TURNOUT_REFRESHER_URL": database.refresher,
        "TURNOUT_SUPPORT_URL": database.support,
    }
    with TemporaryFile("w+") as log, serving(environment=environment, log=log) as running:
        async with httpx.AsyncClient(base_url=running.address, timeout=30) as http:
            scene = await staged(database, http)
            secrets = frozenset(scene.secrets())
            await scene.use(but=ENDING)
            spoil(scene.admin, set(tables(scene.admin)) - CREDENTIALS)
            await scene.use(but=ENDING)
            spoil(scene.admin, CREDENTIALS)
            await scene.use()
            scene.admin.close()
        running.stop(15)
        log.seek(0)
        yield Logged(log.read(), postgres_log()[begun:], secrets)
    drop(server, database.name)


async def staged(database: Database, http: httpx.AsyncClient) -> Scene:
    """A company that has told its story, and a member of support."""
    services = Services(Door(database.app), Refresher(database.refresher, utc_now), utc_now)
    await services.door.open()
    await services.refresher.connect()
    client = await settled(DELTA, http, services, database)
    await services.refresher.stop()
    await services.door.close()
    with support(database.support) as session:
        password = add_staff(session, DELTA("Ann"), utc_now()).text
        issue_key(session, DELTA.slug, ["read:stats"], utc_now(), label=DELTA("label"))
    admin = psycopg.connect(database.admin, options="-c search_path=turnout", autocommit=True)
    return Scene(client, await signed_in(http, DELTA("Ann"), password), admin)


def spoil(admin: Admin, spoilt: set[str]) -> None:
    """No row can be written, and whoever reads one fails of a text in it, which the error quotes."""
    for table in spoilt:
        name = sql.Identifier(table)
        admin.execute(sql.SQL("alter table {} add constraint spoilt check (false) not valid").format(name))
        if of_text := [sql.Identifier(column) for column, kind in texts(admin, table) if kind in {"text", "varchar"}]:
            reading = sql.SQL("create policy spoilt on {} as restrictive for select using (concat({})::int > 0)")
            admin.execute(reading.format(name, sql.SQL(", ").join(of_text)))


def postgres_log() -> str:
    """That of the embedded server; of a server that somebody else runs it is not ours to read."""
    return "" if SERVER in os.environ else (Path(os.environ[FOLDER]) / "postgres.log").read_text(errors="replace")


def test_nothing_of_a_company_is_in_any_log(logged: Logged) -> None:
    assert logged.wrong() == []


def test_what_failed_is_in_the_log_with_its_trace(logged: Logged) -> None:
    assert logged.events() >= FAULTS
