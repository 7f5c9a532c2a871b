"""Segments: the figures of a part of a company's stays, worked out by hand."""

from typing import Any

import pytest

from .asking import ask, question, refusal
from .clients import Client, program
from .stories import Story

PERIOD = {"dates": {"from": "2026-03-01", "to": "2026-03-01"}}
EVERY_FIGURE = """{
  total { peakConnections { value at } peakEvents { value } eventsHeld participationMinutes uniqueParticipants }
  eventsCreated eventsNotHeld personalCalls groupCalls
}"""
OF_ACME = {
    "total": {
        "peakConnections": {"value": 2, "at": "2026-03-01T09:30:00Z"},
        "peakEvents": {"value": 2},
        "eventsHeld": 2,
        "participationMinutes": 90.0,
        "uniqueParticipants": 1,
    },
    "eventsCreated": 2,
    "eventsNotHeld": 0,
    "personalCalls": 0,
    "groupCalls": 0,
}


async def told_by(client: Client) -> Client:
    """Two customers of the company, of which one has two rooms, and a planned event of it that nobody came to."""
    story = Story()
    acme, globex = {"customer": "acme"}, {"customer": "globex"}
    story.tell("room.created", "03-01 08:00", room="r-1", name="Acme one")
    story.tell("event.planned", "03-01 08:30", event="missed", room="r-1", startsAt="2026-03-01T09:00:00Z")
    story.tell("event.started", "03-01 09:00", event="one", room="r-1")
    story.tell("event.started", "03-01 09:00", event="two", room="Acme two")
    story.tell("event.started", "03-01 09:00", event="three", room="Globex")
    story.stay("one", "a", "03-01 09:00", "10:00", externalId="x-7", metadata=acme)
    story.stay("one", "b", "03-01 09:00", "09:10", externalId="x-8", metadata=globex)
    story.stay("two", "c", "03-01 09:30", "10:00", user="anna", externalId="x-7", metadata=acme)
    story.stay("three", "d", "03-01 09:00", "11:00", externalId="x-8", metadata=globex)
    await client.tell(story.activities)
    return client


async def summary(client: Client, segment: dict[str, Any], selection: str = EVERY_FIGURE) -> Any:
    given = {"period": PERIOD, "segment": segment}
    return (await client.query(question("periodSummary", given, selection), given))["periodSummary"]


async def test_a_segment_has_the_figures_of_its_own_stays_and_of_the_events_that_they_are_in(at_acme: Client) -> None:
    await told_by(at_acme)

    by_metadata = await summary(at_acme, {"metadata": {"key": "customer", "value": "acme"}})
    by_external = await summary(at_acme, {"externalId": "x-7"})
    by_room = await summary(at_acme, {"roomPrefix": "Acme"})
    by_both = await summary(at_acme, {"roomPrefix": "Acme o", "externalId": "x-7"})
    nobody = await summary(at_acme, {"metadata": {"key": "customer", "value": "Acme"}})

    assert by_metadata["total"] | {"uniqueParticipants": 1} == OF_ACME["total"]
    assert by_external["eventsCreated"] == 2
    assert by_room["total"]["participationMinutes"] == 100.0
    assert (by_room["eventsCreated"], by_room["eventsNotHeld"]) == (3, 1)
    assert by_both["total"]["participationMinutes"] == 60.0
    assert (nobody["total"]["eventsHeld"], nobody["eventsCreated"]) == (0, 0)


async def test_days_events_users_and_witnesses_are_those_of_the_segment(at_acme: Client) -> None:
    await told_by(at_acme)
    asked = {"period": PERIOD, "segment": {"externalId": "x-7"}}

    figures = question("dailyPeaks", asked, "{ connections eventsHeld participationMinutes }")
    [peak] = (await at_acme.query(figures, asked))["dailyPeaks"]
    events = await ask(at_acme, "eventStats", **asked)
    witness = await ask(at_acme, "peakWitness", **asked)

    assert (peak["connections"], peak["eventsHeld"], peak["participationMinutes"]) == (2, 2, 90.0)
    assert {row["eventId"]: row["participationMinutes"] for row in events["nodes"]} == {"one": 60.0, "two": 30.0}
    assert {row["eventId"]: row["durationMinutes"] for row in events["nodes"]} == {"one": 60.0, "two": 30.0}
    assert (witness["value"], witness["connectionCount"]) == (2, 2)


async def test_what_is_broken_down_is_so_in_a_segment(at_acme: Client) -> None:
    await told_by(at_acme)

    found = await summary(
        at_acme,
        {"externalId": "x-7"},
        "{ activeRooms participationMinutesByDevice { minutes } total { peakConnectionsInOneEvent { value } } }",
    )
    hours = await ask(at_acme, "hours", period=PERIOD, segment={"externalId": "x-7"})

    assert (found["activeRooms"], found["total"]) == (2, {"peakConnectionsInOneEvent": {"value": 1}})
    assert sum(row["minutes"] for row in found["participationMinutesByDevice"]) == 90.0
    assert {row["hour"]: row["participationMinutes"] for row in hours if row["participationMinutes"]} == {10: 90.0}


async def test_what_is_of_no_stay_is_refused_in_a_segment(at_acme: Client) -> None:
    given = {"period": PERIOD, "segment": {"externalId": "x-7"}}

    for field in ("messages", "newUsers", "uploadedBytes", "storage { used }", "registeredUsers { used }"):
        codes = await at_acme.codes(question("periodSummary", given, f"{{ {field} }}"), given)
        assert codes == ["NOT_IN_SEGMENT"], field
    for field in ("signIns", "storageBytes", "registeredUsers", "messages"):
        assert await at_acme.codes(question("days", given, f"{{ {field} }}"), given) == ["NOT_IN_SEGMENT"], field


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        ({}, "SEGMENT_EMPTY"),
        ({"roomPrefix": ""}, "SEGMENT_EMPTY"),
        ({"metadata": {"key": "customer", "value": ""}}, "SEGMENT_EMPTY"),
        ({"externalId": "x" * 201}, "ARGUMENT_TOO_LONG"),
    ],
)
async def test_a_segment_that_says_nothing_or_too_much_is_refused(
    at_acme: Client, segment: dict[str, Any], code: str
) -> None:
    assert (await refusal(at_acme, "dailyPeaks", period=PERIOD, segment=segment))["code"] == code


async def test_a_segment_of_too_many_days_is_refused_with_what_is_allowed(at_acme: Client) -> None:
    period = {"dates": {"from": "2024-01-01", "to": "2026-03-01"}}

    refused = await refusal(at_acme, "dailyPeaks", period=period, segment={"externalId": "x-7"})

    assert (refused["code"], refused["maximum"]) == ("SEGMENT_TOO_LARGE", 400)


async def test_who_may_not_read_people_names_no_segment(at_acme: Client) -> None:
    counting = await program(at_acme, "READ_STATS")

    refused = await refusal(counting, "dailyPeaks", period=PERIOD, segment={"externalId": "x-7"})

    assert refused["code"] == "PEOPLE_NOT_READABLE"
