"""A real telephone bridge, 2011 to 2018, dirty as real input is: the product says of it what the oracle says."""

import json
import os
from collections.abc import Generator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Database, drop
from tests.oracle import Oracle
from tests.worlds.comparing import SECTIONS
from tests.worlds.product import first_difference
from tests.worlds.stage import Stage, open_stage
from turnout.database.calendar import local_midnight
from turnout.ingest.files import bunches
from turnout.ingest.intake import Receipt, take
from turnout.ingest.mapped import mapped_bunches
from turnout.ingest.mapping import read_mapping
from turnout.ingest.quarantine import list_quarantine
from turnout.tenants.company import Company

FOLDER = os.environ.get("TURNOUT_TELECONS")
ZONE = "America/New_York"
EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"
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


async def load(stage: Stage, company: Company, file: Path, mapping: str | None = None) -> list[Receipt]:
    """A file of activities, or one of rows by a mapping of docs/examples."""
    with file.open("rb") as lines:
        meant = mapping and read_mapping((EXAMPLES / mapping).read_bytes())
        found = mapped_bunches(lines, meant, NOW) if meant else bunches(lines)
        return [await take(stage.product.door, company.company_id, bunch.lines, NOW) for bunch in found]


async def section_days(stage: Stage, company: Company) -> list[tuple[Any, ...]]:
    query = "select (to_jsonb(s) - 'company_id')::text from section_day s where company_id = %s order by day, section"
    return await (await stage.product.support.execute(query, (company.company_id,))).fetchall()


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


def test_the_rows_of_the_bridge_give_the_same_numbers(stage: Stage, file: Path) -> None:
    by_lines, by_rows = [
        stage.play(stage.product.add_company(slug, ZONE, timedelta(hours=24))) for slug in ("by-lines", "by-rows")
    ]
    span = local_midnight(by_rows.zone, date(2011, 7, 1)), local_midnight(by_rows.zone, date(2018, 12, 31))

    stage.play(load(stage, by_lines, file))
    [receipt] = stage.play(load(stage, by_rows, file.with_name("telecon_stays.csv"), "bridge.toml"))
    answers = [stage.play(stage.product.ask(company, *span)) for company in (by_lines, by_rows)]
    days = [stage.play(section_days(stage, company)) for company in (by_lines, by_rows)]

    assert (receipt.accepted, receipt.known, receipt.quarantined) == (836, 0, [])
    assert answers[0] == answers[1]
    assert len(days[0]) > 92
    assert days[0] == days[1]


def test_rows_say_the_same_as_the_lines_made_of_them(stage: Stage, file: Path) -> None:
    company = stage.play(stage.product.add_company("both", ZONE, timedelta(hours=24)))
    stage.play(load(stage, company, file))

    [receipt] = stage.play(load(stage, company, file.with_name("telecon_stays.csv"), "bridge.toml"))

    assert (receipt.accepted, receipt.known, receipt.quarantined) == (0, 836, [])


def test_every_message_of_the_chat_counts_and_only_once(stage: Stage, file: Path) -> None:
    company = stage.play(stage.product.add_company("chat", ZONE, timedelta(hours=24)))
    messages = file.with_name("telecon_messages.csv")

    first, again = [stage.play(load(stage, company, messages, "chat.toml")) for _ in range(2)]

    assert counts(first) == (30_299, 0, 0)
    assert counts(again) == (0, 30_299, 0)


def counts(receipts: list[Receipt]) -> tuple[int, int, int]:
    return (
        sum(receipt.accepted for receipt in receipts),
        sum(receipt.known for receipt in receipts),
        sum(len(receipt.quarantined) for receipt in receipts),
    )


def test_leaves_without_a_join_are_in_quarantine(stage: Stage, file: Path) -> None:
    company = stage.play(stage.product.add_company("alone", ZONE, timedelta(hours=24)))
    stage.play(load(stage, company, file))

    totals, held = stage.play(list_quarantine(stage.product.door, company.company_id, None, 50, NOW))

    assert [(total.code, total.deliveries) for total in totals] == [("LEAVE_WITHOUT_JOIN", 246)]
    assert len(held) == 50
    assert held[0].last_at == max(one.last_at for one in held)
