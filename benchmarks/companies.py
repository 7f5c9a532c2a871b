"""Companies with a busy year and calm ones before it, made in the database, refreshed and settled."""

import time
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection

from turnout.analytics.refresher import Refresher
from turnout.analytics.views import refresh_views
from turnout.database.embedded import Server, attach
from turnout.database.migrating import prepare
from turnout.database.statements import statements
from turnout.tenants.companies import NewCompany, add_company, list_companies
from turnout.tenants.company import Company
from turnout.tenants.limits import Limit, LimitMetric, Section
from turnout.tenants.support import support

SQL: Final = statements("benchmarks", "companies.sql")
DATABASE: Final = "turnout"  # as `turnout serve` calls the one of a folder
DAYS: Final = 1250
BUSY: Final = timedelta(days=370)
FILL: Final = (
    *("add_users", "register_users", "add_rooms", "add_events", "add_connections", "add_stays"),
    *("add_files", "add_recordings", "add_runs", "add_versions", "mark_days"),
)


@dataclass(frozen=True)
class Size:
    """How much of what a company has; `events` are those of a weekday of its busy year."""

    slug: str
    users: int
    rooms: int
    events: int

    def limits(self) -> list[Limit]:
        """What it has contracted."""
        return [
            Limit(LimitMetric.CONNECTIONS, Section.TOTAL, self.users // 10),
            Limit(LimitMetric.CONNECTIONS, Section.WEBINAR, self.users // 20),
            Limit(LimitMetric.SPEAKERS, Section.TOTAL, self.users // 10),
            Limit(LimitMetric.EVENTS, Section.TOTAL, self.rooms // 8),
            Limit(LimitMetric.STORAGE_BYTES, Section.TOTAL, self.users * 1e8),
            Limit(LimitMetric.USERS, Section.TOTAL, self.users * 1.2),
        ]


USUAL: Final = Size("usual", users=400, rooms=40, events=15)
LARGE: Final = Size("large", users=10_000, rooms=800, events=150)


@dataclass(frozen=True)
class Made:
    """A company, where its database is, and as of when its history was made."""

    company: Company
    server: Server
    made_at: datetime

    def login(self, role: str) -> str:
        """How one of the roles connects, such as turnout_app."""
        return _login(self.server, role)

    @cached_property
    def postmaster(self) -> int:
        """The process that all of Postgres descends from."""
        with psycopg.connect(self.login("postgres")) as admin:
            [(text,)] = admin.execute("select pg_read_file('postmaster.pid')").fetchall()
        return int(text.split()[0])


@contextmanager
def kept(data: Path | None) -> Generator[Path]:
    """A folder for a database: in the one given, which stays, or in a temporary one."""
    with _folder(data) as folder:
        Path(folder).chmod(0o755)  # whoever runs Postgres must come in
        yield Path(folder) / "data"


def _folder(given: Path | None) -> AbstractContextManager[str]:
    if given is None:
        return TemporaryDirectory(prefix="turnout-benchmark-", ignore_cleanup_errors=True)
    given.mkdir(parents=True, exist_ok=True)
    return nullcontext(str(given.absolute()))


@contextmanager
def served(folder: Path) -> Generator[Server]:
    """The server of a folder, its database up to date."""
    with attach(folder) as server:
        prepare(server.conninfo(user="postgres", dbname="postgres"), DATABASE)
        yield server


async def made(server: Server, size: Size) -> Made:
    """The company of this size, made when it is not there."""
    now = datetime.now(UTC)
    with support(_login(server, "turnout_support")) as session:
        there = {listed.company.slug: listed for listed in list_companies(session)}
    if found := there.get(size.slug):
        return Made(found.company, server, found.created_at)
    return Made(await _made(server, size, now), server, now)


async def _made(server: Server, size: Size, now: datetime) -> Company:
    began = time.monotonic()
    with support(_login(server, "turnout_support")) as session:
        company = add_company(session, NewCompany(size.slug, size.slug, "UTC", limits=size.limits()), now)
    stays, events = _fill(_login(server, "postgres"), company, size, now)
    print(
        f"made {stays:,} stays of {size.users:,} users in {events:,} events: {time.monotonic() - began:.0f} s",
        flush=True,
    )
    await _refresh(server, company, now)
    print(f"computed {DAYS} days: {time.monotonic() - began:.0f} s in all", flush=True)
    return company


def _fill(conninfo: str, company: Company, size: Size, now: datetime) -> tuple[Any, ...]:
    today = datetime(now.year, now.month, now.day, tzinfo=UTC)
    span = {"first_day": today - timedelta(days=DAYS - 1), "last_day": today, "days": DAYS, "as_of": now}
    sizes = {"company": company.company_id, "users": size.users, "rooms": size.rooms, "events": size.events}
    with psycopg.connect(conninfo, autocommit=True, options="-c search_path=turnout") as admin:
        admin.execute("set session_replication_role = replica")  # nothing here is worth a foreign key's look-up
        for name in FILL:
            admin.execute(SQL[name], span | sizes | {"busy_since": today - BUSY})
            admin.execute("analyze")
        admin.execute("vacuum (analyze)")
        return admin.execute(SQL["sizes"], sizes).fetchall()[0]


async def _refresh(server: Server, company: Company, now: datetime) -> None:
    """As a server leaves it that has been running for a while: views current, tables vacuumed and analysed."""
    refresher = Refresher(_login(server, "turnout_refresher"), lambda: now, patience=600)
    await refresher.connect()
    await refresher.refresh_company(company.company_id, company.generation, settle=True)
    await refresher.stop()
    async with await AsyncConnection.connect(_login(server, "turnout_refresher"), autocommit=True) as maintainer:
        await refresh_views(maintainer)
    with psycopg.connect(_login(server, "postgres"), autocommit=True) as admin:
        admin.execute("vacuum (analyze)")


def _login(server: Server, user: str) -> str:
    return server.conninfo(user=user, dbname=DATABASE)
