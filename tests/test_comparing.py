"""Which period stands beside another one."""

from datetime import UTC, date, datetime

import pytest

from turnout.analytics.comparing import ComparisonPreset, compared_with
from turnout.analytics.periods import PeriodPreset, by_dates, by_instants, by_preset
from turnout.database.errors import TurnoutError
from turnout.tenants.company import Company

BERLIN = Company(1, "acme", "Acme", "Europe/Berlin", 15)
# A Wednesday, half past one in the afternoon in Berlin.
NOW = datetime(2026, 4, 15, 11, 30, tzinfo=UTC)
PREVIOUS, WEEKDAY, YEAR, YEAR_WEEKDAY = ComparisonPreset


def local(first: str, last: str) -> tuple[datetime, datetime]:
    start, end = (datetime.fromisoformat(text).replace(tzinfo=BERLIN.zone).astimezone(UTC) for text in (first, last))
    return start, end


@pytest.mark.parametrize(
    ("first", "last", "base", "expected"),
    [
        ("2026-04-01", "2026-04-07", PREVIOUS, ("2026-03-25", "2026-04-01")),
        ("2026-04-01", "2026-04-10", WEEKDAY, ("2026-03-18", "2026-03-28")),
        ("2026-04-01", "2026-04-07", YEAR, ("2025-04-01", "2025-04-08")),
        ("2026-04-01", "2026-04-07", YEAR_WEEKDAY, ("2025-04-02", "2025-04-09")),
        ("2024-02-28", "2024-02-29", YEAR, ("2023-02-28", "2023-03-01")),
        # The clock went forward on the 29th: days stay days.
        ("2026-03-29", "2026-03-29", PREVIOUS, ("2026-03-28", "2026-03-29")),
    ],
)
def test_a_range_of_days_stands_beside_whole_days(
    first: str, last: str, base: ComparisonPreset, expected: tuple[str, str]
) -> None:
    period = by_dates(BERLIN, date.fromisoformat(first), date.fromisoformat(last))

    beside = compared_with(BERLIN, period, None, base, NOW)

    assert (beside.start, beside.end) == local(*expected)


@pytest.mark.parametrize(
    ("preset", "base", "expected"),
    [
        (PeriodPreset.TODAY, PREVIOUS, ("2026-04-14", "2026-04-14T13:30")),
        (PeriodPreset.TODAY, WEEKDAY, ("2026-04-08", "2026-04-08T13:30")),
        (PeriodPreset.LAST_7_DAYS, PREVIOUS, ("2026-04-02", "2026-04-08T13:30")),
        (PeriodPreset.MONTH_TO_DATE, PREVIOUS, ("2026-03-01", "2026-03-15T13:30")),
        (PeriodPreset.LAST_MONTH, PREVIOUS, ("2026-02-01", "2026-03-01")),
        (PeriodPreset.BILLING_PERIOD, PREVIOUS, ("2026-03-15", "2026-03-15T13:30")),
        (PeriodPreset.PREVIOUS_BILLING_PERIOD, PREVIOUS, ("2026-02-15", "2026-03-15")),
        (PeriodPreset.YEAR_TO_DATE, PREVIOUS, ("2025-01-01", "2025-04-15T13:30")),
        (PeriodPreset.MONTH_TO_DATE, YEAR, ("2025-04-01", "2025-04-15T13:30")),
    ],
)
def test_a_preset_stands_beside_the_calendars_previous_one_up_to_the_same_time_of_day(
    preset: PeriodPreset, base: ComparisonPreset, expected: tuple[str, str]
) -> None:
    period = by_preset(BERLIN, preset, NOW, None)

    beside = compared_with(BERLIN, period, preset, base, NOW)

    assert (beside.start, beside.end) == local(*expected)


def test_of_a_long_month_no_more_than_the_short_one_before_has_is_compared() -> None:
    now = datetime(2026, 3, 31, 10, tzinfo=UTC)
    period = by_preset(BERLIN, PeriodPreset.MONTH_TO_DATE, now, None)

    beside = compared_with(BERLIN, period, PeriodPreset.MONTH_TO_DATE, PREVIOUS, now)

    assert (beside.start, beside.end) == local("2026-02-01", "2026-03-01")


def test_a_span_of_instants_moves_by_whole_days() -> None:
    period = by_instants(BERLIN, *local("2026-04-03T09:00", "2026-04-03T11:00"))

    beside = compared_with(BERLIN, period, None, PREVIOUS, NOW)

    assert (beside.start, beside.end) == local("2026-04-02T09:00", "2026-04-02T11:00")


def test_a_day_that_the_calendar_skipped_is_said_to_be_none() -> None:
    apia = Company(2, "apia", "Apia", "Pacific/Apia", 1)  # where the 29th was followed by the 31st
    day = date(2011, 12, 31)
    noon = datetime(2011, 12, 31, 12, tzinfo=apia.zone).astimezone(UTC)
    today, week = by_preset(apia, PeriodPreset.TODAY, noon, None), by_dates(apia, day, date(2012, 1, 6))

    for period, preset in ((by_dates(apia, day, day), None), (today, PeriodPreset.TODAY)):
        with pytest.raises(TurnoutError) as refused:
            compared_with(apia, period, preset, PREVIOUS, noon)
        assert refused.value.code == "NOT_COMPARABLE"
        assert "Pacific/Apia" in refused.value.message
    before = compared_with(apia, week, None, PREVIOUS, NOW)
    assert [bucket.day.day for bucket in before.buckets] == [24, 25, 26, 27, 28, 29]


def test_nothing_stands_beside_all_time() -> None:
    period = by_preset(BERLIN, PeriodPreset.ALL_TIME, NOW, date(2025, 1, 1))

    with pytest.raises(TurnoutError) as refused:
        compared_with(BERLIN, period, PeriodPreset.ALL_TIME, YEAR, NOW)

    assert refused.value.code == "NOT_COMPARABLE"
