"""The demo: loaded by the ordinary ingest, the same on every start, with something to see in it."""

import json
from collections.abc import Generator, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from httpx import ASGITransport, AsyncClient

from tests.api.clients import Client
from tests.docs.pages import fences, read
from turnout.analytics.periods import PeriodPreset, by_preset
from turnout.analytics.reading import Reading
from turnout.analytics.refresher import Refresher
from turnout.analytics.summary import Peak, PeriodSummary, period_summary
from turnout.ingest.vocabulary import TYPES
from turnout.server.app import create_app
from turnout.server.demo import load_demo
from turnout.server.demo.accounts import FILE, open_accounts
from turnout.server.demo.companies import COMPANIES
from turnout.server.demo.company import DemoCompany
from turnout.server.demo.history import History
from turnout.server.demo.telling import Happening
from turnout.server.demo.world import world
from turnout.server.deployment import Deployment
from turnout.server.services import Services
from turnout.tenants.companies import find_company
from turnout.tenants.connection import Door
from turnout.tenants.keys import issue_key
from turnout.tenants.limits import Section
from turnout.tenants.support import support

from .databases import Database, drop

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
# What the tests load: town halls are four weeks apart.
DAYS_BACK = 32
URL = "http://turnout.test"


def told(company: DemoCompany, now: datetime, *, days_back: int = 30) -> dict[str, Happening]:
    """By id, which is the demo's promise: one id says one thing."""
    happenings = world(History.since(company, NOW, days_back), now)
    by_id = {happening.activity["id"]: happening for happening in happenings}
    assert len(by_id) == len(happenings)
    return by_id


def all_activities() -> list[dict[str, Any]]:
    """All that happens in all companies, in all the time that a first start loads."""
    return [told.activity for company in COMPANIES for told in world(History.since(company, NOW), NOW)]


def deployment_of(database: Database) -> Deployment:
    roles = ("turnout_app", "turnout_refresher", "turnout_support")
    return Deployment({role: database.of(role) for role in roles}, trusted=True)


@pytest.fixture(scope="module")
def loaded(server: str, template: str) -> Generator[Database]:
    """Read by several tests, changed by none."""
    database = Database.cloned(server, template)
    load_demo(deployment_of(database), now=NOW, days_back=DAYS_BACK)
    yield database
    drop(server, database.name)


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.slug)
def test_tomorrow_tells_the_same_and_more(company: DemoCompany) -> None:
    today = told(company, NOW)
    tomorrow = told(company, NOW + timedelta(days=1, hours=5))

    assert today.items() <= tomorrow.items()
    assert len(today) < len(tomorrow) < 1.1 * len(today)


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_at_any_hour_somebody_is_there_and_something_is_planned(hour: int) -> None:
    now = NOW.replace(hour=hour)
    activities = [happening.activity for company in COMPANIES for happening in told(company, now).values()]
    left = {(a["data"]["event"], a["data"]["connection"]) for a in activities if a["type"] == "turnout.stay.left"}
    recent = (now - timedelta(hours=13)).isoformat()

    joined = [a for a in activities if a["type"] == "turnout.stay.joined" and a["time"] > recent]

    assert [a for a in joined if (a["data"]["event"], a["data"]["connection"]) not in left]
    assert [a for a in activities if a["data"].get("startsAt", "") > (now + timedelta(days=7)).isoformat()]


def test_everything_that_is_taken_occurs() -> None:
    activities = all_activities()
    said = {(member, str(value)) for activity in activities for member, value in activity["data"].items()}

    assert {activity["type"] for activity in activities} == set(TYPES)
    assert {value for member, value in said if member == "template"} == {
        "MEETING", "SELECTOR", "LECTURE", "WEBINAR", "PERSONAL_CALL", "GROUP_CALL", "DISPATCH_BRIDGE",
    }  # fmt: skip
    assert {value for member, value in said if member == "place"} == {
        "MESSENGER", "PUBLIC_CHAT", "PRIVATE_CHAT", "QUESTION", "ANSWER",
    }  # fmt: skip
    assert {"parent", "externalId", "service", "department", "os", "captionsEnabled"} <= {member for member, _ in said}
    assert 40_000 < len(activities) < 60_000


def test_a_year_has_its_rhythm() -> None:
    joined = [a["time"] for a in all_activities() if a["type"] == "turnout.stay.joined"]

    def mean(begins: str, ends: str, weekdays: Iterable[int]) -> float:
        first, last = (datetime.fromisoformat(f"{day}T00:00Z") for day in (begins, ends))
        days = sum((first + timedelta(days=n)).weekday() in weekdays for n in range((last - first).days))
        return sum(begins <= at < ends and datetime.fromisoformat(at).weekday() in weekdays for at in joined) / days

    usual = mean("2026-01-10", "2026-03-01", range(5))
    assert mean("2026-01-10", "2026-03-01", (5, 6)) < 0.4 * usual
    assert mean("2025-12-24", "2026-01-02", range(5)) < 0.6 * usual
    assert mean("2025-02-10", "2025-04-10", range(5)) < 0.95 * usual


def test_loading_again_changes_nothing(loaded: Database) -> None:
    before = counts(loaded)

    load_demo(deployment_of(loaded), now=NOW, days_back=DAYS_BACK)

    assert counts(loaded) == before
    assert before["quarantined"] == 0
    assert before["zones"] == len(COMPANIES)
    assert before["planned"] > 20
    assert before["stays"] > 1000


def counts(database: Database) -> dict[str, int]:
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        return {
            "zones": admin.execute("select distinct time_zone from company").rowcount,
            "stays": admin.execute("select from stay").rowcount,
            "planned": admin.execute("select from event where starts_at > %s and not cancelled", (NOW,)).rowcount,
            "days": admin.execute("select from company_day").rowcount,
            "quarantined": admin.execute("select from quarantine").rowcount,
            "marks": admin.execute("select from mark").rowcount,
        }


async def test_one_limit_is_nearly_reached_and_one_exceeded(loaded: Database) -> None:
    aldermoor, nova_lyceum = await summary_of(loaded, "aldermoor"), await summary_of(loaded, "nova-lyceum")

    assert 0.92 <= (aldermoor.storage.share or 0) <= 0.99
    assert 0.92 <= (peak_of_webinars(aldermoor).share or 0) <= 0.99
    assert (nova_lyceum.registered_users.share or 0) > 1
    assert (peak_of_webinars(nova_lyceum).share or 0) > 1


async def summary_of(database: Database, slug: str) -> PeriodSummary:
    """What the product says of a company's last 30 days."""
    with support(database.support) as session:
        company = find_company(session, slug)
    door, refresher = Door(database.app), Refresher(database.refresher, lambda: NOW)
    await door.open()
    await refresher.connect()
    try:
        reading = Reading(door, refresher, company, lambda: NOW, patience=30)
        return await period_summary(reading, by_preset(company, PeriodPreset.LAST_30_DAYS, NOW, None))
    finally:
        await refresher.stop()
        await door.close()


def peak_of_webinars(summary: PeriodSummary) -> Peak:
    return next(row.peak_connections for row in summary.sections if row.section is Section.WEBINAR)


def test_passwords_are_kept_for_their_owner_alone(database: Database, tmp_path: Path) -> None:
    with support(database.support) as session:
        first = open_accounts(session, tmp_path, NOW, days_back=1)

    with support(database.support) as session:
        again = open_accounts(session, tmp_path, NOW, days_back=1)

    assert [account.password for account in again] == [account.password for account in first]
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_without_a_place_to_keep_them_passwords_are_new_each_time(database: Database) -> None:
    def start() -> set[str]:
        with support(database.support) as session:
            return {account.password for account in open_accounts(session, None, NOW, days_back=1)}

    passwords = [start() for _ in range(5)]

    assert len(set[str]().union(*passwords)) == 5 * len(COMPANIES)


def shape(value: Any) -> Any:
    """An answer without its values: what is null or nothing shows."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in cast("dict[str, Any]", value).items()}
    return type(value).__name__ if value else value


async def test_the_question_that_the_readme_begins_with_has_an_answer(loaded: Database) -> None:
    page = read("README.md")
    with support(loaded.support) as session:
        key = issue_key(session, "nova-lyceum", ["read:stats"], NOW).text
    app = create_app(Services(Door(loaded.app), Refresher(loaded.refresher, lambda: NOW), lambda: NOW))

    async with app.router.lifespan_context(app), AsyncClient(transport=ASGITransport(app), base_url=URL) as http:
        answered = (await Client(http, token=key).post(fences(page, "graphql")[0])).json()

    assert shape(answered) == shape(json.loads(fences(page, "json")[0]))
    assert answered["data"]["periodSummary"]["webinars"]["peakConnections"]["share"] > 1
