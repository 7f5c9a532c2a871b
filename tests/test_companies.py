"""Adding companies, their limits, and the calendar of their zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlmodel import Session

from turnout.database import calendar
from turnout.database.errors import TurnoutError
from turnout.tenants.companies import NewCompany, add_company, find_company, list_companies, patience
from turnout.tenants.company import Company
from turnout.tenants.limits import Limit, LimitMetric, Section, parse_limit
from turnout.tenants.support import support

from .databases import Database

ACME = NewCompany("acme", "Acme", "Europe/Berlin")
LIMITS = [
    Limit(LimitMetric.CONNECTIONS, Section.TOTAL, 500),
    Limit(LimitMetric.LISTENERS, Section.WEBINAR, 90, date(2026, 1, 1), date(2026, 12, 31)),
    Limit(LimitMetric.CONNECTIONS, Section.TOTAL, 400),
]


def test_a_company_is_listed_with_all_that_was_said_of_it(database: Database, now: datetime) -> None:
    new = NewCompany("globex", "Globex [EU]", "America/New_York", 31, timedelta(hours=25.5), LIMITS)

    with support(database.support) as session:
        added = add_company(session, new, now)
        add_company(session, ACME, now)
    with support(database.support) as session:
        acme, globex = list_companies(session)

    assert acme.company.slug == "acme"
    assert (globex.company, globex.stale_after, globex.created_at) == (added, timedelta(hours=25.5), now)
    assert globex.limits == LIMITS


def test_patience_is_kept_in_hours_which_no_clock_change_stretches(database: Database, now: datetime) -> None:
    with support(database.support) as session:
        add_company(session, replace(ACME, stale_after=timedelta(hours=48)), now)

    assert ask(database, "select stale_after::text from turnout.company") == [("48:00:00",)]


def test_a_company_begins_with_its_own_today(database: Database) -> None:
    with support(database.support) as session:
        add_company(session, replace(ACME, time_zone="Pacific/Auckland"), datetime(2026, 3, 2, 12, tzinfo=UTC))

    assert ask(database, "select rolled_through from turnout.rollup_generation") == [(date(2026, 3, 3),)]


def test_a_slug_is_taken_once(database: Database, acme: Company, now: datetime) -> None:
    with pytest.raises(TurnoutError, match="SLUG_TAKEN"), support(database.support) as session:
        add_company(session, NewCompany(acme.slug, "Another", "UTC"), now)


def test_a_company_is_found_by_its_slug(database: Database, acme: Company, globex: Company) -> None:
    with support(database.support) as session:
        found = find_company(session, "acme")

    assert found == acme
    assert found != globex


def test_a_slug_that_no_company_has_is_unknown(database: Database, acme: Company) -> None:
    for slug in ("hooli", "ACME", "", "\0", "\ud800", "acme\n"):
        with pytest.raises(TurnoutError, match="UNKNOWN_COMPANY"), support(database.support) as session:
            find_company(session, slug)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"slug": "Acme"}, "INVALID_SLUG"),
        ({"slug": "-acme"}, "INVALID_SLUG"),
        ({"slug": "a" * 64}, "INVALID_SLUG"),
        ({"slug": "acme\n"}, "INVALID_SLUG"),
        ({"name": " "}, "INVALID_NAME"),
        ({"name": "Acme\x1b[2J"}, "INVALID_NAME"),
        ({"name": "\ud800"}, "INVALID_NAME"),
        ({"time_zone": "Europe/Berln"}, "UNKNOWN_TIME_ZONE"),
        ({"time_zone": "../etc/passwd"}, "UNKNOWN_TIME_ZONE"),
        ({"time_zone": "localtime"}, "UNKNOWN_TIME_ZONE"),
        ({"billing_anchor_day": 0}, "INVALID_ANCHOR_DAY"),
        ({"billing_anchor_day": 32}, "INVALID_ANCHOR_DAY"),
    ],
)
def test_what_cannot_be_is_refused_before_the_database_is_asked(
    now: datetime, wrong: dict[str, Any], code: str
) -> None:
    with pytest.raises(TurnoutError, match=code), Session() as session:  # of no database
        add_company(session, replace(ACME, **wrong), now)


@pytest.mark.parametrize("hours", [0, -1, 0.0001, 9000, float("nan"), float("inf")])
def test_patience_has_its_limits(hours: float) -> None:
    with pytest.raises(TurnoutError, match="INVALID_STALE_AFTER"):
        patience(hours)


def test_a_misspelt_zone_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(TurnoutError, match="Did you mean Europe/Berlin"):
        calendar.find_zone("Europe/Berln")


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("CONNECTIONS=500", Limit(LimitMetric.CONNECTIONS, Section.TOTAL, 500)),
        ("LISTENERS@WEBINAR=0", Limit(LimitMetric.LISTENERS, Section.WEBINAR, 0)),
        ("PARTICIPATION_MINUTES=0.5", Limit(LimitMetric.PARTICIPATION_MINUTES, Section.TOTAL, 0.5)),
        ("USERS=7:2026-01-31", Limit(LimitMetric.USERS, Section.TOTAL, 7, date(2026, 1, 31))),
        ("EVENTS@CALL=7::2026-01-31", Limit(LimitMetric.EVENTS, Section.CALL, 7, None, date(2026, 1, 31))),
        (
            "SPEAKERS@MEETING=7:2026-01-01:2026-01-01",
            Limit(LimitMetric.SPEAKERS, Section.MEETING, 7, date(2026, 1, 1), date(2026, 1, 1)),
        ),
    ],
)
def test_a_limit_is_read_as_it_is_written(text: str, limit: Limit) -> None:
    assert parse_limit(text) == limit
    assert str(limit) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not written as"),
        ("CONNECTIONS", "not written as"),
        ("CONNECTIONS=5:2026-01-01:2026-02-01:x", "not written as"),
        ("connections=5", "'connections' is none of SPEAKERS"),
        ("LISTENERS@MEETING=5", "LISTENERS has no section 'MEETING', only TOTAL, WEBINAR"),
        ("STORAGE_BYTES@CALL=5", "STORAGE_BYTES has no section 'CALL', only TOTAL"),
        ("CONNECTIONS@=5", "has no section ''"),
        ("CONNECTIONS=", "is not a number"),
        ("CONNECTIONS=-5", "is not a number"),
        ("CONNECTIONS=nan", "is not a number"),
        ("CONNECTIONS=٣", "is not a number"),
        ("CONNECTIONS=5.5", "must be a whole number"),
        ("STORAGE_BYTES=9999999999999999", "is more than"),
        ("CONNECTIONS=5:2026-02-30", "'2026-02-30' is not a date"),
        ("CONNECTIONS=5:2026-02-02:2026-02-01", "before it begins"),
    ],
)
def test_a_wrong_limit_is_refused_with_its_text_the_reason_and_an_example(text: str, reason: str) -> None:
    with pytest.raises(TurnoutError, match="INVALID_LIMIT") as refused:
        parse_limit(text)

    assert reason in refused.value.message
    assert repr(text) in refused.value.message
    assert "CONNECTIONS@WEBINAR=500" in refused.value.hint


@pytest.mark.parametrize(
    ("zone", "day", "starts_at", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00Z", 23),
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00Z", 25),  # midnight comes twice: the first counts
        ("America/Sao_Paulo", date(2018, 2, 17), "2018-02-17T02:00Z", 25),
        ("Asia/Beirut", date(2026, 3, 29), "2026-03-28T22:00Z", 23),  # midnight is skipped
        ("Asia/Kathmandu", date(2026, 1, 1), "2025-12-31T18:15Z", 24),
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00Z", 24.5),
    ],
)
def test_a_day_begins_and_ends_at_local_midnight(zone: str, day: date, starts_at: str, hours: float) -> None:
    days = list(calendar.local_days(calendar.find_zone(zone), day, day))

    starts = datetime.fromisoformat(starts_at)
    assert days == [(day, starts, starts + timedelta(hours=hours))]


def test_a_day_that_a_zone_skipped_does_not_exist() -> None:
    days = calendar.local_days(calendar.find_zone("Pacific/Apia"), date(2011, 12, 29), date(2011, 12, 31))

    assert [day.day for day, _, _ in days] == [29, 31]


def test_the_calendar_of_a_company_is_whole_and_reaches_three_years_ahead(
    database: Database, acme: Company, now: datetime
) -> None:
    query = "select min(day), max(day) from turnout.local_day where time_zone = 'Europe/Berlin'"
    gaps = """
        select count(*) from turnout.local_day a
        left join turnout.local_day b on b.time_zone = a.time_zone and b.starts_at = a.ends_at
        where a.time_zone = 'Europe/Berlin' and b.day is null
    """

    [(first, last)] = ask(database, query)

    assert first == date(1999, 12, 30)
    assert last >= now.date() + timedelta(days=3 * 365)
    assert ask(database, gaps) == [(1,)]


async def test_the_calendar_is_extended_when_less_than_a_year_is_left(database: Database, acme: Company) -> None:
    async def last_day() -> date:
        cursor = await connection.execute("select max(day) from local_day where time_zone = 'Europe/Berlin'")
        return (await cursor.fetchall())[0][0]

    async with await psycopg.AsyncConnection.connect(database.refresher) as connection:
        before = await last_day()
        await calendar.extend_async(connection, acme.time_zone, at_noon(before - timedelta(days=367)))
        untouched = await last_day()
        await calendar.extend_async(connection, acme.time_zone, at_noon(before - timedelta(days=365)))
        extended = await last_day()

    assert untouched == before
    assert extended == before - timedelta(days=365) + timedelta(days=3 * 366)


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def ask(database: Database, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.admin) as admin:
        return admin.execute(query.encode()).fetchall()
