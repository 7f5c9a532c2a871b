"""How often a question goes to the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from tests.databases import Database
from turnout.analytics.refresher import Refresher
from turnout.server.services import Services
from turnout.tenants.connection import Door, Statement
from turnout.tenants.desk import Desk

from .asking import question
from .clients import Client

BESIDE = "dailyPeaks(period: {preset: LAST_7_DAYS}) { day connections connectionsLimit }"


class CountedDoor(Door):
    """Knows how many statements each reading had."""

    reads: list[int]

    async def read(
        self, company_id: int, statements: Sequence[Statement[Any]], **about: Any
    ) -> list[list[Any] | Exception]:
        self.reads.append(len(statements))
        return await super().read(company_id, statements, **about)


@pytest.fixture
def door(database: Database) -> CountedDoor:
    door = CountedDoor(database.app)
    door.reads = []
    return door


@pytest.fixture
def services(database: Database, door: CountedDoor, now: datetime) -> Services:
    desk, support_desk = (Desk(lambda: database.support) for _ in range(2))
    return Services(door, Refresher(database.refresher, lambda: now), lambda: now, desk=desk, support_desk=support_desk)


async def test_all_of_a_summary_and_what_stands_beside_it_is_read_at_once(at_acme: Client, door: CountedDoor) -> None:
    given = {"period": {"preset": "LAST_7_DAYS"}, "compareTo": {"preset": "YEAR_BEFORE"}}
    query = question("periodSummary", given).removesuffix("}") + BESIDE + "}"
    await at_acme.query(query, given)  # brings up to date what the clock has left behind
    door.reads.clear()

    await at_acme.query(query, given)

    assert len(door.reads) == 1
    assert door.reads[0] > 10
