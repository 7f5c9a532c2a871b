"""One Postgres for the whole run, a fresh database for each test, and two companies that must never meet."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from xdist.remote import Producer

from turnout.analytics.refresher import Refresher
from turnout.database import calendar
from turnout.database.embedded import attach
from turnout.database.migrating import prepare
from turnout.tenants.companies import NewCompany, add_company
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.support import support

from .databases import Database, drop
from .places import memory
from .sharing import Together, in_order
from .worlds.product import Product

# A server to use instead of the embedded one: the conninfo of a superuser. The three login roles must be able to log in
# without more (trust, or a password file).
SERVER = "TURNOUT_TEST_SERVER"
# Set here for the workers of pytest-xdist, which inherit it: the folder of the server that they share.
FOLDER = "TURNOUT_TEST_FOLDER"
ZONES = ("Europe/Berlin", "America/New_York")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="turnout-tests-", dir=memory())


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        if server := os.environ.get(SERVER):
            drop(server, template_name())
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=in_order)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    return Together(config, log)


@pytest.fixture(scope="session")
def server() -> Generator[str]:
    """The conninfo of a superuser."""
    if given := os.environ.get(SERVER):
        yield given
        return
    with attach(Path(os.environ[FOLDER])) as embedded:
        yield embedded.conninfo(user="postgres", dbname="postgres")


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """A database with the schema and two calendars, prepared by the first worker that asks for it."""
    name = template_name()
    with one_at_a_time(), psycopg.connect(server, autocommit=True) as admin:
        if not admin.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
            hurry(admin)
            prepare(server, name)
            fill(make_conninfo(server, dbname=name))
    return name


@pytest.fixture(scope="session")
def left(server: str) -> Generator[list[str]]:
    """Databases of tests that are over. To drop one at once takes 100 ms where its connections are still ending."""
    names: list[str] = []
    yield names
    drop(server, *names)


@pytest.fixture
def new_database(server: str, template: str, left: list[str]) -> Generator[Callable[[], Database]]:
    """Makes as many fresh databases as a test asks for, about 50 ms each."""
    made: list[str] = []

    def create() -> Database:
        drop(server, *left)
        left.clear()
        database = Database.cloned(server, template)
        made.append(database.name)
        return database

    yield create
    left += made


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    return new_database()


@pytest.fixture
async def door(database: Database) -> AsyncGenerator[Door]:
    opened = Door(database.app)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def now() -> datetime:
    """The instant at which companies are made and clocks stand still; a test module may override it."""
    return datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def acme(database: Database, now: datetime) -> Company:
    with support(database.support) as session:
        return add_company(session, NewCompany("acme", "Acme", "Europe/Berlin"), now)


@pytest.fixture
def globex(database: Database, now: datetime) -> Company:
    """The other company: nothing of it may ever be in an answer to acme."""
    with support(database.support) as session:
        return add_company(session, NewCompany("globex", "Globex", "America/New_York"), now)


@pytest.fixture
async def product(database: Database, door: Door, now: datetime) -> AsyncGenerator[Product]:
    """The product without its process: a door, a refresher that works when it is asked to, and a clock of its own."""
    options = "-c search_path=turnout -c timezone=UTC"
    async with await psycopg.AsyncConnection.connect(database.admin, autocommit=True, options=options) as admin:
        product = Product(door, admin, now)
        product.refresher = Refresher(database.refresher, lambda: product.now)
        await product.refresher.connect()
        yield product
        await product.refresher.stop()


def template_name() -> str:
    return Path(os.environ[FOLDER]).name


def hurry(admin: psycopg.Connection) -> None:
    """A server of our own is thrown away after the run: nothing in it needs to survive a power failure."""
    if SERVER not in os.environ:
        admin.execute("alter system set fsync = off")
        admin.execute("alter system set full_page_writes = off")
        admin.execute("select pg_reload_conf()")


def fill(template: str) -> None:
    with psycopg.connect(template, options="-c search_path=turnout") as admin:
        for zone in ZONES:
            calendar.extend(admin, zone, datetime.now(UTC))


@contextmanager
def one_at_a_time() -> Generator[None]:
    """Workers wait for each other here."""
    with Path(os.environ[FOLDER], "tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
