"""A real telephone bridge, 2011 to 2018, dirty as real input is: the product says of it what the oracle says."""

import json
import os
from collections.abc import Generator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import Database, drop
from tests.oracle import Oracle
from tests.worlds.comparing import SECTIONS
from tests.worlds.product import first_difference
from tests.worlds.stage import Stage, open_stage
from turnout.database.calendar import local_midnight
from turnout.ingest.files import bunches
from turnout.ingest.intake import Receipt, take
from turnout.tenants.company import Company

FOLDER = os.environ.get("TURNOUT_TELECONS")
ZONE = "America/New_York"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not FOLDER, reason="TURNOUT_TELECONS names no folder")


@pytest.fixture(scope="module")
def file() -> Path:
    return Path(FOLDER or "") / "telecons.ndjson"


@pytest.fixture(scope="module")
def stage(server: str, template: str) -> Generator[Stage]:
    database = Database.cloned(server, template)
    with open_stage(database) as opened:
        opened.product.now = NOW
        yield opened
    drop(server, database.name)


async def load(stage: Stage, company: Company, file: Path) -> list[Receipt]:
    with file.open("rb") as lines:
        return [await take(stage.product.door, company.company_id, bunch.lines, NOW) for bunch in bunches(lines)]


def test_the_telephone_bridge_says_what_the_oracle_says(stage: Stage, file: Path) -> None:
    activities = [json.loads(line) for line in file.read_text().splitlines()]
    oracle = Oracle(ZONE, timedelta(hours=24), [], activities)
    company = stage.play(stage.product.add_company("telecons", ZONE, timedelta(hours=24)))
    span = local_midnight(company.zone, date(2011, 7, 1)), local_midnight(company.zone, date(2018, 12, 31))

    [receipt] = stage.play(load(stage, company, file))
    summary, days = stage.play(stage.product.ask(company, *span))

    assert (receipt.accepted, receipt.known, receipt.quarantined) == (len(activities), 0, [])
    expected = oracle.period_summary(*span, NOW)
    assert summary == expected, first_difference(expected, summary)
    assert days == oracle.daily_peaks(*span, SECTIONS, NOW)
    busiest = max(days, key=lambda row: row["connections"])
    assert (busiest["day"], busiest["connections"]) == (date(2013, 6, 4), 10)


def test_the_same_file_loaded_again_is_known(stage: Stage, file: Path) -> None:
    company = stage.play(stage.product.add_company("telecons-again", ZONE, timedelta(hours=24)))
    stage.play(load(stage, company, file))

    [receipt] = stage.play(load(stage, company, file))

    assert (receipt.accepted, receipt.known) == (0, 836)
