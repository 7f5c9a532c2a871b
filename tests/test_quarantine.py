"""`turnout quarantine` and `turnout replay`: what could not be counted is shown, taken again, and counted once."""

import asyncio
import json
from asyncio import to_thread
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import psycopg
import pytest
from typer.testing import CliRunner, Result

from turnout.ingest.intake import take
from turnout.ingest.quarantine import list_quarantine, replay
from turnout.server.cli import app
from turnout.tenants.company import Company
from turnout.tenants.connection import Door

from .databases import Database

Turnout = Callable[..., Result]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.fixture
def turnout(database: Database, monkeypatch: pytest.MonkeyPatch) -> Turnout:
    monkeypatch.setenv("DATABASE_URL", database.app)
    monkeypatch.setenv("TURNOUT_REFRESHER_URL", database.refresher)
    monkeypatch.setenv("TURNOUT_SUPPORT_URL", database.support)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def body(kind: str, id_: str, minute: float = 0, connection: str = "c", event: str = "e", **envelope: object) -> bytes:
    said = {"specversion": "1.0", "id": id_, "source": "test", "type": f"turnout.stay.{kind}"}
    at = (NOON - 2 * DAY + timedelta(minutes=minute)).isoformat()
    return json.dumps(said | {"time": at, "data": {"event": event, "connection": connection}} | envelope).encode()


def hold(database: Database, company: Company, code: str, *bodies: bytes, at: datetime = NOON) -> None:
    """Put deliveries into quarantine as an earlier version would have, which did not know their type."""
    statement: LiteralString = """
        insert into quarantine (company_id, digest, code, detail, body, first_at, last_at, position)
        values (%s, uuid_send(gen_random_uuid()), %s, 'as it was', %s, %s, %s, %s)
    """
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        for position, held in enumerate(bodies):
            admin.execute(statement, (company.company_id, code, held, at, at, position))


def rows(database: Database, query: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        return admin.execute(query).fetchall()


def execute(database: Database, statements: LiteralString) -> None:
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        admin.execute(statements)


async def listed(door: Door, company: Company, code: str | None = None, limit: int = 50, now: datetime = NOON) -> Any:
    totals, held = await list_quarantine(door, company.company_id, code, limit, now)
    return [(one.code, one.deliveries, one.times) for one in totals], [(one.code, one.id) for one in held]


async def test_one_bad_line_in_a_thousand_is_listed_and_the_others_stored(door: Door, acme: Company) -> None:
    bodies = [body("joined", str(number), connection=str(number)) for number in range(1000)]
    bodies[500] = body("joyned", "500")

    receipt = await take(door, acme.company_id, bodies, NOON)

    assert (receipt.accepted, len(receipt.quarantined)) == (999, 1)
    assert await listed(door, acme) == ([("UNKNOWN_TYPE", 1, 1)], [("UNKNOWN_TYPE", "500")])


async def test_what_can_be_counted_now_leaves_the_quarantine_once(
    turnout: Turnout, door: Door, database: Database, acme: Company
) -> None:
    bodies = [body("joined", str(number), connection=str(number)) for number in range(1000)]
    await take(door, acme.company_id, bodies[:999], NOON)
    hold(database, acme, "UNKNOWN_TYPE", bodies[999], bodies[0], body("joyned", "x"))

    first, again = [await to_thread(turnout, "replay", "acme", "--json") for _ in range(2)]

    assert json.loads(first.stdout) == [{"accepted": 1, "known": 1, "quarantined": 1}]
    assert json.loads(again.stdout) == [{"accepted": 0, "known": 0, "quarantined": 1}]
    assert rows(database, "select count(*) from signal") == [(1000,)]
    assert await listed(door, acme) == ([("UNKNOWN_TYPE", 1, 1)], [("UNKNOWN_TYPE", None)])
    assert rows(database, "select count(*) from mark") == [(0,)]


async def test_of_two_that_contradict_each_other_the_first_that_arrived_stands(
    door: Door, database: Database, acme: Company
) -> None:
    second, first = body("joined", "1", minute=2), body("joined", "1", minute=1)
    hold(database, acme, "UNKNOWN_TYPE", second)
    hold(database, acme, "UNKNOWN_TYPE", first, at=NOON - DAY)

    done = await replay(door, acme.company_id, None, lambda: NOON)

    assert (done.accepted, done.known, done.quarantined) == (1, 0, 1)
    assert rows(database, "select code, body, times from quarantine") == [("CONFLICT", second, 1)]


async def test_order_holds_within_a_delivery_too(door: Door, database: Database, acme: Company) -> None:
    said = [body("joined", "1", minute=minute) for minute in range(5)]
    hold(database, acme, "UNKNOWN_TYPE", *said)

    await replay(door, acme.company_id, None, lambda: NOON)

    assert {kept for (kept,) in rows(database, "select body from quarantine")} == set(said[1:])


async def test_only_the_code_that_is_asked_for_is_listed_and_replayed(
    turnout: Turnout, door: Door, database: Database, acme: Company
) -> None:
    hold(database, acme, "TOO_FAR_AHEAD", body("joined", "1"))
    hold(database, acme, "UNKNOWN_TYPE", body("joined", "2"))

    shown = await to_thread(turnout, "quarantine", "acme", "--code", "TOO_FAR_AHEAD", "--json")
    replayed = await to_thread(turnout, "replay", "acme", "--code", "TOO_FAR_AHEAD", "--json")

    assert [row["code"] for row in json.loads(shown.stdout)["quarantined"]] == ["TOO_FAR_AHEAD"]
    assert json.loads(replayed.stdout) == [{"accepted": 1, "known": 0, "quarantined": 0}]
    assert rows(database, "select code from quarantine") == [("UNKNOWN_TYPE",)]


@pytest.mark.parametrize("code", ["CSV_ROW", "LEAVE_BEFORE_JOIN", "TOO_LARGE"])
async def test_what_is_not_whole_stays_and_says_what_it_said(
    door: Door, database: Database, acme: Company, code: str
) -> None:
    hold(database, acme, code, body("joined", "1"))

    done = await replay(door, acme.company_id, None, lambda: NOON)

    assert (done.accepted, done.known, done.quarantined) == (0, 0, 1)
    assert rows(database, "select code, detail from quarantine") == [(code, "as it was")]


async def test_more_than_one_transaction_takes_is_replayed_whole(
    door: Door, database: Database, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnout.ingest.quarantine.LINES_AT_ONCE", 3)
    monkeypatch.setattr("turnout.ingest.quarantine.BYTES_AT_ONCE", 500)
    hold(database, acme, "UNKNOWN_TYPE", *(body("joined", str(number)) for number in range(8)), body("x", "y"))

    done = await replay(door, acme.company_id, None, lambda: NOON)

    assert (done.accepted, done.known, done.quarantined) == (8, 0, 1)


async def test_replays_and_deliveries_that_meet_count_once(door: Door, database: Database, acme: Company) -> None:
    bodies = [body("joined", str(number), connection=str(number % 9), event=f"e{number % 5}") for number in range(60)]
    hold(database, acme, "UNKNOWN_TYPE", *bodies)

    await asyncio.gather(
        *(replay(door, acme.company_id, None, lambda: NOON) for _ in range(2)),
        *(take(door, acme.company_id, bodies[::step], NOON) for step in (-1, 2)),
    )

    assert rows(database, "select count(*), count(distinct activity_key) from signal") == [(60, 60)]
    assert rows(database, "select count(*) from quarantine") == [(0,)]


DEATH: LiteralString = """
    create function die() returns trigger language plpgsql as $$ begin raise 'killed'; end $$;
    create trigger death before delete on quarantine execute function die()
"""


async def test_a_death_in_between_loses_nothing(door: Door, database: Database, acme: Company) -> None:
    hold(database, acme, "UNKNOWN_TYPE", body("joined", "1"))
    execute(database, DEATH)
    with pytest.raises(psycopg.errors.RaiseException):
        await replay(door, acme.company_id, None, lambda: NOON)
    execute(database, "drop trigger death on quarantine")
    before = rows(database, "select (select count(*) from signal), (select count(*) from quarantine)")

    done = await replay(door, acme.company_id, None, lambda: NOON)

    assert before == [(0, 1)]
    assert done.accepted == 1


async def test_another_companys_quarantine_is_never_shown_nor_replayed(
    turnout: Turnout, door: Door, database: Database, acme: Company, globex: Company
) -> None:
    hold(database, globex, "UNKNOWN_TYPE", body("joined", "1"))
    await take(door, globex.company_id, [body("left", "2")], NOON)

    shown, replayed = [await to_thread(turnout, command, "acme", "--json") for command in ("quarantine", "replay")]

    assert json.loads(shown.stdout) == {"totals": [], "quarantined": []}
    assert json.loads(replayed.stdout) == [{"accepted": 0, "known": 0, "quarantined": 0}]
    assert rows(database, "select company_id from quarantine") == [(globex.company_id,)]


async def test_the_list_shows_what_a_person_needs_and_json_all(turnout: Turnout, door: Door, acme: Company) -> None:
    long = b'{"id": "1", "source": "s", "x": "' + b"\x1b[31m" + b"y" * 100 + b'"}'
    for _ in range(2):
        await take(door, acme.company_id, [long], NOON)

    table, as_json = [await to_thread(turnout, "quarantine", "acme", *options) for options in ((), ("--json",))]

    [row] = json.loads(as_json.stdout)["quarantined"]
    assert (row["code"], row["times"], row["firstAt"]) == ("UNREADABLE", 2, "2026-03-02T12:00:00Z")
    assert row["body"] == long.decode()
    assert "\x1b" not in table.stdout
    assert r'{"id": "1", "source": "s", "x": "\x1b[31myyy' in table.stdout
    assert table.stdout.split()[:6] == ["CODE", "DELIVERIES", "TIMES", "UNREADABLE", "1", "2"]
    assert "…" in table.stdout


def test_the_newest_come_first_and_no_more_than_asked_for(turnout: Turnout, database: Database, acme: Company) -> None:
    for hour in range(3):
        hold(database, acme, "INVALID", b"%d" % hour, at=NOON + timedelta(hours=hour))

    shown = json.loads(turnout("quarantine", "acme", "--limit", "2", "--json").stdout)

    assert [row["body"] for row in shown["quarantined"]] == ["2", "1"]
    assert shown["totals"] == [{"code": "INVALID", "deliveries": 3, "times": 3}]


def test_that_somebody_looked_is_in_the_audit_and_nothing_of_what_was_seen(
    turnout: Turnout, database: Database, acme: Company
) -> None:
    hold(database, acme, "INVALID", b"Anna", b"Ben")

    turnout("quarantine", "acme", "--limit", "1")

    noted = rows(database, "select actor::text, target, details from audit where action = 'quarantine.read'")
    assert noted == [("COMMAND", "acme", {"deliveries": 1, "withBodies": True})]


@pytest.mark.parametrize("command", ["quarantine", "replay"])
def test_an_unknown_company_is_a_coded_error(turnout: Turnout, acme: Company, command: str) -> None:
    refused = turnout(command, "hooli")

    assert refused.exit_code == 1
    assert refused.stderr.startswith("UNKNOWN_COMPANY: ")


async def test_a_leave_without_a_join_is_listed_after_a_while_and_until_the_join_comes(
    door: Door, acme: Company
) -> None:
    await take(door, acme.company_id, [body("left", "1", minute=10)], NOON)
    due = NOON - 2 * DAY + timedelta(minutes=10) + DAY

    early = await listed(door, acme, now=due - timedelta(microseconds=1))
    then = await listed(door, acme, now=due)
    await take(door, acme.company_id, [body("joined", "2", minute=5)], NOON)
    after = await listed(door, acme, now=due)

    assert early == after == ([], [])
    assert then == ([("LEAVE_WITHOUT_JOIN", 1, 1)], [("LEAVE_WITHOUT_JOIN", "1")])


async def test_a_leave_that_was_taken_back_is_not_listed(door: Door, acme: Company) -> None:
    taken_back = body("left", "2", type="turnout.activity.retracted", replaces="1")

    await take(door, acme.company_id, [body("left", "1"), taken_back], NOON)

    assert await listed(door, acme) == ([], [])
