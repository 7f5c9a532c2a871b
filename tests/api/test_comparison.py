"""periodSummary(compareTo), worked out by hand and against the summaries themselves."""

from typing import Any, cast

from .asking import ask, refusal
from .telling import Told

DAY = {"dates": {"from": "2026-03-01", "to": "2026-03-01"}}
BEFORE = {"dates": {"from": "2026-02-28", "to": "2026-02-28"}}
SECTIONS = ("total", "meetings", "webinars", "calls")


def figures(summary: dict[str, Any]) -> dict[tuple[str, str], float]:
    """Every headline figure of a summary, by section and name."""
    found = {(summary[name]["section"], figure): value for name in SECTIONS for figure, value in summary[name].items()}
    found |= {("TOTAL", figure): value for figure, value in summary.items()}
    return {key: number for key, value in found.items() for number in [plain(value)] if number is not None}


def plain(value: Any) -> float | None:
    """A peak by its value, a usage by what is used; None for what is no figure."""
    while isinstance(value, dict):
        value = cast("dict[str, Any]", value).get("value", cast("dict[str, Any]", value).get("used"))
    return value if isinstance(value, int | float) else None


async def test_every_headline_figure_has_its_change(told: Told) -> None:
    summary = await ask(told.little, "periodSummary", period=DAY, compareTo={"preset": "PREVIOUS_PERIOD"})
    before = await ask(told.little, "periodSummary", period=BEFORE)

    changes = {(row["section"], camel(row["figure"])): row for row in summary["comparison"]["changes"]}
    assert len(changes) == 4 * 10 - 2 + 9
    assert {key: row["value"] for key, row in changes.items()} == {key: figures(summary)[key] for key in changes}
    assert {key: row["before"] for key, row in changes.items()} == {key: figures(before)[key] for key in changes}
    assert summary["comparison"]["period"] == before["period"]


async def test_a_change_is_a_difference_and_a_share(told: Told) -> None:
    summary = await ask(told.little, "periodSummary", period=DAY, compareTo={"period": BEFORE})

    changes = {(row["section"], row["figure"]): row for row in summary["comparison"]["changes"]}
    connections, webinars = changes["TOTAL", "PEAK_CONNECTIONS"], changes["WEBINAR", "EVENTS_HELD"]
    assert (connections["value"], connections["before"]) == (4, 2)
    assert (connections["difference"], connections["share"]) == (2, 1.0)
    assert (webinars["before"], webinars["share"]) == (0, None)


async def test_without_asking_nothing_is_compared(told: Told) -> None:
    assert (await ask(told.little, "periodSummary", period=DAY))["comparison"] is None


async def test_all_time_cannot_be_compared(told: Told) -> None:
    asked = {"period": {"preset": "ALL_TIME"}, "compareTo": {"preset": "YEAR_BEFORE"}}

    assert (await refusal(told.little, "periodSummary", **asked))["code"] == "NOT_COMPARABLE"


def camel(name: str) -> str:
    first, *rest = name.lower().split("_")
    return first + "".join(word.title() for word in rest)
