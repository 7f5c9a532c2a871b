"""Where worlds are played: one database and one event loop for all, since every world brings its own companies."""

import asyncio
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

import uvloop
from psycopg import AsyncConnection

from tests.databases import Database
from tests.oracle import Oracle
from tests.oracle.activities import Raw, is_valid
from tests.oracle.worlds import World, WorldCompany
from tests.worlds.comparing import ROUNDED_UP, Comparison
from tests.worlds.product import Product
from tests.worlds.segmenting import PARTS, segment_of
from turnout.analytics.refresher import Refresher
from turnout.tenants.company import Company
from turnout.tenants.connection import Door

T = TypeVar("T")


class Stage:
    """Plays worlds one after the other and compares what the product says with what the oracle says."""

    def __init__(self, runner: asyncio.Runner, product: Product) -> None:
        self.product = product
        self._every_period = self._every_question = True
        self._runner = runner
        self._slugs = (f"world-{number}" for number in count())

    def ask(self, *, every_period: bool) -> None:
        """From now on every question, about every period or about one in turn."""
        self._every_period, self._every_question = every_period, True

    def ask_in_turns(self) -> None:
        """From now on beside the figures one kind of question at a time, about one period at a time."""
        self._every_period = self._every_question = False

    def play(self, scene: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(scene)

    async def enter(self, world: World, company: WorldCompany) -> Company:
        self.product.now = world.now
        entered = await self.product.add_company(
            next(self._slugs), company.zone, company.stale_after, company.limits, company.anchor_day
        )
        if company.anchor_day in ROUNDED_UP:
            await self.product.round_up(entered)
        if entered.company_id % 2:
            await self._declare(entered)
        return entered

    async def compare(self, told: WorldCompany, company: Company, activities: list[Raw]) -> None:
        """What the world asks about its periods, of the activities told so far, as of the clock."""
        if company.company_id not in self.product.declared:
            await self._declare(company)
        oracle = Oracle(told.zone, told.stale_after, told.limits, activities)
        number = len(activities)
        periods = told.periods if self._every_period else [told.periods[number % len(told.periods)]]
        for turn, period in enumerate(periods, start=number):
            await Comparison(self.product, company, oracle, turn, not self._every_question).compare(*period)

    async def _declare(self, company: Company) -> None:
        """Some declare a segment before anything is told, the others when they are asked for the first time."""
        part = PARTS[company.company_id % len(PARTS)]
        await self.product.declare(company, part, segment_of(part))


def counting(told: WorldCompany, world: World) -> list[Raw]:
    """The activities that ingest takes when it is the world's now: later, clocks ahead of it would look right."""
    return [raw for raw in told.activities if is_valid(raw, world.now)]


@contextmanager
def open_stage(database: Database) -> Generator[Stage]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        product = runner.run(_open(database))
        try:
            yield Stage(runner, product)
        finally:
            runner.run(_close(product))


async def _open(database: Database) -> Product:
    door = Door(database.app)
    await door.open()
    support = await AsyncConnection.connect(database.admin, autocommit=True, options="-c search_path=turnout")
    product = Product(door, support, datetime(2026, 3, 2, 12, tzinfo=UTC))
    product.refresher = Refresher(database.refresher, lambda: product.now)
    await product.refresher.connect()
    return product


async def _close(product: Product) -> None:
    await product.door.close()
    await product.refresher.stop()
    await product.support.close()
