"""company and its limits."""

from datetime import datetime

import pytest

from tests.databases import Database
from turnout.tenants.companies import NewCompany, add_company
from turnout.tenants.company import Company
from turnout.tenants.limits import parse_limit
from turnout.tenants.support import support

from .clients import Client

COMPANY = "{ company { slug name timeZone billingAnchorDay limits { metric section value from to } } }"


@pytest.fixture
def acme(database: Database, now: datetime) -> Company:
    texts = ["CONNECTIONS=500", "SPEAKERS@WEBINAR=20:2026-01-01:2026-12-31", "SPEAKERS=40::2026-06-30"]
    limits = [parse_limit(text) for text in texts]
    with support(database.support) as session:
        return add_company(session, NewCompany("acme", "Acme & Söhne", "Europe/Berlin", 31, limits=limits), now)


async def test_a_company_knows_itself_and_what_it_has_contracted(at_acme: Client) -> None:
    answer = await at_acme.query(COMPANY)

    assert answer["company"] == {
        "slug": "acme",
        "name": "Acme & Söhne",
        "timeZone": "Europe/Berlin",
        "billingAnchorDay": 31,
        "limits": [
            {"metric": "SPEAKERS", "section": "TOTAL", "value": 40.0, "from": None, "to": "2026-06-30"},
            {"metric": "SPEAKERS", "section": "WEBINAR", "value": 20.0, "from": "2026-01-01", "to": "2026-12-31"},
            {"metric": "CONNECTIONS", "section": "TOTAL", "value": 500.0, "from": None, "to": None},
        ],
    }


async def test_limits_of_another_company_are_its_own(at_acme: Client, at_globex: Client) -> None:
    answer = await at_globex.query(COMPANY)

    assert answer["company"]["limits"] == []


async def test_a_peak_is_held_against_the_limit_of_its_day(at_acme: Client, now: datetime) -> None:
    await at_acme.meets("standup", now.replace(hour=9), minutes=15, people=5)
    query = "{ periodSummary(period: {preset: TODAY}) { total { peakConnections { value limit share headroom } } } }"

    answer = await at_acme.query(query)

    assert answer["periodSummary"]["total"]["peakConnections"] == {
        "value": 5,
        "limit": 500,
        "share": 0.01,
        "headroom": 495,
    }
