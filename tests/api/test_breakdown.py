"""Figures by device, room, hour, place and single event, worked out by hand."""

from typing import Any

from .asking import ask
from .clients import Client, activity, joined, leaves
from .stories import at
from .telling import NOW, Told

PERIOD = {"dates": {"from": "2026-02-28", "to": "2026-03-03"}}
FIRST_OF_MARCH = {"dates": {"from": "2026-03-01", "to": "2026-03-01"}}
FIRST = {"hour": 10, "section": "TOTAL", "days": 1}


def devices(**minutes: float) -> list[dict[str, Any]]:
    names = ("DESKTOP", "MOBILE", "TABLET", "TV", "PHONE", "ROOM_SYSTEM", "UNKNOWN")
    return [{"device": name, "minutes": minutes.get(name, 0.0)} for name in names]


async def test_a_period_has_its_minutes_by_device_its_rooms_and_its_posts(told: Told) -> None:
    summary = await ask(told.little, "periodSummary", period=PERIOD)

    assert summary["participationMinutesByDevice"] == devices(DESKTOP=60.0, UNKNOWN=575.0)
    assert summary["activeRooms"] == 2
    assert summary["peakDialInLines"] == {"value": 0, "at": None, "limit": None, "share": None, "headroom": None}
    posts = ("chatPosts", "publicChatPosts", "privateChatPosts", "qaPosts", "questions", "answers")
    assert [summary[name] for name in posts] == [1, 1, 0, 0, 0, 0]
    assert [section["chatPosts"] for section in summary["sections"]] == [1, 0, 1, 0]
    crowds = [section["peakConnectionsInOneEvent"] for section in summary["sections"]]
    assert [(crowd["value"], crowd["at"], crowd["limit"]) for crowd in crowds] == [
        (3, "2026-03-01T09:40:00Z", None),
        (2, "2026-02-28T22:30:00Z", None),
        (3, "2026-03-01T09:40:00Z", None),
        (3, "2026-03-02T09:10:00Z", None),
    ]


async def test_so_has_each_day_and_none_that_is_to_come(told: Told) -> None:
    days = await ask(told.little, "days", period=PERIOD)
    peaks = await ask(told.little, "dailyPeaks", period=PERIOD, sections=["WEBINAR"])

    assert [day["activeRooms"] for day in days] == [1, 1, 1, 0]
    assert [day["publicChatPosts"] for day in days] == [0, 1, 0, 0]
    assert days[1]["participationMinutesByDevice"] == devices(DESKTOP=60.0, UNKNOWN=160.0)
    assert days[3]["participationMinutesByDevice"] == devices()
    assert [(day["connectionsInOneEvent"], day["chatPosts"], day["qaPosts"]) for day in peaks] == [
        (0, 0, 0),
        (3, 1, 0),
        (0, 0, 0),
        (0, 0, 0),
    ]
    assert peaks[1]["connectionsInOneEventAt"] == "2026-03-01T09:40:00Z"


async def test_rooms_have_sessions_people_and_what_was_recorded(told: Told) -> None:
    rooms = (await ask(told.little, "roomStats", period=PERIOD))["nodes"]

    assert rooms == [
        {
            "roomId": "hall",
            "name": "Große Halle",
            "ownerId": "anna",
            "sessions": 2,
            "participationMinutes": 235.0,
            "recorderMinutes": 60.0,
            "streamerMinutes": 0.0,
            "uniqueParticipants": 5,
            "firstSessionAt": "2026-02-28T22:30:00Z",
            "lastSessionAt": "2026-03-01T10:40:00Z",
        },
        {
            "roomId": "cellar",
            "name": None,
            "ownerId": "carl",
            "sessions": 1,
            "participationMinutes": 330.0,
            "recorderMinutes": 0.0,
            "streamerMinutes": 0.0,
            "uniqueParticipants": 2,
            "firstSessionAt": "2026-03-02T07:00:00Z",
            "lastSessionAt": "2026-03-02T12:00:00Z",
        },
    ]


async def test_rooms_are_found_by_prefix_substring_and_exact_name(told: Told) -> None:
    async def found(**given: str) -> list[str]:
        return [row["roomId"] for row in (await ask(told.little, "roomStats", period=PERIOD, **given))["nodes"]]

    assert await found(prefix="Große") == await found(search="hALLE") == await found(name="Große Halle") == ["hall"]
    assert await found(prefix="große") == await found(name="Große") == []
    assert await found(name="cellar") == ["cellar"]


async def test_the_sessions_of_a_room_are_its_events(told: Told) -> None:
    events = (await ask(told.little, "eventStats", period=PERIOD, roomId="hall"))["nodes"]

    assert {event["eventId"] for event in events} == {"late", "launch", "party"}
    assert [event["eventId"] for event in events if event["status"] == "HELD"] == ["launch", "late"]


async def test_an_hour_has_its_peaks_and_minutes(told: Told) -> None:
    """From 9:00 to 10:00 UTC it is 10 o'clock in Berlin."""
    hours = await ask(told.little, "hours", period=FIRST_OF_MARCH)
    week = await ask(told.little, "weekHours", period=FIRST_OF_MARCH)

    assert [row["hour"] for row in hours] == list(range(24))
    assert hours[10] == FIRST | {
        "peakConnections": 4,
        "meanPeakConnections": 4.0,
        "peakSpeakers": 2,
        "meanPeakSpeakers": 2.0,
        "peakListeners": 2,
        "meanPeakListeners": 2.0,
        "peakEvents": 2,
        "meanPeakEvents": 2.0,
        "participationMinutes": 80.0,
    }
    assert len(week) == 7 * 24
    assert week[6 * 24 + 10] == hours[10] | {"weekday": 7}
    assert (week[10]["weekday"], week[10]["days"], week[10]["peakConnections"]) == (1, 0, 0)


async def test_hours_of_a_section_without_listeners_have_none(told: Told) -> None:
    rows = await ask(told.little, "hours", period=FIRST_OF_MARCH, sections=["CALL", "WEBINAR", "CALL"])

    assert [(row["hour"], row["section"]) for row in rows[:3]] == [(0, "WEBINAR"), (0, "CALL"), (1, "WEBINAR")]
    assert {row["meanPeakListeners"] for row in rows if row["section"] == "CALL"} == {None}


async def test_posts_and_dial_in_lines_are_told_apart_and_move_with_their_event(at_acme: Client) -> None:
    first = [
        activity(place, "turnout.message.posted", at("03-01 10:00"), place=place, event="talk")
        for place in ("MESSENGER", "PUBLIC_CHAT", "PRIVATE_CHAT", "QUESTION", "ANSWER")
    ]
    phones = [
        joined("talk", name, at(f"03-01 10:0{number}"), device=name)
        for number, name in enumerate(("PHONE", "ROOM_SYSTEM", "TV"))
    ]
    await at_acme.tell([*first, *phones, leaves("talk", "PHONE", at("03-01 10:01"))])

    before = await ask(at_acme, "periodSummary", period=FIRST_OF_MARCH)
    await at_acme.tell([activity("k", "turnout.event.started", NOW, event="talk", kind="WEBINAR")])
    after = await ask(at_acme, "periodSummary", period=FIRST_OF_MARCH)

    for summary, posts in ((before, [2, 2, 0, 0]), (after, [2, 0, 2, 0])):
        assert [section["chatPosts"] for section in summary["sections"]] == posts
        assert [section["qaPosts"] for section in summary["sections"]] == posts
        assert (summary["messages"], summary["questions"], summary["answers"]) == (1, 1, 1)
        assert (summary["peakDialInLines"]["value"], summary["peakDialInLines"]["at"]) == (1, "2026-03-01T10:00:00Z")


async def test_a_room_that_an_event_moves_to_has_its_past(at_acme: Client) -> None:
    await at_acme.tell([joined("talk", "c", at("03-01 10:00")), leaves("talk", "c", at("03-01 10:30"))])
    assert (await ask(at_acme, "roomStats", period=FIRST_OF_MARCH))["nodes"] == []

    await at_acme.tell([activity("r", "turnout.event.started", NOW, event="talk", room="hall")])

    [room] = (await ask(at_acme, "roomStats", period=FIRST_OF_MARCH))["nodes"]
    assert (room["roomId"], room["sessions"], room["participationMinutes"]) == ("hall", 1, 30.0)


async def test_an_empty_list_of_sections_is_no_hours(told: Told) -> None:
    assert await ask(told.little, "hours", period=FIRST_OF_MARCH, sections=[]) == []
