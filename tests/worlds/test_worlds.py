"""Whatever happens, in whatever order it arrives, however time passes: the product says what the oracle says."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.databases import Database, drop
from tests.oracle.worlds import World, WorldCompany, shuffled, worlds
from tests.worlds.stage import Stage, counting, open_stage

Scene = Callable[..., Coroutine[Any, Any, None]]
# The seed of a run is part of its result: the same seed plays the same worlds.
SEED = 20261122
THOROUGH_WORLDS = int(os.environ.get("TURNOUT_WORLDS", "20000"))
PARTS = 40

ZONES = ("Pacific/Apia", "America/Havana", "Asia/Kolkata", "UTC", "Europe/Berlin", "America/St_Johns")

LATER = st.sampled_from(
    [
        timedelta(microseconds=1),
        timedelta(minutes=5),
        timedelta(hours=1),
        timedelta(hours=24),
        timedelta(days=3),
        timedelta(days=40),
    ]
)


@dataclass(frozen=True)
class Extent:
    """How many worlds are played, and whether every period of each is asked about or one in turn."""

    worlds: int
    every_period: bool = False
    part: int = 0

    def examples(self, test: Callable[..., None]) -> Callable[..., None]:
        slow = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
        wanted = settings(max_examples=self.worlds, deadline=None, database=None, suppress_health_check=slow)
        return seed(SEED + self.part)(wanted(test))


def so_many(few: int, many: int) -> pytest.MarkDecorator:
    """A few worlds where every change is tested, the first of them always empty; more by --thorough."""
    more = pytest.param(Extent(many, every_period=True), marks=pytest.mark.thorough, id="many")
    return pytest.mark.parametrize("extent", [pytest.param(Extent(few), id="few"), more])


@pytest.fixture(scope="module")
def stage(server: str, template: str) -> Generator[Stage]:
    database = Database.cloned(server, template)
    with open_stage(database) as opened:
        yield opened
    drop(server, database.name)


@so_many(10, 25)
def test_every_number_is_the_oracles(stage: Stage, extent: Extent) -> None:
    stage.ask(every_period=extent.every_period)
    play(stage, extent, tell_all_then_ask)


@so_many(3, 8)
def test_one_batch_many_batches_and_concurrent_writers_give_the_same(stage: Stage, extent: Extent) -> None:
    stage.ask(every_period=extent.every_period)
    play(stage, extent, tell_in_three_ways, st.integers(0, 9999))


@so_many(2, 5)
def test_an_answer_given_half_way_is_right_and_so_is_the_next(stage: Stage, extent: Extent) -> None:
    stage.ask_in_turns()  # so many answers that every kind of question has its turn
    play(stage, extent, ask_after_every_delivery)


@so_many(3, 8)
def test_an_answer_stays_right_while_time_passes(stage: Stage, extent: Extent) -> None:
    stage.ask(every_period=extent.every_period)
    play(stage, extent, ask_later, st.lists(LATER, min_size=1, max_size=3))


@so_many(2, 7)
def test_answers_are_right_all_along_while_the_zone_changes(stage: Stage, extent: Extent) -> None:
    stage.ask_in_turns()
    play(stage, extent, change_the_zone, st.sampled_from(ZONES))


@pytest.mark.thorough
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_difference_in_twenty_thousand_worlds(stage: Stage, part: int) -> None:
    scenes = (tell_in_two_parts, ask_half_way, change_zone_half_way, ask_a_day_later)

    stage.ask_in_turns()
    play(stage, Extent(THOROUGH_WORLDS // PARTS, part=part + 1), scenes[part % len(scenes)])


def play(stage: Stage, extent: Extent, scene: Scene, *more: st.SearchStrategy[Any]) -> None:
    """A scene in each of so many worlds; `more` draws what else differs."""

    @extent.examples
    @given(world=worlds(), drawn=st.tuples(*more))
    def in_each(world: World, drawn: tuple[Any, ...]) -> None:
        stage.play(scene(stage, world, *drawn))

    in_each()


async def change_zone_half_way(stage: Stage, world: World) -> None:
    """The same with two answers: one in the old zone while the new one is built, one in the new."""
    for told in world.companies:
        company = await stage.enter(world, told)
        first, second, *rest = [*halves(told), [], []]
        await stage.product.tell(company, first)
        zone = ZONES[len(told.activities) % len(ZONES)]
        becoming = await stage.product.begin_zone(company, zone)
        for delivery in (second, *rest):
            await stage.product.tell(company, delivery)
        await stage.compare(told, company, told.activities)
        await stage.product.finish_zone(becoming)
        await stage.compare(replace(told, zone=zone), becoming, told.activities)


async def change_the_zone(stage: Stage, world: World, zone: str) -> None:
    """Told of while another zone's rollups are built, and after they have taken the place of the first."""
    for told in world.companies:
        company = await stage.enter(world, told)
        first, second, *rest = [*halves(told), [], []]
        arrived = [*first]
        await stage.product.tell(company, first)
        becoming = await stage.product.begin_zone(company, zone)
        await stage.compare(told, company, arrived)
        for delivery in (second, *rest):
            await stage.product.tell(company, delivery)
            arrived += delivery
        await stage.compare(told, company, arrived)
        await stage.product.finish_zone(becoming)
        await stage.compare(replace(told, zone=zone), becoming, arrived)
        await stage.compare(told, company, arrived)  # who began before goes on in the old zone


async def tell_all_then_ask(stage: Stage, world: World) -> None:
    entered = [(told, await stage.enter(world, told)) for told in world.companies]
    for told, company in entered:
        for delivery in told.deliveries:
            await stage.product.tell(company, delivery)
    for told, company in entered:
        await stage.compare(told, company, told.activities)


async def tell_in_two_parts(stage: Stage, world: World) -> None:
    """The same in few batches: what tells worlds apart is their activities, and there are many worlds."""
    for told in world.companies:
        company = await stage.enter(world, told)
        for delivery in halves(told):
            await stage.product.tell(company, delivery)
        await stage.compare(told, company, told.activities)


async def ask_half_way(stage: Stage, world: World) -> None:
    for told in world.companies:
        company = await stage.enter(world, told)
        arrived: list[dict[str, object]] = []
        for delivery in halves(told):
            await stage.product.tell(company, delivery)
            arrived += delivery
            await stage.compare(told, company, arrived)


def halves(told: WorldCompany) -> list[list[dict[str, object]]]:
    """Two batches, and a third of what is refused where there is such."""
    *orderly, last = [*told.deliveries, []] if not conflicts(told) else told.deliveries
    activities = together(orderly)
    middle = len(activities) // 2
    return [batch for batch in (activities[:middle], activities[middle:], last) if batch]


async def tell_in_three_ways(stage: Stage, world: World, order: int) -> None:
    told = world.companies[0]
    companies = [await stage.enter(world, told) for _ in range(3)]
    *orderly, last = [*told.deliveries, []] if not conflicts(told) else told.deliveries
    for delivery in (together(orderly), last):
        await stage.product.tell(companies[0], delivery)
    for delivery in shuffled(told, order):
        await stage.product.tell(companies[1], delivery)
    await asyncio.gather(*(stage.product.tell(companies[2], delivery) for delivery in mixed(orderly, order)))
    await stage.product.tell(companies[2], last)

    for fold in (stage.product.stays, stage.product.runs):
        folded = [await fold(company) for company in companies]
        assert folded[0] == folded[1] == folded[2]
    for company in companies:
        await stage.compare(told, company, told.activities)


def conflicts(told: WorldCompany) -> bool:
    """Whether the last delivery is of contents that are refused: those have to come last, whatever the order."""
    identities = [(raw["source"], raw["id"]) for raw in told.activities]
    return len(set(identities)) < len(identities)


def together(deliveries: list[list[dict[str, object]]]) -> list[dict[str, object]]:
    return [activity for delivery in deliveries for activity in delivery]


def mixed(deliveries: list[list[dict[str, object]]], order: int) -> list[list[dict[str, object]]]:
    """For writers at the same time: each has a share of everything and nobody the order."""
    activities = together(deliveries)
    Random(order).shuffle(activities)
    return [share for share in (activities[n::3] for n in range(3)) if share]


async def ask_after_every_delivery(stage: Stage, world: World) -> None:
    for told in world.companies:
        company = await stage.enter(world, told)
        arrived: list[dict[str, object]] = []
        await stage.compare(told, company, arrived)
        for delivery in told.deliveries:
            await stage.product.tell(company, delivery)
            arrived += delivery
            await stage.compare(told, company, arrived)


async def ask_later(stage: Stage, world: World, later: list[timedelta]) -> None:
    entered = [(told, await stage.enter(world, told)) for told in world.companies]
    for told, company in entered:
        for delivery in told.deliveries:
            await stage.product.tell(company, delivery)
        await stage.compare(told, company, told.activities)
    for pause in later:
        stage.product.now += pause
        for told, company in entered:
            await stage.compare(told, company, counting(told, world))


async def ask_a_day_later(stage: Stage, world: World) -> None:
    for told in world.companies:
        stage.product.now = world.now
        company = await stage.enter(world, told)
        for delivery in halves(told):
            await stage.product.tell(company, delivery)
        await stage.compare(told, company, told.activities)
        stage.product.now += timedelta(hours=25)
        await stage.compare(told, company, counting(told, world))
