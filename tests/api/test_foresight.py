"""limitUse, trend, expectedPeaks and whatIf over the API."""

import pytest

from .asking import ask, refusal
from .telling import Told

SPRING = {"dates": {"from": "2026-02-28", "to": "2026-03-02"}}
COVERAGES = """{
  durationCurve(coverages: [0.5, 0.95, 1]) { coverage value minutesAbove }
  covered(limit: 1)
  byTheLimit: covered
}"""


async def test_the_time_near_a_limit_is_that_of_all_instants(told: Told) -> None:
    use = await told.little.query(
        "query($period: PeriodInput!) { limitUse(period: $period, metric: EVENTS) { time {"
        " minutes minutesWithLimit minutesAbove80 minutesAbove90 minutesAbove100 limit } how } }",
        {"period": SPRING},
    )

    # Two days of Berlin and thirteen hours of a third. One event is the limit; there were two while the greenroom was
    # beside the launch for ten minutes, and while the call was beside the standup for twenty.
    assert use["limitUse"]["time"] == {
        "minutes": 2 * 1440 + 13 * 60,
        "minutesWithLimit": 2 * 1440 + 13 * 60,
        "minutesAbove80": 60 + 70 + 10 + 300,
        "minutesAbove90": 60 + 70 + 10 + 300,
        "minutesAbove100": 10 + 20,
        "limit": 1,
    }
    assert "Exact" in use["limitUse"]["how"]


async def test_a_limit_is_told_by_the_part_of_the_time_that_it_would_have_covered(told: Told) -> None:
    field = f"query($period: PeriodInput!) {{ limitUse(period: $period) {COVERAGES} }}"

    use = (await told.little.query(field, {"period": SPRING}))["limitUse"]

    half, most, whole = use["durationCurve"]
    assert half == {"coverage": 0.5, "value": 0, "minutesAbove": 440}
    assert (most["value"], whole["value"], whole["minutesAbove"]) == (1, 4, 0)
    assert 0.9 < use["covered"] < use["byTheLimit"] == 1


@pytest.mark.parametrize("coverages", ["[0]", "[1.01]", "[-1]"])
async def test_a_part_of_the_time_is_above_nothing_and_at_most_all(told: Told, coverages: str) -> None:
    curve = f"durationCurve(coverages: {coverages}) {{ value }}"
    field = f"query($period: PeriodInput!) {{ limitUse(period: $period) {{ {curve} }} }}"

    [error] = await told.little.errors(field, {"period": SPRING})

    assert error["extensions"]["code"] == "ARGUMENT_OUT_OF_RANGE"


async def test_a_period_to_come_has_no_time_and_no_curve(told: Told) -> None:
    field = f"query($period: PeriodInput!) {{ limitUse(period: $period) {COVERAGES} }}"

    use = await told.little.query(field, {"period": {"dates": {"from": "2026-04-01", "to": "2026-04-02"}}})

    assert use == {"limitUse": {"durationCurve": [], "covered": None, "byTheLimit": None}}


async def test_few_days_have_no_trend(told: Told) -> None:
    found = await ask(told.little, "trend")

    assert (found["outcome"], found["days"], found["limit"], found["slopePerDay"]) == ("TOO_FEW_DAYS", 4, 8, None)
    assert "Sen" in found["how"]


async def test_what_is_planned_is_expected_tomorrow(told: Told) -> None:
    found = await ask(told.little, "expectedPeaks", days=3)

    assert [day["day"] for day in found["days"]] == ["2026-03-03", "2026-03-04", "2026-03-05"]
    assert [day["events"] for day in found["days"]] == [1, 1, 0]  # the review, the callback, and the party is cancelled
    assert found["days"][0]["at"] == "2026-03-03T09:00:00Z"
    assert "26 weeks" in found["how"]


async def test_an_event_moved_is_expected_on_its_new_day_alone(told: Told) -> None:
    moves = [{"eventId": "review", "startsAt": "2026-03-05T09:00:00Z"}]

    found = await ask(told.little, "whatIf", days=3, metric="EVENTS", moveEvents=moves)

    assert [day["before"]["events"] for day in found["days"]] == [1, 1, 0]
    assert [day["after"]["events"] for day in found["days"]] == [0, 1, 1]


@pytest.mark.parametrize("event", ["standup", "party", "missed", "other review", "nothing", "launch-b"])
async def test_only_what_is_going_to_start_can_be_moved(told: Told, event: str) -> None:
    moves = [{"eventId": event, "startsAt": "2026-03-05T09:00:00Z"}]

    refused = await refusal(told.little, "whatIf", moveEvents=moves)

    assert refused["code"] == "EVENT_NOT_PLANNED"


async def test_what_is_added_must_make_sense(told: Told) -> None:
    times = {"startsAt": "2026-03-05T09:00:00Z", "endsAt": "2026-03-05T09:00:00Z"}
    event = {"kind": "MEETING", "connections": 5} | times

    codes = [
        (await refusal(told.little, "whatIf", **changed))["code"]
        for changed in (
            {"addEvents": [event]},
            {"addEvents": [event | {"connections": -1}]},
            {"addEvents": [event] * 101},
            {"addSpeakers": {"number": 0}},
            {"addSpeakers": {"number": 1, "from": "2026-03-05", "to": "2026-03-04"}},
        )
    ]

    assert codes == [
        *("PERIOD_REVERSED", "ARGUMENT_OUT_OF_RANGE", "ARGUMENT_TOO_LONG"),
        *("ARGUMENT_OUT_OF_RANGE", "PERIOD_REVERSED"),
    ]


@pytest.mark.parametrize("name", ["limitUse", "trend", "expectedPeaks", "whatIf"])
async def test_nobody_only_listens_in_calls(told: Told, name: str) -> None:
    period = {"period": SPRING} if name == "limitUse" else {}

    refused = await refusal(told.little, name, **period, metric="LISTENERS", section="CALL")

    assert refused["code"] == "NO_LISTENERS"
