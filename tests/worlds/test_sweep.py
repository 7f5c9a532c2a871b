"""The sweep writes what the reference SQL computes, row by row, of whatever days and as of whatever instant."""

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString, cast

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from psycopg import AsyncConnection, sql

from tests.databases import Database, drop
from tests.oracle.worlds import World, worlds
from tests.worlds.stage import Stage, open_stage
from turnout.analytics.sweeping.sweep import Sweep
from turnout.database.statements import statements
from turnout.tenants.company import Company

REFRESH: Final = statements("turnout.analytics", "refresh.sql")
REFERENCE: Final = statements("tests.worlds", "reference.sql")
CLEARING: Final[list[LiteralString]] = [text for name, text in REFRESH.items() if name.startswith("clear_")]
OF_SEGMENTS: Final = (
    *("company_day", "section_day", "event_day", "owner_day", "person_day", "presence_day"),
    *("peak_day", "device_day", "room_day", "hour_day"),
)
OF_COMPANIES: Final = (
    *OF_SEGMENTS,
    *("level_day", "billing_day", "carried_stay_day", "feature_day", "media_day", "quality_day", "sampled_stay_day"),
)
SEGMENTS: Final = ('{"roomPrefix": "r"}', '{"externalId": "p1"}', '{"metadata": {"key": "customer", "value": "a"}}')
LATER: Final = (timedelta(0), timedelta(minutes=5), timedelta(hours=25))
AT_ONCE: Final = 16

Rollups = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def stage(server: str, template: str) -> Generator[Stage]:
    database = Database.cloned(server, template)
    with open_stage(database) as opened:
        yield opened
    drop(server, database.name)


@seed(20261122)
@settings(
    max_examples=4,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=worlds())
def test_a_sweep_writes_what_the_reference_computes(stage: Stage, world: World) -> None:
    stage.play(sweep_and_compare(stage, world))


async def sweep_and_compare(stage: Stage, world: World) -> None:
    for number, told in enumerate(world.companies):
        company = await stage.enter(world, told)
        for delivery in told.deliveries:
            await stage.product.tell(company, delivery)
        for turn, later in enumerate(LATER):
            for segment in (None, SEGMENTS[(number + turn) % len(SEGMENTS)]):
                await compare(stage, company, world.now + later, segment)


async def compare(stage: Stage, company: Company, as_of: datetime, segment: str | None) -> None:
    tables = OF_COMPANIES if segment is None else OF_SEGMENTS
    connection = stage.product.support
    fixed = {"company": company.company_id, "generation": company.generation, "as_of": as_of, "segment": segment}
    days = await (await connection.execute(REFERENCE["days_to_sweep"], fixed)).fetchall()
    for begin in range(0, len(days), AT_ONCE):
        day, starts, ends = (list(column) for column in zip(*days[begin : begin + AT_ONCE], strict=True))
        asked = fixed | {"days": day, "starts": starts, "ends": ends}

        expected = await rollups(connection, asked, tables, by_sweep=False, zone=company.time_zone)
        swept = await rollups(connection, asked, tables, by_sweep=True, zone=company.time_zone)

        for table in tables:
            assert swept[table] == expected[table], (table, as_of, segment)


async def rollups(
    connection: AsyncConnection[Any], asked: dict[str, Any], tables: Sequence[str], *, by_sweep: bool, zone: str
) -> Rollups:
    """The rows that one of the two makes of some days; nothing is kept."""
    async with connection.transaction(force_rollback=True):
        await connection.execute("set local time zone 'UTC'")
        await connection.execute(REFRESH["begin_days"], asked)
        if by_sweep:
            # Over what was there before, of which some is the same, some is not, and some must go.
            for as_of in (asked["as_of"] - timedelta(hours=30), asked["as_of"]):
                await clear(connection, asked)
                sweep = Sweep(connection, asked["company"], asked["generation"], asked["segment"])
                await sweep.write(asked["days"], asked["starts"], asked["ends"], as_of, zone)
        else:
            for part in ("stays", "presence", "breakdown", "features", "levels", "billing"):
                await connection.execute(REFERENCE[f"compute_{part}"], asked)
        return {table: await rows(connection, table, asked) for table in tables}


async def clear(connection: AsyncConnection[Any], asked: dict[str, Any]) -> None:
    for statement in CLEARING:
        await connection.execute(statement, asked)


async def rows(connection: AsyncConnection[Any], table: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    text = sql.SQL("select to_jsonb(t) from {} t where company_id = %(company)s and day = any (%(days)s)")
    found = await (await connection.execute(text.format(sql.Identifier(table)), asked)).fetchall()
    return sorted(({column: in_order(value) for column, value in row.items()} for (row,) in found), key=repr)


def in_order(value: object) -> object:
    """What a list of open stays' phases says does not depend on its order."""
    return sorted(cast("list[int]", value)) if isinstance(value, list) else value
