from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from .days import midnight
from .oracle import Oracle
from .places import THEATRES
from .smallest import smallest
from .worlds import World, shuffled, worlds

DAY = timedelta(days=1)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def test_every_theatre_has_a_clock_that_turns() -> None:
    for theatre in THEATRES:
        for zone in theatre.zones:
            nights = [midnight(zone, theatre.day + timedelta(days=n)) for n in (-1, 0, 1)]
            assert {later - earlier for earlier, later in pairwise(nights)} != {DAY}


@FEW
@given(worlds(), st.integers(1, 999))
def test_any_order_of_arrival_gives_the_same_answers(world: World, seed: int) -> None:
    for each in world.companies:
        plans = [each.deliveries, shuffled(each, seed)]
        arrived = [each.activities, *([raw for batch in plan for raw in batch] for plan in plans)]
        oracles = [Oracle(each.zone, each.stale_after, each.limits, activities) for activities in arrived]

        answers = [[one.period_summary(*period, world.now) for period in each.periods] for one in oracles]

        assert answers[0] == answers[1] == answers[2]


@FEW
@given(worlds())
def test_the_days_make_up_the_period(world: World) -> None:
    for each in world.companies:
        oracle = Oracle(each.zone, each.stale_after, each.limits, each.activities)
        for period in each.periods:
            days = oracle.daily_peaks(*period, ["TOTAL"], world.now)
            whole = oracle.period_summary(*period, world.now)["total"]

            assert whole["peakConnections"]["value"] == max(row["connections"] for row in days)
            assert whole["participationMinutes"] == pytest.approx(sum(row["participationMinutes"] for row in days))
            assert whole["eventsHeld"] <= sum(row["eventsHeld"] for row in days)


@FEW
@given(worlds())
def test_a_failing_world_is_cut_down_to_what_the_failure_needs(world: World) -> None:
    def fails(less: World) -> bool:
        return any(raw["source"] == "B" for company in less.companies for raw in company.activities)

    assume(fails(world))
    found = smallest(world, fails)

    [company] = found.companies
    assert (len(company.activities), len(company.deliveries), len(company.periods), company.limits) == (1, 1, 1, [])
