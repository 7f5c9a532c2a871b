"""arrivals, worked out by hand."""

from typing import Any

import pytest

from .asking import ask
from .clients import Client
from .stories import Story

PERIOD: dict[str, Any] = {"dates": {"from": "2026-02-28", "to": "2026-03-01"}}
CUT: dict[str, Any] = {"instants": {"from": "2026-03-01T10:00:00Z", "to": "2026-03-01T12:30:00Z"}}


async def told_by(client: Client) -> Client:
    """Of anna three planned events on 1 March and one the day after, of ben one without him, of nobody one."""
    story = Story()
    story.tell("user.registered", "02-27 08:00", user="anna", name="Anna")
    for event, owner, hour in (("a", "anna", 9), ("b", "anna", 11), ("c", "anna", 12), ("d", "ben", 12)):
        starts_at = f"2026-03-01T{hour:02}:00:00Z"
        story.tell("event.planned", "02-27 09:00", event=event, owner=owner, startsAt=starts_at)
    story.tell("event.planned", "02-27 09:00", event="empty", owner="anna", startsAt="2026-03-01T14:00:00Z")
    story.tell("event.planned", "02-27 09:00", event="nobodys", startsAt="2026-03-01T14:00:00Z")
    story.stay("a", "a1", "03-01 08:59", "09:30", user="anna")
    story.stay("b", "b1", "03-01 11:00", "11:30", user="anna")
    story.stay("c", "c1", "03-01 12:07", "12:09", user="anna")
    story.stay("c", "c2", "03-01 12:20", "12:30", user="anna")
    story.stay("d", "d1", "03-01 12:00", "12:10", user="anna")
    story.stay("nobodys", "n1", "03-01 14:00", "14:10", user="ben")
    story.stay("unplanned", "u1", "03-01 15:00", "15:10", user="ben")
    await client.tell(story.activities)
    return client


def anna(events: int, mean: float, median: float, late: float) -> dict[str, Any]:
    arrived = {"meanArrivalSeconds": mean, "medianArrivalSeconds": median, "lateShare": pytest.approx(late)}
    return {"userId": "anna", "name": "Anna", "events": events, "attended": events, **arrived}


BEN: dict[str, Any] = {
    "userId": "ben",
    "name": None,
    "events": 1,
    "attended": 0,
    "meanArrivalSeconds": None,
    "medianArrivalSeconds": None,
    "lateShare": None,
}


async def test_hosts_are_listed_with_when_they_came_to_what_was_planned_and_held(at_acme: Client) -> None:
    await told_by(at_acme)

    whole = await ask(at_acme, "arrivals", period=PERIOD)
    cut = await ask(at_acme, "arrivals", period=CUT)

    assert whole["nodes"] == [anna(3, 120.0, 0.0, 1 / 3), BEN]
    assert cut["nodes"] == [anna(2, 210.0, 210.0, 1 / 2), BEN]


async def test_hosts_are_found_and_ordered_with_those_who_never_came_last(at_acme: Client) -> None:
    await told_by(at_acme)

    for column in ("MEAN_ARRIVAL_SECONDS", "MEDIAN_ARRIVAL_SECONDS", "LATE_SHARE"):
        for direction in ("ASC", "DESC"):
            order = {"field": column, "direction": direction}
            rows = (await ask(at_acme, "arrivals", period=PERIOD, orderBy=order))["nodes"]
            assert [row["userId"] for row in rows] == ["anna", "ben"]
    assert (await ask(at_acme, "arrivals", period=PERIOD, search="BE"))["nodes"] == [BEN]
