"""participants and participantStays: who was there, worked out by hand."""

from typing import Any

from .asking import ask, refusal
from .clients import Client, program
from .stories import Story

PERIOD = {"dates": {"from": "2026-02-27", "to": "2026-03-03"}}


async def told_by(client: Client) -> Client:
    """A planned webinar with a breakout, a guest of a customer, and a recorder."""
    story = Story()
    story.tell("user.registered", "02-27 08:00", user="anna", name="Anna Öz")
    story.tell("event.planned", "02-27 09:00", event="launch", kind="WEBINAR", startsAt="2026-03-01T10:00:00Z")
    story.tell("event.started", "03-01 09:50", event="group", parent="launch")
    story.stay("launch", "c1", "03-01 09:58", user="anna", role="MODERATOR", device="DESKTOP", client="Web")
    metadata = {"customer": "acme", "tier": "gold"}
    story.stay("group", "c2", "03-01 10:05", "10:30", externalId="x-7", name="Gast", metadata=metadata)
    story.stay("launch", "c3", "03-01 10:00", service="RECORDER")
    story.tell("stay.roleChanged", "03-01 10:10", event="launch", connection="c1", role="PARTICIPANT")
    for moment, sample in (
        ("09:58", {"packetLoss": 0.05, "bitrate": 300_000}),  # a loss that is no trouble yet
        ("10:20", {"packetLoss": 0.01, "bitrate": 500_000, "cpuTrouble": False}),
        ("10:40", {"bandwidthTrouble": False}),
    ):
        story.tell("quality.sampled", f"03-01 {moment}", event="launch", connection="c1", **sample)
    story.tell("event.ended", "03-01 11:00", event="launch")
    await client.tell(story.activities)
    return client


ANNA: dict[str, Any] = {
    "eventId": "launch",
    "title": None,
    "kind": "WEBINAR",
    "breakoutId": None,
    "joinedAt": "2026-03-01T09:58:00Z",
    "leftAt": "2026-03-01T11:00:00Z",
    "leftIsInferred": True,
    "roles": [
        {"role": "MODERATOR", "since": "2026-03-01T09:58:00Z"},
        {"role": "PARTICIPANT", "since": "2026-03-01T10:10:00Z"},
    ],
    "device": "DESKTOP",
    "client": "Web",
    "userId": "anna",
    "externalId": None,
    "name": "Anna Öz",
    "metadata": [],
    "service": None,
    "participationMinutes": 62.0,
    "arrivalSeconds": -120.0,
    "quality": {
        "samples": 3,
        "worstPacketLoss": 0.05,
        "meanBitrate": 400_000.0,
        "cpuTrouble": False,
        "bandwidthTrouble": False,
        "inTrouble": False,
    },
}
GUEST: dict[str, Any] = {
    **ANNA,
    "breakoutId": "group",
    "joinedAt": "2026-03-01T10:05:00Z",
    "leftAt": "2026-03-01T10:30:00Z",
    "leftIsInferred": False,
    "roles": [{"role": None, "since": "2026-03-01T10:05:00Z"}],
    "device": "UNKNOWN",
    "client": None,
    "userId": None,
    "externalId": "x-7",
    "name": "Gast",
    "metadata": [{"key": "customer", "value": "acme"}, {"key": "tier", "value": "gold"}],
    "participationMinutes": 25.0,
    "arrivalSeconds": 300.0,
    "quality": None,
}


async def test_participants_are_the_stays_of_an_event_and_of_its_breakouts(at_acme: Client) -> None:
    await told_by(at_acme)

    everybody = await ask(at_acme, "participants", eventId="launch")
    found = await ask(at_acme, "participants", eventId="launch", search="GAS")
    with_services = await ask(at_acme, "participants", eventId="launch", services=True)

    assert everybody["nodes"] == [ANNA, GUEST]
    assert found["nodes"] == [GUEST]
    assert [row["service"] for row in with_services["nodes"]] == [None, "RECORDER", None]
    assert (await ask(at_acme, "participants", eventId="group"))["totalCount"] == 0


async def test_the_stays_of_a_participant_are_found_by_either_id(at_acme: Client) -> None:
    await told_by(at_acme)

    by_user = await ask(at_acme, "participantStays", participant={"userId": "anna"}, period=PERIOD)
    by_external = await ask(at_acme, "participantStays", participant={"externalId": "x-7"}, period=PERIOD)
    other = await ask(at_acme, "participantStays", participant={"externalId": "anna"}, period=PERIOD)

    assert by_user["nodes"] == [ANNA]
    assert by_external["nodes"] == [GUEST]
    assert other["nodes"] == []


async def test_a_sample_is_of_the_stay_of_its_connection_that_had_begun_last(at_acme: Client) -> None:
    story = Story()
    story.stay("talk", "c1", "03-01 10:00", "10:10", user="anna")
    story.stay("talk", "c1", "03-01 10:20", "10:30", user="anna")
    story.stay("talk", "c1", "03-01 10:40", "10:50", user="anna")
    for moment, sample in (
        ("09:59", {"cpuTrouble": True}),  # before any stay
        ("10:15", {"packetLoss": 0.06}),  # the first one has left, and the second has not begun
        ("10:20", {"cpuTrouble": True, "bitrate": 1000}),
        ("10:39", {"bandwidthTrouble": True}),
    ):
        story.tell("quality.sampled", f"03-01 {moment}", event="talk", connection="c1", **sample)
    await at_acme.tell(story.activities)

    rows = (await ask(at_acme, "participants", eventId="talk"))["nodes"]

    assert [row["quality"] and tuple(row["quality"].values()) for row in rows] == [
        (1, 0.06, None, False, False, True),
        (2, None, 1000.0, True, True, True),
        None,
    ]


async def test_an_event_says_when_its_host_and_when_anybody_arrived(at_acme: Client) -> None:
    story = Story()
    story.tell("event.planned", "02-27 09:00", event="talk", owner="anna", startsAt="2026-03-01T10:00:00Z")
    story.stay("talk", "c1", "03-01 09:59", "10:30", user="ben")
    story.stay("talk", "c2", "03-01 10:02", "10:30", user="anna")
    await at_acme.tell(story.activities)

    talk = await ask(at_acme, "event", eventId="talk")

    assert (talk["firstArrivalSeconds"], talk["hostArrivalSeconds"]) == (-60.0, 120.0)


async def test_who_may_not_read_people_is_told_of_no_participant(at_acme: Client) -> None:
    await told_by(at_acme)
    counting = await program(at_acme, "READ_STATS")

    refused = await refusal(counting, "participants", eventId="launch")

    assert refused["code"] == "PEOPLE_NOT_READABLE"
