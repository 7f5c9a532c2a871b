"""plannedEvents, worked out by hand."""

from .asking import ask
from .telling import Told

ROWS = [
    {"userId": "anna", "name": "Anna Öz", "planned": 2, "nextStartsAt": "2026-03-02T18:00:00Z"},
    {"userId": "ben", "name": "ben Adler", "planned": 1, "nextStartsAt": "2026-03-06T09:00:00Z"},
    {"userId": None, "name": None, "planned": 1, "nextStartsAt": "2026-03-04T09:00:00Z"},
]


async def test_what_is_planned_is_listed_by_whose_it_is(told: Told) -> None:
    answer = await ask(told.little, "plannedEvents")

    assert (answer["nodes"], answer["totalCount"]) == (ROWS, 3)


async def test_the_next_start_orders_the_list(told: Told) -> None:
    answer = await ask(told.little, "plannedEvents", orderBy={"field": "NEXT_STARTS_AT", "direction": "ASC"})

    assert answer["nodes"] == [ROWS[0], ROWS[2], ROWS[1]]


async def test_a_search_never_finds_what_is_nobodys(told: Told) -> None:
    answers = [await ask(told.little, "plannedEvents", search=text) for text in ("ADLER", "n", "null", "")]

    assert [answer["nodes"] for answer in answers] == [[ROWS[1]], ROWS[:2], [], ROWS]
