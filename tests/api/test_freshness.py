"""What every answer says of its own freshness."""

from datetime import datetime, timedelta

import psycopg

from tests.databases import Database
from turnout.analytics.definitions import VERSION

from .asking import QUERY
from .clients import Client, joined
from .telling import Told
from .test_access import root_fields

# What an answer says that is about no period.
HOLDS = {"asOf": "2026-03-02T12:00:00Z", "completeThrough": "2026-03-01", "definitions": VERSION}
PEAKS = "{ dailyPeaks(period: {preset: LAST_7_DAYS}) { day connections } }"


def days(first: str, last: str) -> str:
    return f'days(period: {{dates: {{from: "{first}", to: "{last}"}}}}) {{ day }}'


async def test_an_answer_says_as_of_when_it_holds_and_through_which_day(at_acme: Client) -> None:
    for query in (PEAKS, "{ company { slug } }", "{ __typename }"):
        answer = (await at_acme.post(query)).json()
        assert answer["extensions"].pop("cost")
        assert answer["extensions"] == HOLDS | ({"unfinished": ["2026-03-02"]} if query is PEAKS else {})


async def test_every_root_field_says_as_of_when_it_holds(told: Told) -> None:
    for name, operation in root_fields():
        if name in QUERY.fields:
            extensions = (await told.little.post(operation)).json()["extensions"]
            assert extensions.items() >= HOLDS.items(), name
            assert "2026-03-02" in extensions.get("unfinished", []) or "(period:" not in operation, name


async def test_an_answer_to_nobody_says_nothing_of_days(nobody: Client) -> None:
    answer = (await nobody.post("{ __typename }")).json()

    assert "extensions" not in answer


async def test_days_that_could_not_be_refreshed_in_time_are_named(
    at_acme: Client, database: Database, now: datetime
) -> None:
    with psycopg.connect(database.admin, options="-c search_path=turnout") as elsewhere:
        elsewhere.execute("lock table section_day in exclusive mode")
        await at_acme.meets("standup", now - timedelta(days=2), minutes=15, people=3)
        late = (await at_acme.post(PEAKS)).json()
    then = (await at_acme.post(PEAKS)).json()

    assert late["extensions"] == {
        "cost": {"nodes": 10, "points": 1},
        "asOf": "2026-03-02T12:00:00Z",
        "completeThrough": "2026-02-27",
        "definitions": VERSION,
        "unfinished": ["2026-03-02"],
        "pending": [{"day": "2026-02-28", "since": "2026-03-02T12:00:00Z"}],
    }
    assert {"day": "2026-02-28", "connections": 3} in then["data"]["dailyPeaks"]
    assert "pending" not in then["extensions"]


async def test_days_that_time_alone_can_still_change_are_named_within_the_periods_asked_about(
    at_acme: Client, now: datetime
) -> None:
    since = now - timedelta(hours=20)
    await at_acme.ingest([joined("marathon", "anna", since)])
    asked = {
        f"{{ {days('2026-02-20', '2026-02-28')} }}": None,
        f"{{ {days('2026-02-20', '2026-03-01')} }}": ["2026-03-01"],
        f"{{ {days('2026-02-20', '2026-03-09')} }}": ["2026-03-01", "2026-03-02"],
        f"{{ a: {days('2026-02-20', '2026-02-21')} b: {days('2026-03-02', '2026-03-02')} }}": ["2026-03-02"],
        '{ curve(instants: {from: "2026-03-01T22:00:00Z", to: "2026-03-01T22:01:00Z"}) { at } }': ["2026-03-01"],
        "{ periodSummary(period: {preset: TODAY}, compareTo: {preset: PREVIOUS_PERIOD}) { asOf } }": [
            "2026-03-01",
            "2026-03-02",
        ],
    }

    told = {query: (await at_acme.post(query)).json()["extensions"].get("unfinished") for query in asked}

    assert told == asked
