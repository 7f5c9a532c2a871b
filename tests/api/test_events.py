"""eventStats and event: who, when and how many, worked out by hand."""

from typing import Any

import pytest

from .asking import ask
from .clients import Client
from .telling import Told

PERIOD = {"dates": {"from": "2026-02-28", "to": "2026-03-03"}}
LAUNCH = {
    "eventId": "launch",
    "kind": "WEBINAR",
    "template": "LECTURE",
    "status": "HELD",
    "title": "Launch",
    "roomId": "hall",
    "room": "Große Halle",
    "ownerId": "anna",
    "ownerName": "Anna Öz",
    "createdAt": "2026-02-27T10:30:00Z",
    "startsAt": "2026-03-01T09:30:00Z",
    "endsAt": "2026-03-01T10:30:00Z",
    "startedAt": "2026-03-01T09:30:00Z",
    "endedAt": "2026-03-01T10:40:00Z",
    "durationMinutes": 70.0,
    "peakConnections": 3,
    "peakSpeakers": 2,
    "peakListeners": 2,
    "uniqueParticipants": 4,
    "participationMinutes": 160.0,
    "recordings": 2,
    "recordedMinutes": 95.0,
    "firstArrivalSeconds": 0.0,
    "hostArrivalSeconds": 0.0,
}
STANDUP = {
    "eventId": "standup",
    "kind": "MEETING",
    "template": None,
    "status": "LIVE",
    "title": None,
    "roomId": "cellar",
    "room": "cellar",
    "ownerId": "ben",
    "ownerName": "ben Adler",
    "createdAt": "2026-03-02T07:00:00Z",
    "startsAt": None,
    "endsAt": None,
    "startedAt": "2026-03-02T07:00:00Z",
    "endedAt": None,
    "durationMinutes": 300.0,
    "peakConnections": 2,
    "peakSpeakers": 2,
    "peakListeners": None,
    "uniqueParticipants": 2,
    "participationMinutes": 330.0,
    "recordings": 0,
    "recordedMinutes": 0.0,
    "firstArrivalSeconds": None,
    "hostArrivalSeconds": None,
}
NOT_BEGUN = {
    "startedAt": None,
    "endedAt": None,
    "durationMinutes": 0.0,
    "peakConnections": 0,
    "peakSpeakers": 0,
    "uniqueParticipants": 0,
    "participationMinutes": 0.0,
}
PARTY = {
    **(STANDUP | NOT_BEGUN),
    "eventId": "party",
    "status": "CANCELLED",
    "roomId": "hall",
    "room": "Große Halle",
    "ownerId": "anna",
    "ownerName": "Anna Öz",
    "createdAt": "2026-03-01T08:05:00Z",
    "startsAt": "2026-03-05T18:00:00Z",
}
MISSED = {
    **(STANDUP | NOT_BEGUN),
    "eventId": "missed",
    "status": "NOT_HELD",
    "title": "Missed",
    "roomId": None,
    "room": None,
    "ownerId": None,
    "ownerName": None,
    "createdAt": "2026-02-28T08:00:00Z",
    "startsAt": "2026-03-01T15:00:00Z",
}
STATUSES = {
    "call-2": "HELD",
    "standup": "LIVE",
    "call-1": "HELD",
    "greenroom": "HELD",
    "launch": "HELD",
    "late": "HELD",
    "callback": "PLANNED",
    "dinner": "PLANNED",
    "missed": "NOT_HELD",
    "one-on-one": "PLANNED",
    "party": "CANCELLED",
    "review": "PLANNED",
}


async def listed(client: Client, **given: Any) -> list[str]:
    return [row["eventId"] for row in (await ask(client, "eventStats", **{"period": PERIOD} | given))["nodes"]]


async def test_every_column_of_an_event_is_right(told: Told) -> None:
    rows = {row["eventId"]: row for row in (await ask(told.little, "eventStats", period=PERIOD))["nodes"]}

    assert [rows[key] for key in ("launch", "standup", "party", "missed")] == [LAUNCH, STANDUP, PARTY, MISSED]


async def test_events_are_listed_latest_first_and_those_not_begun_last(told: Told) -> None:
    answer = await ask(told.little, "eventStats", period=PERIOD)

    assert [(row["eventId"], row["status"]) for row in answer["nodes"]] == list(STATUSES.items())
    assert answer["totalCount"] == len(STATUSES)


async def test_one_event_is_of_all_time(told: Told) -> None:
    assert [await ask(told.little, "event", eventId=key) for key in ("launch", "party")] == [LAUNCH, PARTY]
    assert (await ask(told.little, "event", eventId="late"))["participationMinutes"] == 75.0


async def test_breakouts_and_what_does_not_exist_are_no_events(told: Told) -> None:
    assert [await ask(told.little, "event", eventId=key) for key in ("launch-b", "LAUNCH", "hall", "")] == [None] * 4


async def test_a_period_by_instants_cuts_peaks_people_and_minutes_alone(told: Told) -> None:
    half = {"instants": {"from": "2026-03-01T09:30:00Z", "to": "2026-03-01T10:00:00Z"}}

    answer = await ask(told.little, "eventStats", period=half, kinds=["WEBINAR"])

    cut = {"peakSpeakers": 1, "uniqueParticipants": 3, "participationMinutes": 70.0, "recordedMinutes": 30.0}
    assert answer["nodes"] == [LAUNCH | cut]


async def test_an_event_over_midnight_is_on_both_days(told: Told) -> None:
    days = [{"dates": {"from": day, "to": day}} for day in ("2026-02-28", "2026-03-01")]

    rows = [(await ask(told.little, "eventStats", period=day, templates=["Stammtisch"]))["nodes"][0] for day in days]

    cut = ("peakConnections", "uniqueParticipants", "participationMinutes", "durationMinutes")
    assert [[row[name] for name in cut] for row in rows] == [[2, 2, 45.0, 60.0], [1, 1, 30.0, 60.0]]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kinds": ["WEBINAR", "CALL"]}, ["call-2", "call-1", "launch", "callback", "one-on-one"]),
        ({"kinds": []}, []),
        ({"templates": ["LECTURE", "Stammtisch"]}, ["launch", "late"]),
        ({"templates": ["lecture"]}, []),
        ({"statuses": ["LIVE", "CANCELLED"]}, ["standup", "party"]),
        ({"ownerId": "ben"}, ["standup", "call-1", "one-on-one"]),
        ({"ownerId": "anna", "statuses": ["HELD"], "kinds": ["MEETING"]}, ["greenroom", "late"]),
        ({"roomPrefix": "Große"}, ["launch", "late", "party"]),
        ({"roomPrefix": "große"}, []),
        ({"roomPrefix": "hall"}, []),
        ({"roomPrefix": "cell"}, ["standup"]),
        ({"search": "REVIEW"}, ["review"]),
        ({"search": "call"}, ["call-2", "call-1", "callback"]),
        ({"search": "launch-b"}, []),
        ({"search": "l", "kinds": None, "statuses": ["HELD"]}, ["call-2", "call-1", "launch", "late"]),
    ],
)
async def test_filters_let_through_what_fits_all_of_them(
    told: Told, given: dict[str, Any], expected: list[str]
) -> None:
    assert await listed(told.little, **given) == expected
