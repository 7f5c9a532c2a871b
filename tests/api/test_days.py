"""days: what each day has once, worked out by hand."""

from typing import Any

from .asking import ask, question
from .telling import Told

COLUMNS = (
    "eventsCreated",
    "personalCalls",
    "groupCalls",
    "messages",
    "newUsers",
    "registeredUsers",
    "uploadedBytes",
    "storageBytes",
    "signIns",
)


def total(day: str, *figures: int) -> dict[str, Any]:
    return {"day": day} | dict(zip(COLUMNS, figures, strict=True))


def days(answer: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What this page is about, of all that a day has."""
    return [{name: row[name] for name in ("day", *COLUMNS)} for row in answer]


async def test_every_day_has_its_totals_and_those_to_come_have_none(told: Told) -> None:
    answer = await ask(told.little, "days", period={"dates": {"from": "2026-02-27", "to": "2026-03-03"}})

    assert days(answer) == [
        total("2026-02-27", 1, 0, 0, 0, 1, 1, 0, 25, 0),
        total("2026-02-28", 2, 0, 0, 1, 1, 2, 1000, 1025, 1),
        total("2026-03-01", 4, 1, 0, 1, 1, 2, 1800, 2365, 5),
        total("2026-03-02", 1, 0, 1, 2, 1, 3, 70, 2135, 1),
        total("2026-03-03", 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ]


async def test_days_are_cut_to_a_period_by_instants(told: Told) -> None:
    part = {"instants": {"from": "2026-03-01T10:00:00Z", "to": "2026-03-02T08:00:00Z"}}

    answer = await ask(told.little, "days", period=part)

    assert days(answer) == [
        total("2026-03-01", 0, 1, 0, 1, 0, 2, 1800, 2365, 1),
        total("2026-03-02", 1, 0, 0, 0, 0, 2, 0, 2365, 0),
    ]


async def test_features_media_and_quality_have_days_too(told: Told) -> None:
    given = {"period": {"dates": {"from": "2026-03-01", "to": "2026-03-03"}}}
    columns = "peakLiveStreams peakLiveStreamsAt captionsMinutes screenShareMinutes sentMinutes { total }"

    answer = await told.little.query(
        question("days", given, f"{{ {columns} quality {{ staysWithSample troubleShare }} }}"), given
    )

    assert [tuple(row.values()) for row in answer["days"]] == [
        (1, "2026-03-01T09:30:00Z", 50.0, 0.0, {"total": 30.0}, {"staysWithSample": 2, "troubleShare": 0.5}),
        (0, None, 0.0, 15.0, {"total": 0.0}, {"staysWithSample": 0, "troubleShare": None}),
        (0, None, 0.0, 0.0, {"total": 0.0}, {"staysWithSample": 0, "troubleShare": None}),
    ]
