"""dailyPeaks, from the ingest of what happened to the answer."""

from datetime import datetime, timedelta

from .asking import ask
from .clients import Client, joined
from .telling import Told

PEAKS = """
query ($period: PeriodInput!, $sections: [Section!]! = [TOTAL]) {
  dailyPeaks(period: $period, sections: $sections) {
    day section connections connectionsAt participationMinutes listeners
  }
}
"""
TODAY = {"preset": "TODAY"}


async def test_people_who_met_are_in_the_next_answer(at_acme: Client, now: datetime) -> None:
    await at_acme.meets("standup", now - timedelta(hours=1), minutes=15, people=3)

    answer = await at_acme.query(PEAKS, {"period": TODAY})

    assert answer["dailyPeaks"] == [
        {
            "day": "2026-03-02",
            "section": "TOTAL",
            "connections": 3,
            "connectionsAt": "2026-03-02T11:00:00Z",
            "participationMinutes": 45.0,
            "listeners": 0,
        }
    ]


async def test_days_come_in_order_and_sections_in_theirs(at_acme: Client) -> None:
    period = {"dates": {"from": "2026-02-28", "to": "2026-03-01"}}

    answer = await at_acme.query(PEAKS, {"period": period, "sections": ["CALL", "TOTAL", "CALL"]})

    assert [(row["day"], row["section"], row["connections"], row["listeners"]) for row in answer["dailyPeaks"]] == [
        ("2026-02-28", "TOTAL", 0, 0),
        ("2026-02-28", "CALL", 0, None),
        ("2026-03-01", "TOTAL", 0, 0),
        ("2026-03-01", "CALL", 0, None),
    ]


async def test_no_sections_are_no_rows(at_acme: Client) -> None:
    answer = await at_acme.query(PEAKS, {"period": TODAY, "sections": []})

    assert answer == {"dailyPeaks": []}


async def test_a_peak_is_dated_to_the_microsecond(at_acme: Client, now: datetime) -> None:
    at = now - timedelta(minutes=5, microseconds=-1)
    await at_acme.ingest([joined("standup", "c-1", at)])

    answer = await at_acme.query(PEAKS, {"period": TODAY})

    assert answer["dailyPeaks"][0]["connectionsAt"] == "2026-03-02T11:55:00.000001Z"


async def test_several_questions_share_an_answer(at_acme: Client, now: datetime) -> None:
    await at_acme.meets("standup", now - timedelta(hours=1), minutes=15, people=3)

    answer = await at_acme.query(
        """{
          today: dailyPeaks(period: {preset: TODAY}) { connections }
          yesterday: dailyPeaks(period: {preset: YESTERDAY}) { connections }
          periodSummary(period: {preset: LAST_7_DAYS}) { total { peakConnections { value } } }
        }"""
    )

    assert answer == {
        "today": [{"connections": 3}],
        "yesterday": [{"connections": 0}],
        "periodSummary": {"total": {"peakConnections": {"value": 3}}},
    }


async def test_every_column_of_a_day_is_right(told: Told) -> None:
    day = {"dates": {"from": "2026-03-01", "to": "2026-03-01"}}

    total, webinar = await ask(told.little, "dailyPeaks", period=day, sections=["TOTAL", "WEBINAR"])

    assert total == {
        "day": "2026-03-01",
        "section": "TOTAL",
        "connections": 4,
        "connectionsAt": "2026-03-01T09:40:00Z",
        "connectionsLimit": 8,
        "speakers": 2,
        "speakersAt": "2026-03-01T09:35:00Z",
        "speakersLimit": None,
        "listeners": 2,
        "listenersAt": "2026-03-01T09:40:00Z",
        "events": 2,
        "eventsAt": "2026-03-01T09:35:00Z",
        "eventsLimit": 1,
        "eventsHeld": 4,
        "participationMinutes": 220.0,
        "uniqueParticipants": 4,
        "connectionsInOneEvent": 3,
        "connectionsInOneEventAt": "2026-03-01T09:40:00Z",
        "chatPosts": 1,
        "qaPosts": 0,
    }
    assert webinar == total | {
        "section": "WEBINAR",
        "connections": 3,
        "connectionsLimit": None,
        "speakersAt": "2026-03-01T10:00:00Z",
        "events": 1,
        "eventsAt": "2026-03-01T09:30:00Z",
        "eventsLimit": None,
        "eventsHeld": 1,
        "participationMinutes": 160.0,
    }
