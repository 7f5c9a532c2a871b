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


async def test_recordings_of_each_day(told: Told) -> None:
    answer = await ask(told.little, "days", period=MARCH)

    assert [{name: row[name] for name in ("day", *COLUMNS)} for row in answer] == [
        day("2026-02-28", 0, None, 0.0, 0.0, 0),
        day("2026-03-01", 2, "2026-03-01T10:10:00Z", 95.0, 60.0, 540),
        day("2026-03-02", 0, None, 0.0, 60.0, 540),
        day("2026-03-03", 0, None, 0.0, 0.0, 0),
    ]


async def test_recordings_are_cut_to_a_period_by_instants(told: Told) -> None:
    part = {"instants": {"from": "2026-03-01T10:00:00Z", "to": "2026-03-01T11:00:00Z"}}

    answer = await ask(told.little, "periodSummary", period=part)

    assert (answer["peakRecordings"]["value"], answer["peakRecordings"]["at"]) == (2, "2026-03-01T10:10:00Z")
    assert [answer[column] for column in COLUMNS[2:]] == [65.0, 0.0, 0]


async def test_recordings_are_selected_one_figure_at_a_time(told: Told) -> None:
    answer = await told.little.query("{ days(period: {preset: TODAY}) { day recordedMinutes storedRecordingBytes } }")

    assert answer["days"] == [{"day": "2026-03-02", "recordedMinutes": 0.0, "storedRecordingBytes": 540}]
