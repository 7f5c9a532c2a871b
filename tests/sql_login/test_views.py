"""What a login for BI sees: what its company sees by GraphQL, and nothing of another."""

from datetime import date, datetime
from typing import Any

import pytest
from psycopg import sql

from tests.api.asking import ask
from tests.api.clients import Client
from tests.wall import VIEWS_FOR_BI

from .conftest import Login

SPRING = {"dates": {"from": "2026-02-28", "to": "2026-03-31"}}
MARCH = {"dates": {"from": "2026-03-01", "to": "2026-03-31"}}
ALWAYS = {"preset": "ALL_TIME"}


@pytest.fixture(params=["little", "other"])
def company(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def client(companies: dict[str, Client], company: str) -> Client:
    return companies[company]


@pytest.fixture
def login(request: pytest.FixtureRequest, company: str) -> Login:
    return request.getfixturevalue(company)


async def test_the_peaks_of_each_day_are_those_of_daily_peaks(client: Client, login: Login) -> None:
    sections = ["TOTAL", "MEETING", "WEBINAR", "CALL"]
    asked = await ask(client, "dailyPeaks", period=SPRING, sections=sections)

    seen = in_words(login, "select * from bi.daily_peak where day between '2026-02-28' and '2026-03-31'")

    assert by(seen, "day", "section") == by(shown(asked, seen), "day", "section")
    assert len(seen) == 32 * 4
    assert any(row["connections"] for row in seen)


async def test_whoever_is_still_there_counts_up_to_now(client: Client, login: Login) -> None:
    [asked] = await ask(client, "dailyPeaks", period={"preset": "TODAY"}, sections=["TOTAL"])

    [(minutes, peak)] = login.rows(
        "select participation_minutes, connections from bi.daily_peak"
        " where section = 'TOTAL' and day = (select today from bi.freshness)"
    )

    assert minutes == pytest.approx(asked["participationMinutes"], abs=2)
    assert peak == asked["connections"]


async def test_a_month_is_that_of_the_summary(client: Client, login: Login) -> None:
    asked = await ask(client, "periodSummary", period=MARCH)

    seen = {row["section"]: row for row in in_words(login, "select * from bi.month_summary where month = '2026-03-01'")}

    for section, field in (("TOTAL", "total"), ("MEETING", "meetings"), ("WEBINAR", "webinars"), ("CALL", "calls")):
        expected = asked[field]
        found = seen[section]
        for peak in ("peakConnections", "peakSpeakers", "peakListeners", "peakEvents"):
            value = expected.get(peak) or {"value": None, "at": None}
            assert (found[peak], found[f"{peak}At"]) == (value["value"], value["at"])
        for figure in ("eventsHeld", "participationMinutes", "uniqueParticipants", "meanDailyPeakConnections"):
            assert found[figure] == expected[figure]
        assert found["days"] == 31


async def test_the_totals_of_each_day_are_those_of_days(client: Client, login: Login) -> None:
    asked = await ask(client, "days", period=SPRING)

    seen = in_words(login, "select * from bi.day_total where day between '2026-02-28' and '2026-03-31' order by day")

    assert seen == shown(asked, seen)


async def test_events_are_those_of_event_stats(client: Client, login: Login) -> None:
    asked = (await ask(client, "eventStats", period=ALWAYS, first=500))["nodes"]

    seen = in_words(login, "select * from bi.event_stat")

    assert {row["eventId"] for row in seen} == {row["eventId"] for row in asked}
    for row, expected in zip(ordered(seen, "eventId"), ordered(asked, "eventId"), strict=True):
        assert row == {
            **{f: expected[f] for f in row},
            **{f: pytest.approx(expected[f], abs=2) for f in row if f.endswith("Minutes")},
        }


async def test_the_days_of_an_event_add_up_to_it(login: Login) -> None:
    rows = login.rows("""
        select e.event_id
        from bi.event_stat e
        join (
          select event_id, max(peak_connections) as peak, sum(participation_minutes) as minutes
          from bi.event_day group by event_id
        ) d using (event_id)
        where d.peak <> e.peak_connections or abs(d.minutes - e.participation_minutes) > 1e-6
    """)

    assert rows == []


async def test_users_are_those_of_user_stats(client: Client, login: Login) -> None:
    asked = (await ask(client, "userStats", period=ALWAYS, first=500))["nodes"]

    seen = in_words(login, "select * from bi.user_stat")

    assert by(seen, "userId", without="registered") == by(asked, "userId")


async def test_disk_use_is_that_of_disk_usage(client: Client, login: Login) -> None:
    asked = (await ask(client, "diskUsage", period=ALWAYS, first=500))["nodes"]

    seen = in_words(login, "select * from bi.disk_usage")

    assert by(seen, "userId") == by(asked, "userId")


async def test_clients_are_those_of_clients(client: Client, login: Login) -> None:
    asked = await ask(client, "clients", period=SPRING, perDay=True)

    seen = in_words(login, "select * from bi.client_stat where day between '2026-02-28' and '2026-03-31'")

    assert by(seen, "day", "device", "client") == by(asked, "day", "device", "client")


async def test_limits_are_those_of_the_company(client: Client, login: Login) -> None:
    asked = (await client.query("{ company { limits { metric section value validFrom: from validTo: to } } }"))[
        "company"
    ]

    seen = in_words(login, "select * from bi.company_limit")

    assert by(seen, "metric", "section", "validFrom") == by(asked["limits"], "metric", "section", "validFrom")


async def test_freshness_says_which_days_are_not_up_to_date(client: Client, login: Login) -> None:
    await ask(client, "dailyPeaks", period=ALWAYS)

    [fresh] = in_words(login, "select * from bi.freshness")

    assert fresh["company"] == client.company.slug if client.company else False
    assert fresh["timeZone"] == "Europe/Berlin"
    assert fresh["pendingDays"] == len(login.rows("select day from bi.pending_day")) == 0
    assert fresh["pendingSince"] is None


@pytest.mark.parametrize("view", sorted(VIEWS_FOR_BI))
def test_no_view_has_anything_of_the_other_company(little: Login, other: Login, view: str) -> None:
    query = sql.SQL("select v::text from {} v").format(sql.Identifier("bi", view))

    ours, theirs = (" ".join(row for (row,) in login.rows(query)) for login in (little, other))

    assert "CANARY" not in ours
    assert "777777" not in ours
    assert ("CANARY" in theirs) == (view in {"event_stat", "event_day", "user_stat", "disk_usage"})


def test_the_list_of_views_is_whole_and_each_column_is_explained(little: Login) -> None:
    described = little.rows("""
        select c.relname, count(a.attname), count(col_description(c.oid, a.attnum)),
          bool_and(obj_description(c.oid) is not null)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where c.relnamespace = 'bi'::regnamespace
        group by c.relname order by c.relname
    """)

    assert [name for name, *_ in described] == sorted(VIEWS_FOR_BI)
    assert all(columns == explained and whole for _, columns, explained, whole in described)


def shown(asked: list[dict[str, Any]], seen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of what the API has, what a view shows."""
    return [{name: row[name] for name in seen[0]} for row in asked]


def in_words(login: Login, query: Any) -> list[dict[str, Any]]:
    """Rows with the names and values of GraphQL."""
    with login.connect() as connection:
        found = connection.execute(query)
        names = [camel(column.name) for column in found.description or ()]
        return [dict(zip(names, map(plain, row), strict=True)) for row in found.fetchall()]


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return value


def ordered(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str([row[name] for name in names]))


def by(rows: list[dict[str, Any]], *names: str, without: str = "") -> list[dict[str, Any]]:
    return ordered([{name: value for name, value in row.items() if name != without} for row in rows], *names)
