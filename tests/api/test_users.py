"""userStats and user: what users own, worked out by hand."""

from typing import Any

from .asking import ask
from .telling import Told

PERIOD = {"dates": {"from": "2026-02-28", "to": "2026-03-03"}}
ANNA = {
    "userId": "anna",
    "name": "Anna Öz",
    "maxSpeakers": 2,
    "maxListeners": 2,
    "maxParallelEvents": 2,
    "eventsCreated": 5,
    "eventsHeld": 3,
    "eventsPlanned": 2,
    "diskBytes": 2000,
}
NOTHING = {
    "maxSpeakers": 0,
    "maxListeners": 0,
    "maxParallelEvents": 0,
    "eventsCreated": 0,
    "eventsHeld": 0,
    "eventsPlanned": 0,
    "diskBytes": 0,
}
BEN = {
    **NOTHING,
    "userId": "ben",
    "name": "ben Adler",
    "maxSpeakers": 2,
    "maxParallelEvents": 1,
    "eventsCreated": 1,
    "eventsHeld": 1,
    "diskBytes": 40,
}
CARL = NOTHING | {"userId": "carl", "name": "Carl", "diskBytes": 25}
DORA = NOTHING | {"userId": "dora", "name": None}


async def test_every_figure_of_a_user_is_right(told: Told) -> None:
    answer = await ask(told.little, "userStats", period=PERIOD)

    assert answer["nodes"] == [ANNA, BEN, CARL, DORA]
    assert answer["totalCount"] == 4


async def test_one_user_has_the_figures_of_the_list(told: Told) -> None:
    assert [await ask(told.little, "user", userId=key, period=PERIOD) for key in ("anna", "dora")] == [ANNA, DORA]


async def test_who_would_not_be_listed_is_nobody(told: Told) -> None:
    day = {"dates": {"from": "2026-02-26", "to": "2026-02-26"}}

    for key in ("guest-7", "launch", "Anna Öz", "ANNA", ""):
        assert await ask(told.little, "user", userId=key, period=PERIOD) is None
    assert [row["userId"] for row in (await ask(told.little, "userStats", period=day))["nodes"]] == ["anna", "carl"]
    assert await ask(told.little, "user", userId="ben", period=day) is None


async def test_a_period_by_instants_cuts_the_figures(told: Told) -> None:
    webinar = {"instants": {"from": "2026-03-01T09:40:00Z", "to": "2026-03-01T10:00:00Z"}}

    anna = await ask(told.little, "user", userId="anna", period=webinar)

    assert anna == ANNA | {"maxSpeakers": 1, "eventsCreated": 0, "eventsHeld": 2, "diskBytes": 1000}


async def test_a_search_finds_names_and_else_ids_capitals_aside(told: Told) -> None:
    found: dict[str, Any] = {}
    for text in ("A", "aDLEr", "ÖZ", "DORA", "ben adler", "anna", "carl ", "%"):
        answer = await ask(told.little, "userStats", period=PERIOD, search=text)
        found[text] = [row["userId"] for row in answer["nodes"]]

    assert found == {
        "A": ["anna", "ben", "carl", "dora"],
        "aDLEr": ["ben"],
        "ÖZ": ["anna"],
        "DORA": ["dora"],
        "ben adler": ["ben"],
        "anna": ["anna"],
        "carl ": [],
        "%": [],
    }
