"""dailyPeaks, from the ingest of what happened to the answer."""

from datetime import datetime, timedelta

from .clients import Client

PEAKS = "query($period: PeriodInput!, $sections: [Section!] = [TOTAL]) { dailyPeaks(period: $period, sections: $sections) { day section connections connectionsAt participationMinutes listeners } }"


async def test_people_who_meet_are_in_the_next_answer(at_acme: Client, now: datetime) -> None:
    await at_acme.meets("standup", now - timedelta(hours=1), minutes=15, people=3)

    answer = await at_acme.query(PEAKS, {"period": {"preset": "TODAY"}})

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
