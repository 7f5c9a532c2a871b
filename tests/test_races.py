"""Two at once, step by step: every interleaving that could lose an update, held open where it hurts."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from tests.databases import Database
from tests.sending import insist
from turnout.analytics.peaks import Section, daily_peaks
from turnout.analytics.periods import by_dates
from turnout.analytics.reading import Reading
from turnout.analytics.refresher import Refresher
from turnout.analytics.refreshing import Refresh
from turnout.ingest.intake import read_batch, store, take
from turnout.tenants.company import Company
from turnout.tenants.connection import Door

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = NOON.date()


@pytest.fixture
async def refresher(database: Database) -> AsyncGenerator[Refresher]:
    refresher = Refresher(database.refresher, lambda: NOON)
    await refresher.connect()
    yield refresher
    await refresher.stop()


@pytest.fixture
async def watcher(database: Database) -> AsyncGenerator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(database.admin, autocommit=True) as connection:
        yield connection


def activity(type_: str, id_: str, minute: int = 0, /, **data: Any) -> bytes:
    time = (NOON - timedelta(hours=2) + timedelta(minutes=minute)).isoformat()
    envelope = {"specversion": "1.0", "source": "test", "id": id_, "type": f"turnout.{type_}", "time": time}
    return json.dumps(envelope | {"data": data}).encode()


def joined(event: str, connection: str, minute: int = 0, /, **data: Any) -> bytes:
    return activity("stay.joined", f"{event}-{connection}-j", minute, event=event, connection=connection, **data)


def left(event: str, connection: str, minute: int) -> bytes:
    return activity("stay.left", f"{event}-{connection}-l", minute, event=event, connection=connection)


async def connections(door: Door, refresher: Refresher, company: Company, section: Section = Section.TOTAL) -> int:
    reading = Reading(door, refresher, company, lambda: NOON, patience=30)
    [row] = await daily_peaks(reading, by_dates(company, DAY, DAY), [section])
    assert not reading.pending
    return row.connections


async def waits_for_a_lock(watcher: AsyncConnection[Any], task: asyncio.Task[Any]) -> None:
    """Return once the task's transaction stands in line; fail when it goes through instead."""
    for _ in range(1000):
        assert not task.done(), "it did not wait"
        cursor = await watcher.execute(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
        if await cursor.fetchone() != (0,):
            return
        await asyncio.sleep(0.005)
    pytest.fail("it never came to the lock")


async def test_an_ingest_open_during_a_refresh_leaves_its_mark(door: Door, acme: Company, refresher: Refresher) -> None:
    await take(door, acme.company_id, [joined("e", "a")], NOON)
    async with door.write(acme.company_id) as connection:
        await store(connection, acme.company_id, *read_batch([joined("e", "b")], NOON), NOON)
        seen_meanwhile = await connections(door, refresher, acme)

    assert seen_meanwhile == 1
    assert await connections(door, refresher, acme) == 2


async def test_an_ingest_that_commits_during_a_refresh_leaves_its_mark(
    door: Door, acme: Company, refresher: Refresher, database: Database, watcher: AsyncConnection[Any]
) -> None:
    await take(door, acme.company_id, [joined("e", "a")], NOON)
    async with await AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        held = await AsyncConnection.connect(database.admin, options="-c search_path=turnout")
        await held.execute("lock table section_day in share mode")  # stops the refresh behind its snapshot
        refresh = asyncio.create_task(Refresh(connection, acme.company_id, acme.generation).run(NOON))
        await waits_for_a_lock(watcher, refresh)
        await take(door, acme.company_id, [joined("e", "b")], NOON)
        await held.close()
        await refresh

    assert await connections(door, refresher, acme) == 2


async def test_two_refreshes_of_one_day_follow_each_other(
    door: Door, acme: Company, refresher: Refresher, database: Database, watcher: AsyncConnection[Any]
) -> None:
    await take(door, acme.company_id, [joined("e", "a")], NOON)
    one = await AsyncConnection.connect(database.refresher, autocommit=True)
    two = await AsyncConnection.connect(database.refresher, autocommit=True)
    held = await AsyncConnection.connect(database.admin, options="-c search_path=turnout")
    await held.execute("lock table section_day in share mode")
    first = asyncio.create_task(Refresh(one, acme.company_id, acme.generation).run(NOON))
    await waits_for_a_lock(watcher, first)
    await take(door, acme.company_id, [joined("e", "b")], NOON)
    second = asyncio.create_task(Refresh(two, acme.company_id, acme.generation).run(NOON))
    await held.close()
    await asyncio.gather(first, second)
    await asyncio.gather(one.close(), two.close())

    assert await connections(door, refresher, acme) == 2


async def test_a_description_that_arrives_while_a_stay_is_stored_is_not_lost(
    door: Door, acme: Company, refresher: Refresher, watcher: AsyncConnection[Any]
) -> None:
    described = activity("event.started", "s", event="e", kind="WEBINAR")
    async with door.write(acme.company_id) as connection:
        await store(connection, acme.company_id, *read_batch([joined("e", "a")], NOON), NOON)
        describing = asyncio.create_task(take(door, acme.company_id, [described], NOON))
        await waits_for_a_lock(watcher, describing)
    await describing

    assert await connections(door, refresher, acme, Section.WEBINAR) == 1
    assert await connections(door, refresher, acme, Section.MEETING) == 0


async def test_a_leave_that_arrives_while_its_join_is_stored_closes_the_stay(
    door: Door, acme: Company, watcher: AsyncConnection[Any]
) -> None:
    async with door.write(acme.company_id) as connection:
        await store(connection, acme.company_id, *read_batch([joined("e", "a")], NOON), NOON)
        leaving = asyncio.create_task(take(door, acme.company_id, [left("e", "a", 30)], NOON))
        await waits_for_a_lock(watcher, leaving)
    await leaving

    async with door.write(acme.company_id) as connection:
        rows = await (await connection.execute("select left_at - joined_at, ended_by::text from stay")).fetchall()
    assert rows == [(timedelta(minutes=30), "LEFT")]


async def test_an_end_of_the_event_above_waits_for_a_stay_in_its_breakout(
    door: Door, acme: Company, watcher: AsyncConnection[Any]
) -> None:
    await take(door, acme.company_id, [activity("event.started", "s", event="room", parent="top")], NOON)
    async with door.write(acme.company_id) as connection:
        await store(connection, acme.company_id, *read_batch([joined("room", "a")], NOON), NOON)
        ending = asyncio.create_task(take(door, acme.company_id, [activity("event.ended", "x", 40, event="top")], NOON))
        await waits_for_a_lock(watcher, ending)
    await ending

    async with door.write(acme.company_id) as connection:
        rows = await (await connection.execute("select left_at - joined_at, ended_by::text from stay")).fetchall()
    assert rows == [(timedelta(minutes=40), "EVENT_ENDED")]


async def test_one_activity_delivered_fifty_times_at_once_counts_once(
    door: Door, acme: Company, refresher: Refresher
) -> None:
    receipts = await asyncio.gather(*(insist(door, acme.company_id, [joined("e", "a")], NOON) for _ in range(50)))

    assert sum(receipt.accepted for receipt in receipts) == 1
    assert sum(receipt.known for receipt in receipts) == 49
    assert await connections(door, refresher, acme) == 1


async def test_a_retraction_and_what_it_retracts_may_arrive_at_once(
    door: Door, acme: Company, refresher: Refresher
) -> None:
    def pair(n: int) -> list[bytes]:
        retraction = json.loads(activity("activity.retracted", f"r{n}")) | {"replaces": f"e{n}-a-j"}
        return [joined(f"e{n}", "a"), json.dumps(retraction).encode()]

    await asyncio.gather(*(insist(door, acme.company_id, [one], NOON) for n in range(15) for one in pair(n)))

    assert await connections(door, refresher, acme) == 0


async def test_batches_that_name_events_in_opposite_orders_both_land(
    door: Door, acme: Company, refresher: Refresher
) -> None:
    def batch(connection: str, events: list[int]) -> list[bytes]:
        return [joined(f"e{n}", connection) for n in events]

    forth, back = list(range(40)), list(range(39, -1, -1))
    receipts = await asyncio.gather(
        *(insist(door, acme.company_id, batch(f"c{n}", back if n % 2 else forth), NOON) for n in range(8))
    )

    assert [receipt.accepted for receipt in receipts] == [40] * 8
    assert await connections(door, refresher, acme) == 320


async def test_a_deadlock_is_tried_again_and_nothing_is_lost(
    door: Door, acme: Company, refresher: Refresher, watcher: AsyncConnection[Any]
) -> None:
    await take(door, acme.company_id, [joined("e1", "a"), joined("e2", "a")], NOON)
    async with door.write(acme.company_id) as connection:
        # Against the order of keys that every ingest keeps, so that the two wait for each other.
        await connection.execute("select from event where key = 'e2' for update")
        taking = asyncio.create_task(take(door, acme.company_id, [joined("e1", "b"), joined("e2", "b")], NOON))
        await waits_for_a_lock(watcher, taking)
        await connection.execute("select from event where key = 'e1' for update")
    await taking

    assert await connections(door, refresher, acme) == 4


async def test_readers_of_one_company_share_one_refresh(
    door: Door, acme: Company, refresher: Refresher, count_revisions: Callable[[], Any]
) -> None:
    await take(door, acme.company_id, [joined("e", "a")], NOON)

    peaks = await asyncio.gather(*(connections(door, refresher, acme) for _ in range(5)))

    assert peaks == [1] * 5
    assert await count_revisions() == 1


@pytest.fixture
def count_revisions(door: Door, acme: Company) -> Callable[[], Any]:
    async def count() -> int:
        async with door.write(acme.company_id) as connection:
            row = await (await connection.execute("select revision from company_day where day = %s", (DAY,))).fetchone()
            return row[0] if row else 0

    return count


async def test_an_answer_says_what_it_lacks_when_a_refresh_cannot_be_waited_for(
    door: Door, acme: Company, refresher: Refresher, database: Database
) -> None:
    await take(door, acme.company_id, [joined("e", "a")], NOON)
    held = await AsyncConnection.connect(database.admin, options="-c search_path=turnout")
    await held.execute("lock table section_day in share mode")
    reading = Reading(door, refresher, acme, lambda: NOON, patience=0.2)

    [row] = await daily_peaks(reading, by_dates(acme, DAY, DAY), [Section.TOTAL])

    assert row.connections == 0
    assert reading.pending == {DAY: NOON}
    await held.close()
    assert await connections(door, refresher, acme) == 1


async def test_marks_made_while_a_reader_waits_do_not_hold_it_up(
    door: Door, acme: Company, refresher: Refresher
) -> None:
    class Restless:
        """Every refresh is followed by another activity at once, as in a company with an activity a second."""

        rounds = 0

        async def refresh(self, company: Company, first_day: date, last_day: date, patience: float) -> None:
            await refresher.refresh(company, first_day, last_day, patience)
            self.rounds += 1
            await take(door, acme.company_id, [joined("e", f"later-{self.rounds}")], NOON)

    await take(door, acme.company_id, [joined("e", "a")], NOON)
    restless = Restless()
    reading = Reading(door, restless, acme, lambda: NOON, patience=30)

    [row] = await daily_peaks(reading, by_dates(acme, DAY, DAY), [Section.TOTAL])

    assert (row.connections, restless.rounds) == (1, 1)
    assert not reading.pending
