"""What is going on now, as of instants at which it is hard to say."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.clients import activity
from tests.sending import insist
from tests.worlds.product import Product
from turnout.analytics.live import Live, first_look, live, look_again
from turnout.analytics.reading import Reading
from turnout.tenants.company import Company

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
STALE_AFTER = 8 * HOUR


class World:
    """A company that is told things, and asked at any instant."""

    def __init__(self, product: Product, company: Company) -> None:
        self.product, self.company = product, company
        self._told = 0

    async def tell(self, type_: str, at: datetime, **data: Any) -> None:
        self._told += 1
        told = activity(f"a-{self._told}", f"turnout.{type_}", at, **data)
        receipt = await insist(
            self.product.door, self.company.company_id, [json.dumps(told).encode()], self.product.now
        )
        assert receipt.accepted == 1

    def reading(self, at: datetime | None = None) -> Reading:
        return Reading(self.product.door, self.product.refresher, self.company, lambda: at or self.product.now)

    async def live(self, at: datetime | None = None) -> Live:
        return await live(self.reading(at))

    async def counted(self, at: datetime | None = None) -> tuple[int, int, int]:
        """Participants, events and recordings of every kind together."""
        found = await self.live(at)
        return found.sections[0].participants, found.sections[0].events, found.recordings


@pytest.fixture
async def world(product: Product) -> World:
    return World(product, await product.add_company("acme", "Europe/Berlin", STALE_AFTER))


async def test_who_is_in_is_counted_by_section_and_services_are_not(world: World, now: datetime) -> None:
    await world.tell("event.started", now - HOUR, event="w", kind="WEBINAR")
    await world.tell("event.started", now - HOUR, event="b", parent="w")
    for event, connection in (("w", "1"), ("w", "2"), ("b", "3"), ("m", "4")):
        await world.tell("stay.joined", now - HOUR, event=event, connection=connection, user="anna")
    await world.tell("stay.joined", now - HOUR, event="m", connection="5", service="RECORDER")
    await world.tell("stay.left", now - MINUTE, event="w", connection="2")

    found = await world.live()

    counted = [(row.section.value, row.participants, row.events) for row in found.sections]
    assert counted == [("TOTAL", 3, 2), ("MEETING", 1, 1), ("WEBINAR", 2, 1), ("CALL", 0, 0)]
    assert found.as_of == now


async def test_a_clock_that_is_ahead_does_not_move_what_is_now(world: World, now: datetime) -> None:
    ahead = now + 3 * MINUTE
    await world.tell("stay.joined", now - HOUR, event="m", connection="1")
    await world.tell("stay.left", ahead, event="m", connection="1")
    await world.tell("stay.joined", now + MINUTE, event="m", connection="2")

    assert [(await world.counted(at))[0] for at in (now, now + MINUTE, ahead)] == [1, 2, 1]


async def test_who_is_silent_for_too_long_is_there_no_more(world: World, now: datetime) -> None:
    await world.tell("stay.joined", now, event="m", connection="1")
    await world.tell("recording.started", now, event="m", recording="r")
    over = now + STALE_AFTER

    assert await world.counted(over - timedelta(microseconds=1)) == (1, 1, 1)
    assert await world.counted(over) == (0, 0, 0)


async def test_events_are_recorded_while_a_recording_of_them_runs(world: World, now: datetime) -> None:
    await world.tell("stay.joined", now - HOUR, event="m", connection="1")
    for minute, what, recording in (
        (1, "started", "r"),
        (2, "started", "s"),
        (3, "paused", "r"),
        (4, "stopped", "s"),
        (5, "resumed", "r"),
        (6, "stopped", "r"),
    ):
        await world.tell(f"recording.{what}", now - HOUR + minute * MINUTE, event="m", recording=recording)

    assert [(await world.counted(now - HOUR + minute * MINUTE))[2] for minute in range(7)] == [0, 1, 1, 1, 0, 1, 0]


async def test_a_recording_that_is_never_stopped_ends_with_its_event(world: World, now: datetime) -> None:
    await world.tell("recording.started", now - HOUR, event="m", recording="r")
    await world.tell("event.ended", now - MINUTE, event="m")
    await world.tell("stay.joined", now, event="m", connection="1")

    assert await world.counted() == (1, 1, 0)


async def test_live_streams_are_counted_while_they_are_on(world: World, now: datetime) -> None:
    for minute, what, connection in ((1, "started", None), (2, "started", "c"), (3, "stopped", None)):
        named = {"connection": connection} if connection else {}
        await world.tell(f"feature.{what}", now - HOUR + minute * MINUTE, event="m", feature="LIVE_STREAM", **named)
    await world.tell("event.ended", now - HOUR + 4 * MINUTE, event="m")

    found = [(await world.live(now - HOUR + minute * MINUTE)).live_streams for minute in range(5)]

    assert found == [0, 1, 2, 1, 0]


async def test_each_of_what_is_new_is_seen_once(world: World, now: datetime) -> None:
    await world.tell("stay.joined", now, event="m", connection="1", user="anna")
    looked = await first_look(world.reading())
    assert not (await look_again(world.reading(), looked)).anything

    await world.tell("stay.joined", now, event="m", connection="2")
    await world.tell("stay.left", now, event="m", connection="3")
    await world.tell("room.created", now, room="hall")
    seen = await look_again(world.reading(), looked)
    again = await look_again(world.reading(), seen)

    assert [(one.what.value, one.connection_id) for one in seen.activities] == [("JOINED", "2")]
    assert not again.anything


async def test_what_is_told_once_is_forgotten_soon(world: World, now: datetime) -> None:
    for number in range(70):
        world.product.now = now + number * MINUTE
        await world.tell("stay.joined", world.product.now, event="m", connection=str(number))

    cursor = await world.product.support.execute("select count(*) from arrival")
    assert (await cursor.fetchone() or (0,))[0] < 20
