import pytest

from .ordering import lowered, matches, ordered

ROWS = [
    {"id": "b", "title": "Yoga", "status": "HELD", "people": 2},
    {"id": "a", "title": "yoga", "status": "PLANNED", "people": None},
    {"id": None, "title": None, "status": "LIVE", "people": 2},
    {"id": "C", "title": "Юга", "status": "NOT_HELD", "people": 1},
    {"id": "é", "title": "Zoo", "status": "CANCELLED", "people": 2},
]


@pytest.mark.parametrize(
    ("column", "descending", "ids"),
    [
        ("people", True, ["b", "é", None, "C", "a"]),
        ("people", False, ["C", "b", "é", None, "a"]),
        ("title", False, ["a", "b", "é", "C", None]),
        ("title", True, ["C", "é", "a", "b", None]),
        ("status", False, ["a", None, "b", "C", "é"]),
        ("status", True, ["é", "C", "b", None, "a"]),
        ("id", False, ["a", "b", "C", "é", None]),
        ("id", True, ["é", "C", "b", "a", None]),
    ],
)
def test_rows_stand_by_column_then_by_id_with_nulls_last(column: str, descending: bool, ids: list[str | None]) -> None:
    assert [row["id"] for row in ordered(ROWS, column, "id", descending)] == ids


def test_a_search_looks_past_case() -> None:
    assert matches("Утренняя ЙОГА", "йога")
    assert matches("yoga", "")
    assert not matches("yoga", "yoga ")
    assert not matches("yoga", "y%")


def test_who_has_no_label_is_found_by_no_search_alone() -> None:
    assert matches(None, "")
    assert not matches(None, "none")


def test_each_character_is_lowered_alone() -> None:
    assert lowered("ΣΟΦΟΣ İ ß ẞ Å") == "σοφοσ i ß ß å"
