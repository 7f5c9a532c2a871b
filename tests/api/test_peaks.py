"""dailyPeaks, from the ingest of what happened to the answer."""

from datetime import datetime, timedelta

from .clients import Client, joined

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
