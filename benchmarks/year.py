"""Thirteen months of the demo's biggest company, loaded through the ordinary ingest, refreshed and settled."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec
import psycopg
from psycopg import AsyncConnection

from turnout.analytics.periods import Period, PeriodPreset, by_preset
from turnout.analytics.reading import Reading, Refreshing
from turnout.analytics.refresher import Refresher
from turnout.analytics.views import refresh_views
from turnout.database.embedded import Server
from turnout.database.migrating import prepare
from turnout.database.statements import statements
from turnout.ingest.intake import take
from turnout.server.demo.companies import ALDERMOOR
from turnout.server.demo.contracts import limits
from turnout.server.demo.history import History
from turnout.server.demo.world import world
from turnout.tenants.companies import NewCompany, add_company, list_companies
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.segments import Segment
from turnout.tenants.support import support

NOW: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
DATABASE: Final = "a_year"
COUNTING: Final = statements("benchmarks", "reads.sql")
AT_ONCE: Final = 5000
# A part of the company, about a fifth of it.
SEGMENT: Final = Segment(room_prefix="Atlas")
_DECLARE: Final = (
    "insert into segment select %s, gen_random_uuid(), 'Atlas', %s, %s"
    " where not exists (select from segment where company_id = %s)"
)


@dataclass(frozen=True)
class Year:
    """The company, how the application connects, a door to it, and whoever would refresh it."""

    company: Company
    app: str
    door: Door
    refresher: Refreshing

    @property
    def segment(self) -> int:
        """The rollups of the segment that the company has declared."""
        return self.company.generation + 1

    @property
    def period(self) -> Period:
        """The last twelve months."""
        return by_preset(self.company, PeriodPreset.LAST_12_MONTHS, NOW, None)

    def reading(self, door: Door | None = None) -> Reading:
        """As a request reads, perhaps by another door."""
        return Reading(door or self.door, self.refresher, self.company, lambda: NOW)


@asynccontextmanager
async def year(server: Server) -> AsyncGenerator[Year]:
    """The company of this server, loaded when it is not there."""
    prepare(server.conninfo(user="postgres", dbname="postgres"), DATABASE)
    with psycopg.connect(_login(server, "postgres")) as admin:
        admin.execute(COUNTING["allow"])
    door = Door(_login(server, "turnout_app"), readers=1, writers=1, patience=600)
    refresher = Refresher(_login(server, "turnout_refresher"), lambda: NOW, patience=600)
    await door.open()
    await refresher.connect()
    try:
        company = _there(server) or await _loaded(server, door, refresher)
        await _declare(server, company, refresher)
        yield Year(company, _login(server, "turnout_app"), door, refresher)
    finally:
        await refresher.stop()
        await door.close()


def _there(server: Server) -> Company | None:
    with support(_login(server, "turnout_support")) as session:
        return next((there.company for there in list_companies(session) if there.company.slug == ALDERMOOR.slug), None)


async def _loaded(server: Server, door: Door, refresher: Refresher) -> Company:
    history = History.since(ALDERMOOR, NOW)
    told = world(history, NOW)
    new = NewCompany(
        ALDERMOOR.slug, ALDERMOOR.name, ALDERMOOR.time_zone, ALDERMOOR.billing_anchor_day, limits=limits(history, told)
    )
    with support(_login(server, "turnout_support")) as session:
        company = add_company(session, new, NOW)
    bodies = [msgspec.json.encode(happening.activity) for happening in told]
    for begin in range(0, len(bodies), AT_ONCE):
        receipt = await take(door, company.company_id, bodies[begin : begin + AT_ONCE], NOW)
        assert not receipt.quarantined, receipt.quarantined[0]
    await refresher.refresh_company(company.company_id, company.generation, settle=True)
    await _tidy(server)
    return company


async def _declare(server: Server, company: Company, refresher: Refresher) -> None:
    """A segment of the company, with rollups that answer, unless it has one."""
    with psycopg.connect(_login(server, "postgres"), autocommit=True, options="-c search_path=turnout") as admin:
        row = (company.company_id, SEGMENT.definition, NOW, company.company_id)
        if not admin.execute(_DECLARE, row).rowcount:
            return
    await refresher.follow(company.company_id, company.generation)
    await refresher.build(company.company_id, company.generation + 1)
    await _tidy(server)


async def _tidy(server: Server) -> None:
    """As a server is that has been running for a while: views current, tables vacuumed and analysed."""
    async with await AsyncConnection.connect(_login(server, "turnout_refresher"), autocommit=True) as maintainer:
        await refresh_views(maintainer)
    with psycopg.connect(_login(server, "postgres"), autocommit=True) as admin:
        admin.execute("vacuum (analyze)")


def _login(server: Server, user: str) -> str:
    return server.conninfo(user=user, dbname=DATABASE)
