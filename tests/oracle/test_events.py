from datetime import datetime
from typing import Any

from .activities import Raw
from .examples import (
    HOUR,
    MIDNIGHTS,
    NOW,
    THE_12TH,
    TINY,
    at,
    company,
    ends,
    joined,
    left,
    registered,
    says,
    stay,
    stored,
    summary,
    tells,
)

LATER = NOW + HOUR


def planned(time: datetime | str, event: str = "e", starts: datetime = LATER, **members: Any) -> Raw:
    return says("event.planned", time, event, startsAt=starts, **members)


def row(*activities: Raw, now: datetime = NOW) -> dict[str, Any]:
    """The event e over all time."""
    found = company(*activities).event("e", now)
    assert found is not None
    return found


def listed(*activities: Raw, start: datetime = THE_12TH[0], end: datetime = THE_12TH[1]) -> list[str]:
    return [found["eventId"] for found in company(*activities).event_stats(start, end, NOW)]


def test_a_row_tells_who_when_and_what() -> None:
    room = tells("room.created", "08:00", room="r", name="Aula", owner="v")
    told = planned("09:00", title="Talk", template="yoga", kind="WEBINAR", room="r", owner="u", endsAt=LATER + HOUR)

    found = row(room, told, registered("10:00", name="Una"))

    assert found == {
        "eventId": "e",
        "kind": "WEBINAR",
        "template": "yoga",
        "status": "PLANNED",
        "title": "Talk",
        "roomId": "r",
        "room": "Aula",
        "ownerId": "u",
        "ownerName": "Una",
        "createdAt": at("09:00"),
        "startsAt": LATER,
        "endsAt": LATER + HOUR,
        "startedAt": None,
        "endedAt": None,
        "durationMinutes": 0.0,
        "peakConnections": 0,
        "peakSpeakers": 0,
        "peakListeners": 0,
        "uniqueParticipants": 0,
        "participationMinutes": 0.0,
        "recordings": 0,
        "recordedMinutes": 0.0,
    }


def test_a_room_is_shown_by_its_name_or_its_id_and_lends_its_owner() -> None:
    rooms = [tells("room.created", "07:00", room="r", owner="v"), tells("room.created", "08:00", room="r", name=None)]
    told = says("event.started", "09:00", room="r")
    columns = ("roomId", "room", "ownerId", "ownerName")

    named = row(*rooms, told, tells("room.created", at("09:00", 13), room="r", name="Aula", owner="w"))

    assert [row(told)[name] for name in columns] == ["r", "r", None, None]
    assert [row(*rooms, told)[name] for name in columns] == ["r", "r", "v", None]
    assert [named[name] for name in columns] == ["r", "Aula", "w", None]


def test_rescheduling_keeps_what_is_not_said_again() -> None:
    found = row(planned("09:00", endsAt=LATER), planned("10:00", starts=LATER + HOUR), says("event.started", "11:00"))

    assert (found["startsAt"], found["endsAt"]) == (LATER + HOUR, LATER)


def test_status_is_told_by_stays_then_by_cancelling_then_by_the_start() -> None:
    plan, gone = planned("09:00"), says("event.cancelled", "10:00")
    service = joined("09:00", "bot", service="BOT")
    told = [(plan,), (plan, gone), (plan, gone, planned("11:00")), (planned("09:00", starts=NOW),), (service,)]
    stays = [(plan, gone, joined(at("11:00", 14), "a")), (plan, gone, *stay("11:00", "11:00", "a"))]

    found = [row(*each)["status"] for each in (*told, *stays)]

    assert found == ["PLANNED", "CANCELLED", "PLANNED", "NOT_HELD", "NOT_HELD", "LIVE", "HELD"]
    assert row(says("event.started", "09:00"))["status"] == "NOT_HELD"


def test_a_silent_event_is_live_until_it_is_stale() -> None:
    inside = joined("09:00", "a")

    assert row(inside, now=at("09:00", 13) - TINY)["status"] == "LIVE"
    stale = row(inside, now=at("09:00", 13))
    assert (stale["status"], stale["endedAt"], stale["durationMinutes"]) == ("HELD", at("09:00"), 0.0)


def test_an_event_lasts_while_there_is_at_least_one_stay() -> None:
    told = [*stay("09:00", "10:00", "a"), *stay("09:30", "09:45", "b"), *stay("10:00", "10:10", "b")]
    told += [*stay("11:00", "11:30", "c"), *stay("12:00", "13:00", "bot", service="BOT")]
    columns = ("startedAt", "endedAt", "durationMinutes", "participationMinutes")

    assert [row(*told)[name] for name in columns] == [at("09:00"), at("11:30"), 100.0, 115.0]
    running = row(*told, joined("11:20", "d"), now=at("11:40"))
    assert [running[name] for name in columns] == [at("09:00"), None, 110.0, 135.0]


def test_an_open_stay_ahead_of_now_is_open_and_adds_nothing() -> None:
    found = row(*stay("09:00", "10:00", "a"), joined("12:02", "b"), now=at("12:00"))

    assert (found["status"], found["endedAt"], found["durationMinutes"]) == ("LIVE", None, 60.0)


def test_the_period_cuts_peaks_people_and_minutes_and_nothing_else() -> None:
    night = [says("event.started", at("22:00", 11), kind="WEBINAR"), joined(at("23:00", 11), "a", role="SPEAKER")]
    night += [left("01:00", "a"), *stay(at("22:00", 11), at("23:30", 11), "b"), *stay(at("22:30", 11), "00:00", "c")]
    columns = ("peakConnections", "peakSpeakers", "peakListeners", "uniqueParticipants", "participationMinutes")
    whole = ("status", "startedAt", "endedAt", "durationMinutes")
    oracle = company(*night)

    [before], [after] = (oracle.event_stats(*period, NOW) for period in ((MIDNIGHTS[1], MIDNIGHTS[2]), THE_12TH))
    [inside] = oracle.event_stats(at("23:10", 11), at("23:40", 11), NOW)

    assert [before[name] for name in columns] == [3, 1, 2, 3, 60 + 90 + 90]
    assert [after[name] for name in columns] == [1, 1, 0, 1, 60.0]
    assert [inside[name] for name in columns] == [3, 1, 2, 3, 30 + 20 + 30]
    assert {tuple(each[name] for name in whole) for each in (before, after, inside)} == {
        ("HELD", at("22:00", 11), at("01:00"), 180.0)
    }


def test_listeners_are_a_webinars_alone() -> None:
    inside = stay("09:00", "10:00", "a", role="PARTICIPANT")

    told = [row(*inside, says("event.started", "09:00", kind=kind)) for kind in ("MEETING", "WEBINAR", "CALL")]

    assert [(each["peakSpeakers"], each["peakListeners"]) for each in told] == [(1, None), (0, 1), (1, None)]


def test_listed_is_what_is_held_created_or_planned_to_start_in_the_period() -> None:
    held = [says("event.started", at("09:00", 10), "held"), *stay("09:00", "09:00", "a", "held")]
    created = says("event.started", at("09:00", 10), "created", createdAt=at("09:00"), kind="CALL")
    starting = [planned(at("09:00", 10), "starting", at("00:00", 12)), says("event.cancelled", "09:00", "starting")]
    ended = [says("event.started", at("09:00", 10), "x"), *stay(at("09:00", 11), at("00:00", 12), "a", "x")]
    outside = planned(at("09:00", 10), "y", at("00:00", 13))

    assert listed(*held, created, *starting, *ended, outside) == ["created", "held", "starting"]
    assert listed(*held, created, start=NOW, end=MIDNIGHTS[9]) == []


def test_a_breakout_is_part_of_the_event_at_the_top() -> None:
    rooms = [tells("room.created", "08:00", room=room, owner=room) for room in ("s", "t")]
    sub = says("event.started", "09:00", "sub", parent="e", title="Sub", room="s")
    oracle = company(*rooms, sub, says("event.started", "09:30", room="t"), *stay("09:00", "10:00", "a", "sub"))

    [found] = oracle.event_stats(*THE_12TH, NOW)

    assert (found["eventId"], found["title"], found["room"], found["ownerId"]) == ("e", None, "t", "t")
    assert (found["status"], found["startedAt"], found["createdAt"]) == ("HELD", at("09:00"), at("09:00"))
    assert (oracle.event("sub", NOW), oracle.event("nothing", NOW)) == (None, None)


def test_recordings_are_those_of_the_event_and_its_breakouts_deleted_ones_too() -> None:
    told = [says("event.started", "09:00", "sub", parent="e")]
    told += [says("recording.started", "09:00", "e", recording="1"), says("recording.paused", "09:10", recording="1")]
    told += [stored("10:00", 5, "2", event="sub"), tells("recording.deleted", "11:00", recording="2")]
    told += [stored("10:00", 5, "3", event="e"), stored("11:00", 5, "3", event="other"), stored("10:00", 5, "4")]

    assert row(*told)["recordings"] == 2
    assert company(*told).event_stats(*THE_12TH, NOW)[1]["recordings"] == 1


def test_an_event_exists_from_a_message_or_a_recording_that_names_it() -> None:
    message = says("message.posted", "09:00", place="MESSENGER")

    assert row(message, says("event.started", "10:00"))["createdAt"] == at("09:00")
    assert row(stored("09:00", None, event="e"))["createdAt"] == at("09:00")
    assert listed(says("recording.resumed", "09:00", recording="r")) == ["e"]
    assert listed(tells("message.posted", "09:00", place="ANSWER"), stored("09:00", 5)) == []


def test_a_message_or_a_recording_keeps_the_event_from_growing_stale() -> None:
    for late in (says("message.posted", "10:00", place="QUESTION"), stored("10:00", 5, event="e")):
        assert ends(joined("09:00", "a"), late, now=at("10:00", 13) - TINY) == [(None, False)]
        assert ends(joined("09:00", "a"), late, now=at("10:00", 13)) == [(at("10:00"), True)]


def test_planned_events_are_counted_by_owner_and_nobody_is_one_of_them() -> None:
    room = tells("room.created", "08:00", room="r", owner="u")
    told = [planned("09:00", "1", LATER + HOUR, owner="u"), planned("09:00", "2", room="r", kind="CALL")]
    told += [planned("09:00", "3", LATER), planned("09:00", "sub", LATER, parent="3")]
    never = [planned("09:00", "4", NOW), planned("09:00", "5"), says("event.cancelled", "10:00", "5")]
    never += [planned("09:00", "6"), *stay("10:00", "10:00", "a", "6")]

    rows = company(room, *told, *never, registered("09:00", name="Una")).planned_events(NOW)

    assert sorted(rows, key=lambda each: each["planned"]) == [
        {"userId": None, "name": None, "planned": 1, "nextStartsAt": LATER},
        {"userId": "u", "name": "Una", "planned": 2, "nextStartsAt": LATER},
    ]


def test_an_events_owner_and_template_do_not_come_from_its_recording() -> None:
    assert row(stored("09:00", 5, event="e", owner="u"))["ownerId"] is None
    assert summary(stored("09:00", 5, event="e", owner="u"))["eventsCreated"] == 1


def test_a_host_arrives_when_the_first_stay_of_the_event_or_a_breakout_says() -> None:
    planned = [
        says("event.planned", "08:00", event, startsAt=at("09:00"), owner="u") for event in ("early", "late", "absent")
    ]
    early = [*stay("08:50", "09:30", "a", "early", user="u"), *stay("09:10", "09:30", "b", "early", user="u")]
    late = [says("event.started", "09:00", "room", parent="late"), *stay("09:02", "09:30", "c", "room", user="u")]
    absent = stay("09:00", "09:30", "d", "absent", externalId="u")

    [row] = company(*planned, *early, *late, *absent).arrivals(*THE_12TH, NOW)

    assert (row["userId"], row["events"], row["attended"]) == ("u", 3, 2)
    assert (row["meanArrivalSeconds"], row["medianArrivalSeconds"], row["lateShare"]) == (-240, -240, 0.5)
