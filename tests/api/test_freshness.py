"""What every answer says of its own freshness."""

from datetime import datetime, timedelta

import psycopg

from tests.databases import Database

from .asking import QUERY, question
from .clients import Client
from .telling import Told

PEAKS = "{ dailyPeaks(period: {preset: LAST_7_DAYS}) { day connections } }"


async def test_an_answer_says_as_of_when_it_holds_and_through_which_day(at_acme: Client) -> None:
    for query in (PEAKS, "{ company { slug } }", "{ __typename }"):
        answer = (await at_acme.post(query)).json()
        assert answer["extensions"] == {"asOf": "2026-03-02T12:00:00Z", "completeThrough": "2026-03-01"}


async def test_every_root_field_says_as_of_when_it_holds(told: Told) -> None:
    named = {"period": {"preset": "LAST_7_DAYS"}, "userId": "anna", "eventId": "launch"}

    for name, field in QUERY.fields.items():
        given = {argument: value for argument, value in named.items() if argument in field.args}
        answer = (await told.little.post(question(name, given), given)).json()
        assert answer["extensions"] == {"asOf": "2026-03-02T12:00:00Z", "completeThrough": "2026-03-01"}


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
        "asOf": "2026-03-02T12:00:00Z",
        "completeThrough": "2026-02-27",
        "pending": [{"day": "2026-02-28", "since": "2026-03-02T12:00:00Z"}],
    }
    assert {"day": "2026-02-28", "connections": 3} in then["data"]["dailyPeaks"]
    assert "pending" not in then["extensions"]
