"""periodSummary, from the ingest of what happened to the answer."""

from datetime import datetime, timedelta
from typing import Any

from .asking import ask
from .clients import Client, activity, joined, leaves
from .telling import Told

SECTION = """
  section peakConnections { value at } peakSpeakers { value } peakListeners { value } peakEvents { value }
  meanDailyPeakConnections eventsHeld participationMinutes uniqueParticipants
"""
SUMMARY = f"""
query ($period: PeriodInput!) {{
  periodSummary(period: $period) {{
    period {{ from to firstDay lastDay timeZone }} asOf
    total {{ {SECTION} }} meetings {{ section eventsHeld }} webinars {{ {SECTION} }} calls {{ {SECTION} }}
    sections {{ {SECTION} }}
    eventsByTemplate {{ kind template eventsHeld }}
    eventsCreated eventsNotHeld personalCalls groupCalls
  }}
}}
"""


def peak(value: int, at: str | None, limit: int | None = None, share: float | None = None) -> dict[str, Any]:
    headroom = None if limit is None else limit - value
    return {"value": value, "at": at and f"2026-{at}:00Z", "limit": limit, "share": share, "headroom": headroom}


TOTAL = {
    "section": "TOTAL",
    "peakConnections": peak(4, "03-01T09:40", 8, 0.5),
    "peakSpeakers": peak(4, "03-02T09:10"),
    "peakListeners": peak(2, "03-01T09:40"),
    "peakEvents": peak(2, "03-01T09:35", 1, 2.0),
    "meanDailyPeakConnections": 10 / 3,
    "meanDailyPeakSpeakers": 8 / 3,
    "meanDailyPeakEvents": 5 / 3,
    "eventsHeld": 6,
    "participationMinutes": 635.0,
    "uniqueParticipants": 5,
}
MEETINGS = {
    "section": "MEETING",
    "peakConnections": peak(2, "02-28T22:30"),
    "peakSpeakers": peak(2, "02-28T22:30"),
    "peakListeners": None,
    "peakEvents": peak(1, "02-28T22:30"),
    "meanDailyPeakConnections": 5 / 3,
    "meanDailyPeakSpeakers": 5 / 3,
    "meanDailyPeakEvents": 1.0,
    "eventsHeld": 3,
    "participationMinutes": 415.0,
    "uniqueParticipants": 3,
}
WEBINARS = {
    "section": "WEBINAR",
    "peakConnections": peak(3, "03-01T09:40"),
    "peakSpeakers": peak(2, "03-01T10:00"),
    "peakListeners": peak(2, "03-01T09:40", 0),
    "peakEvents": peak(1, "03-01T09:30"),
    "meanDailyPeakConnections": 1.0,
    "meanDailyPeakSpeakers": 2 / 3,
    "meanDailyPeakEvents": 1 / 3,
    "eventsHeld": 1,
    "participationMinutes": 160.0,
    "uniqueParticipants": 4,
}
CALLS = {
    "section": "CALL",
    "peakConnections": peak(3, "03-02T09:10"),
    "peakSpeakers": peak(3, "03-02T09:10"),
    "peakListeners": None,
    "peakEvents": peak(1, "03-01T13:00"),
    "meanDailyPeakConnections": 5 / 3,
    "meanDailyPeakSpeakers": 5 / 3,
    "meanDailyPeakEvents": 2 / 3,
    "eventsHeld": 2,
    "participationMinutes": 60.0,
    "uniqueParticipants": 3,
}
NO_MEDIA = dict.fromkeys(("audioVideo", "video", "audio", "screen"), 0.0)
PERIOD = {
    "period": {
        "from": "2026-02-27T23:00:00Z",
        "to": "2026-03-03T23:00:00Z",
        "firstDay": "2026-02-28",
        "lastDay": "2026-03-03",
        "timeZone": "Europe/Berlin",
    },
    "asOf": "2026-03-02T12:00:00Z",
    "eventsByTemplate": [
        {"kind": "MEETING", "template": "Stammtisch", "eventsHeld": 1},
        {"kind": "MEETING", "template": None, "eventsHeld": 2},
        {"kind": "WEBINAR", "template": "LECTURE", "eventsHeld": 1},
        {"kind": "CALL", "template": "PERSONAL_CALL", "eventsHeld": 1},
        {"kind": "CALL", "template": None, "eventsHeld": 1},
    ],
    "eventsCreated": 7,
    "eventsNotHeld": 1,
    "personalCalls": 1,
    "groupCalls": 1,
    "messages": 4,
    "uploadedBytes": 2870,
    "storage": {"used": 2135.0, "limit": 4270.0, "share": 0.5, "headroom": 2135.0},
    "newUsers": 3,
    "registeredUsers": {"used": 3.0, "limit": 4.0, "share": 0.75, "headroom": 1.0},
    "peakLiveStreams": peak(1, "03-01T09:30"),
    "captionsMinutes": 50.0,
    "whiteboardMinutes": 0.0,
    "breakoutMinutes": 30.0,
    "transcriptionMinutes": 25.0,
    "screenShareMinutes": 15.0,
    "captionsEnabledMinutes": 70.0,
    "sentMinutes": NO_MEDIA | {"audioVideo": 30.0, "total": 30.0},
    "receivedMinutes": NO_MEDIA | {"screen": 1.5, "total": 1.5},
    "quality": {"stays": 14, "staysWithSample": 2, "staysInTrouble": 1, "troubleShare": 0.5},
}
TODAY = {"period": {"preset": "TODAY"}}


def known(row: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """The figures that are worked out here."""
    return {name: row[name] for name in expected}


async def test_a_webinar_and_a_call_are_told_apart(at_acme: Client, now: datetime) -> None:
    start = now - timedelta(hours=3)
    await at_acme.ingest(
        [
            activity("w", "turnout.event.started", start, event="talk", template="WEBINAR"),
            joined("talk", "host", start, role="MODERATOR", user="u-1"),
            joined("talk", "guest", start, role="PARTICIPANT", user="u-2"),
            leaves("talk", "host", start + timedelta(minutes=30)),
            leaves("talk", "guest", start + timedelta(minutes=20)),
            activity("c", "turnout.event.started", start, event="call", template="PERSONAL_CALL"),
            joined("call", "caller", start, user="u-1"),
            leaves("call", "caller", start + timedelta(minutes=5)),
        ]
    )

    summary = (await at_acme.query(SUMMARY, TODAY))["periodSummary"]

    assert summary["period"] == {
        "from": "2026-03-01T23:00:00Z",
        "to": "2026-03-02T23:00:00Z",
        "firstDay": "2026-03-02",
        "lastDay": "2026-03-02",
        "timeZone": "Europe/Berlin",
    }
    assert summary["asOf"] == "2026-03-02T12:00:00Z"
    assert summary["total"] == {
        "section": "TOTAL",
        "peakConnections": {"value": 3, "at": "2026-03-02T09:00:00Z"},
        "peakSpeakers": {"value": 2},
        "peakListeners": {"value": 1},
        "peakEvents": {"value": 2},
        "meanDailyPeakConnections": 3.0,
        "eventsHeld": 2,
        "participationMinutes": 55.0,
        "uniqueParticipants": 2,
    }
    assert summary["sections"] == [summary["total"], *summary["sections"][1:2], summary["webinars"], summary["calls"]]
    assert [section["section"] for section in summary["sections"]] == ["TOTAL", "MEETING", "WEBINAR", "CALL"]
    assert summary["meetings"] == {"section": "MEETING", "eventsHeld": 0}
    assert summary["calls"]["peakListeners"] is None
    assert summary["eventsByTemplate"] == [
        {"kind": "WEBINAR", "template": "WEBINAR", "eventsHeld": 1},
        {"kind": "CALL", "template": "PERSONAL_CALL", "eventsHeld": 1},
    ]
    assert (summary["eventsCreated"], summary["personalCalls"], summary["groupCalls"]) == (1, 1, 0)


async def test_an_event_that_was_planned_and_not_held_is_counted(at_acme: Client, now: datetime) -> None:
    starts = (now - timedelta(hours=1)).isoformat()
    await at_acme.ingest(
        [activity("p", "turnout.event.planned", now - timedelta(hours=2), event="kick-off", startsAt=starts)]
    )

    summary = (await at_acme.query(SUMMARY, TODAY))["periodSummary"]

    assert (summary["eventsCreated"], summary["eventsNotHeld"], summary["total"]["eventsHeld"]) == (1, 1, 0)


async def test_every_preset_is_a_period(at_acme: Client, now: datetime) -> None:
    await at_acme.meets("standup", now - timedelta(days=40), minutes=10)
    presets = (await at_acme.query('{ __type(name: "PeriodPreset") { enumValues { name } } }'))["__type"]["enumValues"]
    query = "query($p: PeriodInput!) { periodSummary(period: $p) { period { firstDay lastDay } total { eventsHeld } } }"

    answers = {
        preset["name"]: (await at_acme.query(query, {"p": {"preset": preset["name"]}}))["periodSummary"]
        for preset in presets
    }

    assert len(answers) == 13
    assert answers["ALL_TIME"] == {
        "period": {"firstDay": "2026-01-21", "lastDay": "2026-03-02"},
        "total": {"eventsHeld": 1},
    }
    assert answers["LAST_MONTH"]["period"] == {"firstDay": "2026-02-01", "lastDay": "2026-02-28"}


async def test_instants_with_any_offset_name_the_same_period(at_acme: Client, now: datetime) -> None:
    await at_acme.meets("standup", now.replace(hour=9), minutes=60, people=2)
    utc = {"from": "2026-03-02T09:15:00Z", "to": "2026-03-02T09:45:00.5Z"}
    local = {"from": "2026-03-02T10:15:00+01:00", "to": "2026-03-02T03:45:00.500000-06:00"}

    answers = [(await at_acme.query(SUMMARY, {"period": {"instants": range_}})) for range_ in (utc, local)]

    assert answers[0] == answers[1]
    assert answers[0]["periodSummary"]["period"]["to"] == "2026-03-02T09:45:00.500000Z"
    assert answers[0]["periodSummary"]["total"]["participationMinutes"] == 2 * 30 + 1 / 60


async def test_every_figure_of_a_period_is_right(told: Told) -> None:
    period = {"dates": {"from": "2026-02-28", "to": "2026-03-03"}}

    summary = await ask(told.little, "periodSummary", period=period)

    sections = [summary[name] for name in ("total", "meetings", "webinars", "calls")]
    assert summary["sections"] == sections
    assert [known(section, TOTAL) for section in sections] == [TOTAL, MEETINGS, WEBINARS, CALLS]
    assert known(summary, PERIOD) == PERIOD
