"""The door's connections after something has failed on them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import pytest

from tests.databases import Database
from turnout.tenants.company import Company
from turnout.tenants.connection import Door, Statement

SOUND = Statement("select 1", {}, int)
SLOW = Statement("select 1 from pg_sleep(5)", {}, int)
BROKEN = Statement("select 1 / 0", {}, int)
# So many times psycopg sees a statement before it has the server prepare it.
UNPREPARED = 5


@pytest.fixture
async def door_of_one(database: Database) -> AsyncGenerator[Door]:
    door = Door(database.app, readers=1, writers=1)
    await door.open()
    yield door
    await door.close()


async def test_a_statement_is_answered_behind_one_that_fails_whenever_it_is_prepared(
    door_of_one: Door, acme: Company
) -> None:
    for _ in range(3 * UNPREPARED):
        broken, sound = await door_of_one.read(acme.company_id, [BROKEN, SOUND])

        assert isinstance(broken, Exception)
        assert sound == [1]


async def test_a_statement_is_answered_after_one_that_was_given_up(door_of_one: Door, acme: Company) -> None:
    for _ in range(UNPREPARED):
        await door_of_one.read(acme.company_id, [SOUND])
    with suppress(TimeoutError):
        async with asyncio.timeout(0.1):
            await door_of_one.read(acme.company_id, [SLOW, SOUND])

    assert await door_of_one.read(acme.company_id, [SOUND]) == [[1]]
