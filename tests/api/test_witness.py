"""peakWitness and curve, worked out by hand."""

from .asking import ask, refusal
from .telling import Told

SPRING = {"dates": {"from": "2026-02-27", "to": "2026-03-02"}}


async def test_a_peak_says_when_it_was_and_how_long_it_lasted(told: Told) -> None:
    witness = await ask(told.little, "peakWitness", period=SPRING)

    counts = {name: witness[name] for name in ("eventCount", "ownerCount", "connectionCount", "peopleCount")}
    assert (witness["value"], witness["at"], witness["until"]) == (4, "2026-03-01T09:40:00Z", "2026-03-01T09:45:00Z")
    assert witness["lastedSeconds"] == 300
    assert counts == {"eventCount": 2, "ownerCount": 1, "connectionCount": 4, "peopleCount": 3}


async def test_a_peak_is_made_of_its_events_owners_and_people(told: Told) -> None:
    witness = await ask(told.little, "peakWitness", period=SPRING)

    events = [(row["eventId"], row["ownerId"], row["connections"]) for row in witness["events"]["nodes"]]
    stays = [(row["userId"], row["externalId"], row["role"]) for row in witness["stays"]["nodes"]]
    assert events == [("launch", "anna", 3), ("greenroom", "anna", 1)]
    assert [(row["userId"], row["events"], row["connections"]) for row in witness["owners"]["nodes"]] == [
        ("anna", 2, 4)
    ]
    assert stays[:2] == [("anna", None, "MODERATOR"), ("anna", None, None)]
    assert sorted(stays[2:], key=str) == [("ben", None, "PARTICIPANT"), (None, "guest-7", "PARTICIPANT")]


async def test_who_only_listens_is_told_from_who_speaks(told: Told) -> None:
    about = {"period": SPRING, "section": "WEBINAR"}

    speaking = await ask(told.little, "peakWitness", metric="SPEAKERS", **about)
    listening = await ask(told.little, "peakWitness", metric="LISTENERS", **about)

    assert [row["userId"] for row in speaking["stays"]["nodes"]] == ["anna", "ben"]
    assert (listening["at"], listening["value"], listening["stays"]["totalCount"]) == ("2026-03-01T09:40:00Z", 2, 2)
    assert await refusal(told.little, "peakWitness", metric="LISTENERS", period=SPRING, section="CALL")


async def test_a_peak_that_lasts_has_no_end(told: Told) -> None:
    dates = {"instants": {"from": "2026-03-02T09:30:00Z", "to": "2026-03-02T23:00:00Z"}}

    witness = await ask(told.little, "peakWitness", period=dates, metric="EVENTS")

    assert (witness["at"], witness["until"], witness["lastedSeconds"]) == ("2026-03-02T09:30:00Z", None, 9000)


async def test_a_peak_of_nothing_has_nobody(told: Told) -> None:
    witness = await ask(told.little, "peakWitness", period={"dates": {"from": "2026-01-01", "to": "2026-01-02"}})

    assert (witness["value"], witness["at"], witness["until"], witness["curve"]) == (0, None, None, [])
    assert witness["events"] == {
        "nodes": [],
        "edges": [],
        "totalCount": 0,
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }


async def test_a_curve_has_every_minute_with_its_largest_numbers(told: Told) -> None:
    span = {"from": "2026-03-01T09:28:00Z", "to": "2026-03-01T09:46:00Z"}

    points = await ask(told.little, "curve", instants=span)

    assert [point["connections"] for point in points] == [0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 3]
    assert points[7] == {"at": "2026-03-01T09:35:00Z", "connections": 2, "speakers": 2, "listeners": 0, "events": 2}


async def test_a_curve_is_of_two_days_at_most(told: Told) -> None:
    span = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-03T00:00:01Z"}

    refused = await refusal(told.little, "curve", instants=span)

    assert refused["code"] == "CURVE_TOO_LONG"
