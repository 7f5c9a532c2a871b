"""What a login for BI sees: what its company sees by GraphQL, and nothing of another."""

from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.api.asking import ask
from tests.api.clients import Client
from tests.databases import Database
from tests.wall import READ_FOR_BI, VIEWS_FOR_BI
from turnout.analytics.closing import NOT_AT_ALL, Closing
from turnout.server.services import utc_now

from .comparing import by, in_words, ordered, shown, without_quality
from .conftest import Login

SPRING = {"dates": {"from": "2026-02-28", "to": "2026-03-31"}}
MARCH = {"dates": {"from": "2026-03-01", "to": "2026-03-31"}}
ALWAYS = {"preset": "ALL_TIME"}
DAILY_VIEWS = (
    "daily_peak",
    "day_total",
    "event_day",
    "client_stat",
    "device_day",
    "media_day",
    "room_day",
    "hour_peak",
    "limit_use_day",
)


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

    assert without_quality(seen) == shown(asked, seen)


async def test_a_day_of_rooms_features_and_quality_is_that_of_days(client: Client, login: Login) -> None:
    quality = "quality { stays staysWithSample staysInTrouble }"
    query = f"query($p: PeriodInput!) {{ days(period: $p) {{ day {quality} }} }}"
    asked = {row["day"]: row["quality"] for row in (await client.query(query, {"p": SPRING}))["days"]}

    seen = in_words(login, "select * from bi.day_total where day between '2026-02-28' and '2026-03-31'")

    assert {row["day"]: {name: row[name] for name in asked[row["day"]]} for row in seen} == asked
    assert {"activeRooms", "peakRecordings", "captionsMinutes", "questions"} < seen[0].keys()
    for column in ("stays", "staysInTrouble", "activeRooms", "recordedMinutes", "captionsMinutes", "publicChatPosts"):
        assert any(row[column] for row in seen), column


async def test_minutes_by_device_and_track_are_those_of_days(client: Client, login: Login) -> None:
    tracks = "{ audioVideo video audio screen }"
    fields = f"devices: participationMinutesByDevice {{ device minutes }} SENT: sentMinutes {tracks}"
    fields += f" RECEIVED: receivedMinutes {tracks}"
    days = (await client.query(f"query($p: PeriodInput!) {{ days(period: $p) {{ day {fields} }} }}", {"p": SPRING}))[
        "days"
    ]

    devices = in_words(login, "select * from bi.device_day where day between '2026-02-28' and '2026-03-31'")
    media = in_words(login, "select day, direction, track, minutes from bi.media_day")

    spent = [(row["day"], each["device"], each["minutes"]) for row in days for each in row["devices"]]
    expected = {(day, device): minutes for day, device, minutes in spent if minutes}
    assert {(row["day"], row["device"]): row["participationMinutes"] for row in devices} == expected
    for row in media:
        first, *others = row["track"].lower().split("_")
        day = next(each for each in days if each["day"] == row["day"])
        assert row["minutes"] == day[row["direction"]]["".join([first, *map(str.capitalize, others)])]
    assert len(media) == 2


async def test_hours_are_those_of_each_day(client: Client, login: Login) -> None:
    day = {"dates": {"from": "2026-03-01", "to": "2026-03-01"}}
    asked = await ask(client, "hours", period=day, sections=["TOTAL", "MEETING", "WEBINAR", "CALL"])

    seen = in_words(login, "select * from bi.hour_peak where day = '2026-03-01'")

    names = {"connections": "peakConnections", "speakers": "peakSpeakers", "listeners": "peakListeners"}
    names |= {"events": "peakEvents"} | {name: name for name in ("hour", "section", "participationMinutes")}
    expected = [{ours: row[theirs] for ours, theirs in names.items()} for row in asked if row["peakConnections"]]
    assert by(seen, "hour", "section", without="day") == by(expected, "hour", "section")
    assert len(expected) > 8


async def test_rooms_of_a_day_are_those_of_room_stats(client: Client, login: Login) -> None:
    day = {"dates": {"from": "2026-03-01", "to": "2026-03-01"}}
    asked = (await ask(client, "roomStats", period=day, first=500))["nodes"]

    seen = in_words(login, "select * from bi.room_day where day = '2026-03-01'")

    assert by(seen, "roomId", without="day") == by(asked, "roomId")
    assert asked


async def test_the_time_near_a_limit_is_that_of_limit_use(little: Login, companies: dict[str, Client]) -> None:
    for metric, section in (("EVENTS", "TOTAL"), ("CONNECTIONS", "TOTAL"), ("EVENTS", "CALL")):
        asked = await ask(companies["little"], "limitUse", period=MARCH, metric=metric, section=section)

        [found] = little.rows(f"""
            select sum(minutes), sum(minutes_above_80), sum(minutes_above_90), sum(minutes_above_100)
            from bi.limit_use_day
            where metric = '{metric}' and section = '{section}' and day between '2026-03-01' and '2026-03-31'
        """)

        time = asked["time"]
        names = ("minutesWithLimit", "minutesAbove80", "minutesAbove90", "minutesAbove100")
        assert found == pytest.approx(tuple(time[name] for name in names))
        assert metric != "EVENTS" or section != "TOTAL" or time["minutesAbove100"] > 0


async def test_closed_periods_are_those_that_were_billed(client: Client, login: Login, database: Database) -> None:
    assert client.company
    async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        await Closing(connection, client.company.company_id, client.company.generation).run(utc_now(), NOT_AT_ALL)
    figures = "metric section used at limit worstShare worstShareAt"
    query = f'{{ closedPeriod(firstDay: "2026-03-01") {{ revision reasons figures {{ {figures} }} }} }}'
    asked = (await client.query(query))["closedPeriod"]

    seen = in_words(login, "select * from bi.closed_period where first_day = '2026-03-01' and is_latest")

    assert {(row["revision"], row["reasons"]) for row in seen} == {(asked["revision"], ", ".join(asked["reasons"]))}
    found = [
        {"limit": row["contracted"], **{name: row[name] for name in figures.split() if name != "limit"}} for row in seen
    ]
    assert by(found, "metric", "section") == by(asked["figures"], "metric", "section")


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
    assert ("CANARY" in theirs) == (view in {"event_stat", "event_day", "user_stat", "disk_usage", "room_day"})


async def test_rollups_that_do_not_answer_are_not_shown(
    little: Login, companies: dict[str, Client], database: Database
) -> None:
    assert companies["little"].company
    company = companies["little"].company.company_id
    views = [f"select * from bi.{view} v where day < '2026-04-01' order by v" for view in DAILY_VIEWS]

    before = [little.rows(query) for query in views]
    with psycopg.connect(database.admin, autocommit=True) as admin:
        copy_generation(admin, company)
        after = [little.rows(query) for query in views]
        admin.execute("delete from turnout.rollup_generation where company_id = %s and generation = 99", (company,))

    assert before == after
    assert all(before)


def copy_generation(admin: psycopg.Connection[Any], company: int) -> None:
    """The same figures once more, as while a company moves to another zone."""
    listed = """
        select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'turnout'::regnamespace and a.attname = 'generation' and c.relname = any (%s)
        order by c.relname <> 'rollup_generation'
    """
    rollups = READ_FOR_BI - {"company", "mark"}
    copy = """
        insert into {0} select (jsonb_populate_record(t, '{{"generation": 99}}')).* from {0} t where company_id = %s
    """
    for (table,) in admin.execute(listed, (sorted(rollups),)).fetchall():
        admin.execute(sql.SQL(copy).format(sql.Identifier("turnout", table)), (company,))


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
