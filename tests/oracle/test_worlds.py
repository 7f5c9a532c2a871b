from collections import Counter
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from .days import DAY, local_day, midnight
from .oracle import Oracle
from .ordering import ordered
from .places import THEATRES
from .smallest import smallest
from .worlds import Period, World, WorldCompany, shuffled, worlds

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def test_every_theatre_has_a_clock_that_turns() -> None:
    for theatre in THEATRES:
        for zone in theatre.zones:
            nights = [midnight(zone, theatre.day + n * DAY) for n in (-1, 0, 1)]
            assert {later - earlier for earlier, later in pairwise(nights)} != {DAY}


def oracle_of(told: WorldCompany) -> Oracle:
    return Oracle(told.zone, told.stale_after, told.limits, told.activities)


def everything(oracle: Oracle, periods: list[Period], now: datetime) -> list[object]:
    """The answers to all questions that are about no single user or event."""
    questions = (oracle.period_summary, oracle.days, oracle.user_stats, oracle.event_stats)
    answers: list[object] = [ask(*period, now) for ask in questions for period in periods]
    answers += [
        oracle.clients(*period, now, per_day=per_day, limit=1) for period in periods for per_day in (True, False)
    ]
    disks = (ordered(oracle.disk_usage(*period, now), "usedBytes", "userId", descending=True) for period in periods)
    return [*answers, *disks, ordered(oracle.planned_events(now), "planned", "userId", descending=True)]


@FEW
@given(worlds(), st.integers(1, 999))
def test_any_order_of_arrival_gives_the_same_answers(world: World, seed: int) -> None:
    for each in world.companies:
        plans = [each.deliveries, shuffled(each, seed)]
        arrived = [each.activities, *([raw for batch in plan for raw in batch] for plan in plans)]
        oracles = [oracle_of(replace(each, activities=activities)) for activities in arrived]

        answers = [everything(oracle, each.periods, world.now) for oracle in oracles]

        assert answers[0] == answers[1] == answers[2]


@FEW
@given(worlds())
def test_the_days_make_up_the_period(world: World) -> None:
    for each in world.companies:
        oracle = oracle_of(each)
        for period in each.periods:
            days = oracle.daily_peaks(*period, ["TOTAL"], world.now)
            whole = oracle.period_summary(*period, world.now)["total"]

            assert whole["peakConnections"]["value"] == max(row["connections"] for row in days)
            assert whole["participationMinutes"] == pytest.approx(sum(row["participationMinutes"] for row in days))
            assert whole["eventsHeld"] <= sum(row["eventsHeld"] for row in days)


@FEW
@given(worlds())
def test_the_days_up_to_today_make_up_the_period(world: World) -> None:
    for each in world.companies:
        oracle, tomorrow = oracle_of(each), midnight(each.zone, local_day(each.zone, world.now) + DAY)
        for period in [(start, min(end, tomorrow)) for start, end in each.periods if start < tomorrow]:
            days, whole = oracle.days(*period, world.now), oracle.period_summary(*period, world.now)

            for column in ("eventsCreated", "messages", "newUsers", "uploadedBytes"):
                assert sum(row[column] for row in days) == whole[column]
            assert days[-1]["registeredUsers"] == whole["registeredUsers"]["used"]
            assert days[-1]["storageBytes"] == whole["storage"]["used"]
            for per_day in (True, False):
                clients = oracle.clients(*period, world.now, per_day=per_day, limit=1)
                assert sum(row["signIns"] for row in clients) == sum(row["signIns"] for row in days)


@FEW
@given(worlds())
def test_the_rows_make_up_the_period(world: World) -> None:
    for each in world.companies:
        oracle = oracle_of(each)
        for period in each.periods:
            whole = oracle.period_summary(*period, world.now)
            events = oracle.event_stats(*period, world.now)
            owners = oracle.disk_usage(*period, world.now)
            users = oracle.user_stats(*period, world.now)

            minutes = sum(row["participationMinutes"] for row in events)
            assert minutes == pytest.approx(whole["total"]["participationMinutes"])
            assert sum(row["uniqueParticipants"] > 0 for row in events) == whole["total"]["eventsHeld"]
            assert (
                max((row["peakConnections"] for row in events), default=0) <= whole["total"]["peakConnections"]["value"]
            )
            assert sum(row["usedBytes"] for row in owners) == whole["storage"]["used"]
            assert sum(row["uploadedBytes"] for row in owners) == whole["uploadedBytes"]
            nobodys = sum(row["usedBytes"] for row in owners if row["userId"] is None)
            assert sum(row["diskBytes"] for row in users) + nobodys == whole["storage"]["used"]


@FEW
@given(worlds())
def test_planned_events_are_those_whose_status_is_planned(world: World) -> None:
    for each in world.companies:
        oracle = oracle_of(each)
        events = [event for key in oracle.facts(world.now).events if (event := oracle.event(key, world.now))]

        planned = Counter(event["ownerId"] for event in events if event["status"] == "PLANNED")

        assert {row["userId"]: row["planned"] for row in oracle.planned_events(world.now)} == planned


@FEW
@given(worlds())
def test_a_failing_world_is_cut_down_to_what_the_failure_needs(world: World) -> None:
    def fails(less: World) -> bool:
        return any(raw["source"] == "B" for company in less.companies for raw in company.activities)

    assume(fails(world))
    found = smallest(world, fails)

    [company] = found.companies
    assert (len(company.activities), len(company.deliveries), len(company.periods), company.limits) == (1, 1, 1, [])
