"""How often signing in may fail, from where, and who is never kept out by it."""

import asyncio
from collections import Counter
from collections.abc import MutableMapping, Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from psycopg import sql
from structlog.testing import capture_logs

from turnout.database.errors import TurnoutError
from turnout.server.throttled import noting
from turnout.tenants.caller import Caller
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.hashing import QUEUE
from turnout.tenants.passwords import issue_password
from turnout.tenants.sessions import sign_in
from turnout.tenants.staff import add_staff
from turnout.tenants.support import support
from turnout.tenants.throttling import Throttled, admit, network_of, note_throttled, settle

from .databases import Database
from .waiting import until

HOME, OFFICE = "10.0.0.1", "192.0.2.7"


async def attempt(door: Door, name: str, address: str, at: datetime) -> int:
    """Fail once; for how many seconds the attempt was refused, 0 when it was made."""
    try:
        await admit(door, name, address, at)
    except TurnoutError as refused:
        return int(str(refused.details["seconds"]))
    return 0


async def attempts(door: Door, name: str, addresses: Sequence[str], at: datetime) -> list[int]:
    return [await attempt(door, name, address, at) for address in addresses]


async def succeed(door: Door, company: Company, address: str, at: datetime) -> None:
    made = await admit(door, company.slug, address, at)
    async with door.write(company.company_id) as connection:
        await settle(connection, made, at)


async def test_five_failures_are_free_and_then_each_doubles_the_wait(door: Door, now: datetime) -> None:
    free = await attempts(door, "acme", [HOME] * 6, now)

    waits, instant = list[int](), now
    for _ in range(12):
        waits.append(wait := await attempt(door, "acme", HOME, instant))
        assert await attempt(door, "acme", HOME, instant + timedelta(seconds=wait - 0.5)) == 1
        instant += timedelta(seconds=wait)
        assert await attempt(door, "acme", HOME, instant) == 0

    assert free == [0, 0, 0, 0, 0, 1]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


async def test_thirty_at_once_are_as_many_as_one_after_the_other(door: Door, now: datetime) -> None:
    waits = await asyncio.gather(*(attempt(door, "acme", HOME, now) for _ in range(30)))

    assert sorted(waits) == 5 * [0] + 25 * [1]


async def test_what_has_failed_is_forgotten_after_an_hour(door: Door, now: datetime) -> None:
    await attempts(door, "acme", [HOME] * 6, now)

    assert await attempts(door, "acme", [HOME] * 6, now + timedelta(hours=1, seconds=1)) == [0, 0, 0, 0, 0, 1]


async def test_a_success_takes_back_what_has_failed(door: Door, acme: Company, now: datetime) -> None:
    await attempts(door, "acme", [HOME] * 4, now)
    await succeed(door, acme, HOME, now)

    made = [await admit(door, "acme", HOME, now) for _ in range(6)]

    assert [each.wait for each in made] == [0, 0, 0, 0, 0, 1]
    assert all(each.known for each in made)


async def test_each_address_has_failures_of_its_own(door: Door, now: datetime) -> None:
    await attempts(door, "acme", [HOME] * 6, now)

    assert await attempt(door, "acme", OFFICE, now) == 0
    assert await attempt(door, "globex", HOME, now) == 0


async def test_a_hundred_failures_an_hour_slow_new_addresses_alone(door: Door, acme: Company, now: datetime) -> None:
    await succeed(door, acme, OFFICE, now)
    botnet = [f"10.1.{number}.1" for number in range(100)]

    waits = await attempts(door, "acme", botnet, now)

    assert waits == [0] * 100
    assert await attempt(door, "acme", HOME, now) == 36
    assert await attempt(door, "acme", OFFICE, now) == 0
    assert await attempt(door, "globex", HOME, now) == 0
    assert await attempts(door, "acme", [HOME, "10.2.2.2"], now + timedelta(seconds=36)) == [0, 36]


async def test_an_address_fails_thirty_times_a_minute_over_all_companies(door: Door, now: datetime) -> None:
    waits = [await attempt(door, f"company-{number}", HOME, now) for number in range(31)]

    assert waits == [0] * 30 + [2]
    assert await attempt(door, "company-0", OFFICE, now) == 0
    assert await attempt(door, "company-99", HOME, now + timedelta(seconds=2)) == 0


async def test_a_name_that_no_company_has_is_counted_like_any_other(door: Door, acme: Company, now: datetime) -> None:
    names = ("acme", "hooli", "")

    waits = [await attempts(door, name, [f"10.0.{place}.1"] * 8, now) for place, name in enumerate(names)]

    assert waits[0] == waits[1] == waits[2]


async def test_whoever_is_refused_costs_no_hash(
    door: Door, acme: Company, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await attempts(door, "acme", [HOME] * 5, now)

    def verify(*_: object) -> bool:
        raise AssertionError

    monkeypatch.setattr(PasswordHasher, "verify", verify)

    with pytest.raises(TurnoutError, match="THROTTLED"):
        await sign_in(door, "acme", "x", lambda: now, caller=Caller(HOME))


async def test_an_address_that_has_succeeded_is_never_refused_with_the_right_password(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    with support(database.support) as session:
        password = issue_password(session, "acme", None, now).text
    await succeed(door, acme, HOME, now)
    for _ in range(40):
        await admit(door, "acme", HOME, now)

    with pytest.raises(TurnoutError) as refused:
        await sign_in(door, "acme", "wrong", lambda: now, caller=Caller(HOME))
    signed_in = await sign_in(door, "acme", password, lambda: now, caller=Caller(HOME))

    assert (refused.value.code, refused.value.details) == ("THROTTLED", {"seconds": 300})
    assert signed_in.company == acme


async def test_an_address_that_has_succeeded_finds_a_place_when_others_have_taken_all(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    with support(database.support) as session:
        password = issue_password(session, "acme", None, now).text
    await succeed(door, acme, HOME, now)
    gate, full = Event(), Counter[str]()
    crowd = [asyncio.create_task(QUEUE.run(gate.wait)) for _ in range(22)]
    await asyncio.sleep(0)

    for name, address in (("acme", OFFICE), ("hooli", HOME)):
        with pytest.raises(TurnoutError) as refused:
            await sign_in(door, name, password, lambda: now, caller=Caller(address))
        full[refused.value.code] += 1
    signed_in = await sign_in(door, "acme", password, lambda: now, caller=Caller(HOME))
    gate.set()
    await asyncio.gather(*crowd)

    assert full == {"BUSY": 2}
    assert signed_in.company == acme
    assert await attempts(door, "acme", [OFFICE] * 6, now) == [0, 0, 0, 0, 0, 1]


async def test_throttling_is_noted_once_when_it_begins(
    database: Database, door: Door, acme: Company, globex: Company, now: datetime
) -> None:
    await attempts(door, "acme", [HOME] * 20, now)
    await attempts(door, "acme", [f"10.1.{number}.1" for number in range(110)], now)

    told = await note_throttled(door)

    assert told == [Throttled("acme", None, HOME, 5), Throttled("acme", None, None, 100)]
    assert await note_throttled(door) == []
    with psycopg.connect(database.admin) as admin:
        notes = admin.execute(
            "select company_id, at, action, host(address), details->>'of' from turnout.audit where actor = 'SYSTEM'"
        )
        assert notes.fetchall() == [
            (acme.company_id, now, "sign_in.throttled", HOME, "ADDRESS"),
            (acme.company_id, now, "sign_in.throttled", None, "NEW_ADDRESSES"),
        ]


async def test_of_support_it_is_noted_in_the_audit_of_support(database: Database, door: Door, now: datetime) -> None:
    with support(database.support) as session:
        add_staff(session, "Ann", now)
    for name in ("Ann", "Bob"):
        await attempts(door, f"support:{name}", [HOME] * 20, now)

    told = await note_throttled(door)

    assert told == [Throttled(None, "Ann", HOME, 5), Throttled(None, None, HOME, 5)]
    with psycopg.connect(database.admin) as admin:
        notes = admin.execute("select action, target, host(address) from turnout.staff_audit where actor = 'SYSTEM'")
        assert notes.fetchall() == [("sign_in.throttled", "Ann", HOME)]


async def test_while_a_server_runs_it_is_noted_and_logged_by_itself(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    for name in ("acme", "hooli"):
        await attempts(door, name, [HOME] * 6, now)

    with capture_logs() as logs:

        def noted() -> list[MutableMapping[str, Any]]:
            return [log for log in logs if log["event"] == "sign_in_throttled"]

        async def logged() -> bool:
            return len(noted()) == 2

        async with noting(door, period=0.05):
            await until(logged)

    said = [(log["company"], log["staff"], log["address"], log["failures"]) for log in noted()]
    assert said == [("acme", None, HOME, 5), (None, None, HOME, 5)]


async def test_a_refusal_writes_as_many_rows_to_the_same_tables_whether_a_company_has_the_name(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    written: list[Counter[str]] = []
    with psycopg.connect(database.admin, options="-c search_path=turnout", autocommit=True) as admin:
        for place, name in enumerate(("acme", "hooli")):
            before = lengths(admin)
            await attempts(door, name, [f"10.0.{place}.1"] * 6, now)
            written.append(lengths(admin) - before)

    assert written[0] == written[1] == {"sign_in_throttle": 1, "sign_in_bucket": 2, "sign_in_throttled": 1}


def lengths(admin: psycopg.Connection) -> Counter[str]:
    """How many rows each table has."""
    tables = admin.execute(
        "select relname from pg_class where relnamespace = 'turnout'::regnamespace and relkind = 'r'"
    )
    counting = sql.SQL("select count(*) from {}")
    counted = {name: admin.execute(counting.format(sql.Identifier(name))).fetchone() for (name,) in tables.fetchall()}
    return Counter({name: row[0] for name, row in counted.items() if row})


async def test_failures_are_swept_away_and_successes_are_kept(
    database: Database, door: Door, acme: Company, now: datetime
) -> None:
    await succeed(door, acme, OFFICE, now)
    await attempts(door, "acme", [f"10.1.{number}.1" for number in range(8)], now)

    for _ in range(3):
        await attempt(door, "globex", HOME, now + timedelta(days=2))

    with psycopg.connect(database.admin) as admin:
        kept = admin.execute("select host(address) from turnout.sign_in_throttle order by 1").fetchall()
    assert kept == [(HOME,), (OFFICE,)]


async def test_no_name_that_was_entered_is_kept(database: Database, door: Door, now: datetime) -> None:
    await attempt(door, "k7qfm-2xwpa-9rtbc-hd4ve", HOME, now)

    with psycopg.connect(database.admin) as admin:
        rows = admin.execute(
            "select t::text from turnout.sign_in_throttle t union all select b::text from turnout.sign_in_bucket b"
        )
        assert "k7qfm" not in str(rows.fetchall())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "0.0.0.0/32"),
        ("unknown", "0.0.0.0/32"),
    ],
)
def test_an_address_is_one_of_ipv4_or_a_network_of_ipv6(address: str | None, network: str) -> None:
    assert network_of(address) == network
