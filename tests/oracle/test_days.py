from datetime import UTC, date, datetime, timedelta

import pytest

from .days import days_of, local_day, midnight

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("America/Havana", date(2024, 3, 10), "2024-03-10T05:00Z", 23),  # begins at 01:00
        ("America/Havana", date(2024, 11, 3), "2024-11-03T04:00Z", 25),  # has two midnights
        ("America/Asuncion", date(2024, 3, 23), "2024-03-23T03:00Z", 25),  # 23:00 comes twice
        ("America/Santiago", date(2024, 9, 8), "2024-09-08T04:00Z", 23),
        ("Australia/Lord_Howe", date(2024, 4, 7), "2024-04-06T13:00Z", 24.5),
        ("Pacific/Chatham", date(2024, 9, 29), "2024-09-28T11:15Z", 23),
        ("Asia/Kolkata", date(2024, 9, 29), "2024-09-28T18:30Z", 24),
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-29T10:00Z", 24),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00Z", 0),  # does not exist
    ],
)
def test_a_local_day_is_as_long_as_its_clock_makes_it(zone: str, day: date, start: str, hours: float) -> None:
    assert midnight(zone, day) == datetime.fromisoformat(start)
    assert midnight(zone, day + timedelta(days=1)) - midnight(zone, day) == hours * HOUR


def test_a_day_that_does_not_exist_has_no_row() -> None:
    start, end = datetime(2011, 12, 29, 12, tzinfo=UTC), datetime(2011, 12, 31, 9, tzinfo=UTC)

    days = list(days_of("Pacific/Apia", start, end))

    assert [(day.date.day, day.end - day.start) for day in days] == [(29, 22 * HOUR), (31, 23 * HOUR)]
    assert local_day("Pacific/Apia", days[0].end) == date(2011, 12, 31)
