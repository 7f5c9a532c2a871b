"""The demo: loaded by the ordinary ingest, the same on every start, with something to see in it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from turnout.server.demo import loading
from turnout.server.demo.accounts import FILE, open_accounts
from turnout.server.demo.companies import COMPANIES, DemoCompany
from turnout.server.demo.happenings import Happening, world
from turnout.server.deployment import Deployment
from turnout.tenants.support import support

from .databases import Database

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def told(company: DemoCompany, now: datetime, *, days_back: int) -> dict[str, Happening]:
    """By id, which is the demo's promise: one id says one thing."""
    happenings = list(world(company, now, days_back=days_back, days_ahead=14))
    by_id = {happening.activity["id"]: happening for happening in happenings}
    assert len(by_id) == len(happenings)
    return by_id


def deployment_of(database: Database) -> Deployment:
    roles = ("turnout_app", "turnout_refresher", "turnout_support")
    return Deployment({role: database.of(role) for role in roles}, trusted=True)


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.slug)
def test_tomorrow_tells_the_same_and_more(company: DemoCompany) -> None:
    today = told(company, NOW, days_back=30)
    tomorrow = told(company, NOW + timedelta(days=1, hours=5), days_back=30)

    common = today.keys() & tomorrow.keys()

    assert len(common) > len(today) * 0.9
    assert tomorrow.keys() - today.keys()
    assert [today[key] for key in common] == [tomorrow[key] for key in common]


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_at_any_hour_somebody_is_there_and_something_is_planned(hour: int) -> None:
    now = NOW.replace(hour=hour)
    activities = [happening.activity for company in COMPANIES for happening in told(company, now, days_back=1).values()]
    left = {(a["data"]["event"], a["data"]["connection"]) for a in activities if a["type"] == "turnout.stay.left"}
    recent = (now - timedelta(hours=6)).isoformat()

    joined = [a for a in activities if a["type"] == "turnout.stay.joined" and a["time"] > recent]

    assert [a for a in joined if (a["data"]["event"], a["data"]["connection"]) not in left]
    assert [a for a in activities if a["data"].get("startsAt", "") > now.isoformat()]


def test_loading_again_changes_nothing(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "DAYS_BACK", 7)
    loading.load_demo(deployment_of(database), tmp_path)
    before = counts(database)

    loading.load_demo(deployment_of(database), tmp_path)

    after = counts(database)
    assert after["stays"] >= before["stays"] > 100
    assert after["quarantined"] == 0
    assert after["companies"] == len(COMPANIES)
    assert after["days"] >= 3 * 7


def counts(database: Database) -> dict[str, int]:
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        return {
            "companies": admin.execute("select from company").rowcount,
            "stays": admin.execute("select from stay").rowcount,
            "days": admin.execute("select from company_day").rowcount,
            "quarantined": admin.execute("select from quarantine").rowcount,
        }


def test_passwords_are_kept_for_their_owner_alone(database: Database, tmp_path: Path) -> None:
    with support(database.support) as session:
        first = open_accounts(session, tmp_path, NOW)

    with support(database.support) as session:
        again = open_accounts(session, tmp_path, NOW)

    assert [account.password for account in again] == [account.password for account in first]
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_without_a_place_to_keep_them_passwords_are_new_each_time(database: Database) -> None:
    def start() -> set[str]:
        with support(database.support) as session:
            return {account.password for account in open_accounts(session, None, NOW)}

    passwords = [start() for _ in range(5)]

    assert len(set[str]().union(*passwords)) == 5 * len(COMPANIES)
