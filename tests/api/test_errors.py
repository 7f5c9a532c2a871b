"""What clients hear when something fails: their own mistakes in full, ours by number alone."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from graphql import GraphQLError, parse
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from structlog.testing import capture_logs

from tests.databases import Database
from turnout.graphql.errors import failure

from .clients import Client, joined

EVENT = '{ event(eventId: "standup") { kind } }'
PEAKS = "{ dailyPeaks(period: {preset: TODAY}) { day } }"
OURS = ("psycopg", "Traceback", "select", "section_day", "relation", "mark", "/site-packages/", "turnout_app")


def rename(database: Database, table: str) -> None:
    """Break our side, as a botched migration would."""
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        admin.execute(sql.SQL("alter table {} rename to elsewhere").format(sql.Identifier(table)))


@contextmanager
def unreachable(database: Database) -> Generator[None]:
    """The database lets nobody in."""
    name = conninfo_to_dict(database.admin)["dbname"]
    let_in = sql.SQL("alter database {} with allow_connections {}")
    with psycopg.connect(database.admin, dbname="postgres", autocommit=True) as admin:
        admin.execute(let_in.format(sql.Identifier(str(name)), False))
        admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
        try:
            yield
        finally:
            admin.execute(let_in.format(sql.Identifier(str(name)), True))


async def test_a_fault_of_ours_shows_its_number_and_nothing_else(at_acme: Client, database: Database) -> None:
    rename(database, "section_day")

    with capture_logs() as logs:
        answer = await at_acme.post(PEAKS)

    number = answer.headers["x-request-id"]
    [error] = answer.json()["errors"]
    assert (error["message"], error["path"]) == ("Something went wrong on our side.", ["dailyPeaks"])
    assert (error["extensions"]["code"], error["extensions"]["requestId"]) == ("INTERNAL", number)
    assert not [word for word in OURS if word in answer.text]
    assert [log["request_id"] for log in logs if isinstance(log.get("exc_info"), psycopg.Error)] == [number]


async def test_a_fault_outside_of_fields_shows_no_more(at_acme: Client, database: Database, now: datetime) -> None:
    rename(database, "activity")

    with capture_logs() as logs:
        answer = await at_acme.ingest([joined("standup", "c-1", now)])

    assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL")
    assert answer.json()["requestId"] == answer.headers["x-request-id"] == logs[-1]["request_id"]
    assert not [word for word in OURS if word in answer.text]


async def test_a_wrong_question_is_explained(at_acme: Client) -> None:
    query = '{ dailyPeaks(period: {dates: {from: "2026-03-02", to: "2026-03-01"}}) { day } }'

    [error] = await at_acme.errors(query)

    assert error["message"] == "The period from 2026-03-02 to 2026-03-01 is empty or reversed."
    assert error["extensions"] == {
        "code": "PERIOD_REVERSED",
        "hint": "`from` must lie before `to`; ranges of dates include both days.",
        "value": ["2026-03-02", "2026-03-01"],
    }


async def test_while_the_database_is_away_everything_says_so_and_then_goes_on(
    at_acme: Client, database: Database
) -> None:
    with unreachable(database):
        away = await asyncio.gather(at_acme.post(PEAKS), at_acme.post(EVENT), at_acme.ingest([{"id": "1"}]))
        ready = await at_acme.http.get("/health/ready")
        live = await at_acme.http.get("/health/live")
    back = await until_answered(at_acme)

    for answer in away:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert not [word for word in OURS if word in answer.text]
    assert (ready.status_code, live.status_code) == (503, 200)
    assert len(back["dailyPeaks"]) == 1
    assert (await at_acme.http.get("/health/ready")).status_code == 200


async def until_answered(client: Client) -> Any:
    """The data once the pools have found their way back, within 20 seconds."""
    async with asyncio.timeout(20):
        while True:
            if (answer := await client.post(PEAKS)).status_code != 503:
                return answer.json()["data"]
            await asyncio.sleep(0.1)


def test_an_argument_that_fails_while_a_field_runs_is_the_clients() -> None:
    nodes = list(parse("{ a }").definitions)
    cause = GraphQLError("Argument 'x' must not be null.", nodes)

    shown = failure(GraphQLError(cause.message, nodes, path=["a"], original_error=cause), "number")

    assert (shown["message"], shown["extensions"]["code"]) == (cause.message, "GRAPHQL_VALIDATION_FAILED")


def test_a_value_of_ours_that_cannot_be_written_is_not() -> None:
    cause = GraphQLError("Int cannot represent secret")

    shown = failure(GraphQLError(cause.message, path=["a"], original_error=cause), "number")

    assert "secret" not in str(shown)
    assert shown["extensions"]["code"] == "INTERNAL"
