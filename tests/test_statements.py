"""What statements are sent as."""

from datetime import date

import psycopg
import pytest

from turnout.database.columns import Days
from turnout.database.statements import numbered


def test_names_become_numbers_and_one_name_one_number() -> None:
    text, names = numbered("select %(b)s, %(a)s::date[], %(b)s where 1 %% 2 = 1")

    assert (text, names) == ("select $1, $2::date[], $1 where 1 % 2 = 1", ("b", "a"))


@pytest.mark.parametrize("days", [[], [date(1999, 12, 30)], [date(1, 1, 1), date(2000, 1, 1), date(9999, 12, 31)]])
def test_days_arrive_as_they_are(server: str, days: list[date]) -> None:
    with psycopg.connect(server) as connection:
        row = connection.execute("select %s::date[]", [Days(days)]).fetchone()

    assert row == (days,)
