"""Recordings in periodSummary, days and eventStats, worked out by hand."""

from typing import Any

from .asking import ask
from .telling import Told

COLUMNS = ("peakRecordings", "peakRecordingsAt", "recordedMinutes", "storedRecordingMinutes", "storedRecordingBytes")
MARCH = {"dates": {"from": "2026-02-28", "to": "2026-03-03"}}


def day(date: str, *figures: Any) -> dict[str, Any]:
    return {"day": date} | dict(zip(COLUMNS, figures, strict=True))


async def test_recordings_of_a_period_and_those_that_are_stored_at_its_end(told: Told) -> None:
    answer = await ask(told.little, "periodSummary", period=MARCH)

    assert answer["peakRecordings"] == {
        "value": 2,
        "at": "2026-03-01T10:10:00Z",
        "limit": None,
        "share": None,
        "headroom": None,
    }
    assert [answer[column] for column in COLUMNS[2:]] == [95.0, 60.0, 540]
