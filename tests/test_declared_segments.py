"""Segments that a company declares: whatever moves a figure of theirs is in their rollups when somebody asks."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from tests.api.stories import Story
from tests.oracle import Oracle, Part
from tests.waiting import until
from tests.worlds.comparing import same
from tests.worlds.product import Product
from tests.worlds.segmenting import expected, found, segment_of
from turnout.analytics.periods import by_dates
from turnout.analytics.reading import Reading
from turnout.analytics.refresher import Refresher
from turnout.analytics.refreshing import DAYS_AT_ONCE, Refresh
from turnout.analytics.segments import SegmentedPeriod, segmented
from turnout.database.errors import TurnoutError
from turnout.tenants.agreements import change_zone
from turnout.tenants.company import Company
from turnout.tenants.support import support

from .databases import Database

BERLIN, KOLKATA = "Europe/Berlin", "Asia/Kolkata"
ACME = Part(room_prefix="Acme")
OF_X7 = Part(external_id="x-7")
OF_GOLD = Part(metadata=("tier", "gold"))


@dataclass
class Scene:
    """A company that tells and asks; what it has told so far is known to the oracle."""

    product: Product
    company: Company
    told: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def tell(self, *parts: Callable[[Story], object]) -> None:
        story = Story()
        for part in parts:
            part(story)
        first = len(self.told)
        self.told += [one | {"id": f"{first}-{one['id']}"} for one in story.activities]
        await self.product.tell(self.company, self.told[first:])

    async def correct(self, number: int, **data: Any) -> None:
        """Replace an activity by one that says something else."""
        mistaken = self.told[number]
        again = {"id": f"{mistaken['id']} again", "replaces": mistaken["id"], "data": mistaken["data"] | data}
        self.told.append(mistaken | again)
        await self.product.tell(self.company, self.told[-1:])

    async def declare(self, part: Part) -> None:
        await self.product.declare(self.company, part, segment_of(part))

    async def agree(self, part: Part, *, declared: bool = True) -> None:
        """The rollups say of the segment what the oracle says, in the days of the company's zone."""
        oracle = Oracle(self.company.time_zone, timedelta(hours=24), [], self.told)
        period = by_dates(self.company, date(2026, 2, 20), date(2026, 3, 4))
        answer = await found(self.product.reading(self.company), part, period, declared=declared)
        same(expected(oracle, part, period, self.product.now), answer)

    async def segmented(self, part: Part, first: date) -> SegmentedPeriod:
        period = by_dates(self.company, first, date(2026, 3, 2))
        return await segmented(self.product.reading(self.company), period, segment_of(part))


@pytest.fixture
def scene(product: Product, acme: Company) -> Scene:
    return Scene(product, acme)


def named(name: str, moment: str = "02-21 08:00", room: str = "r-1") -> Callable[[Story], object]:
    return lambda story: story.tell("room.created", moment, room=room, name=name)


def planned(event: str, moment: str, **about: Any) -> Callable[[Story], object]:
    return lambda story: story.tell("event.planned", moment, event=event, **about)


def stay(event: str, connection: str, joined: str, left: str, **about: Any) -> Callable[[Story], object]:
    return lambda story: story.stay(event, connection, joined, left, **about)


HELD = (
    planned("one", "02-22 09:00", room="r-1", startsAt="2026-02-27T10:00:00Z"),
    planned("missed", "02-23 09:00", room="r-1", startsAt="2026-02-26T10:00:00Z"),
    stay("one", "a", "02-28 09:00", "10:00", externalId="x-7", metadata={"tier": "gold"}),
    stay("one", "b", "03-01 09:00", "09:30", externalId="x-8", metadata={"tier": "tin"}),
)


async def test_a_room_that_is_renamed_takes_its_events_along_on_all_their_days(scene: Scene) -> None:
    await scene.tell(named("Globex"), *HELD)
    await scene.declare(ACME)
    await scene.agree(ACME)

    for name, moment in (("Acme", "03-01 12:00"), ("Globex again", "03-01 13:00")):
        await scene.tell(named(name, moment))
        await scene.agree(ACME)


async def test_a_name_that_is_taken_back_counts_no_more(scene: Scene) -> None:
    await scene.tell(named("Acme"), *HELD)
    await scene.declare(ACME)
    await scene.agree(ACME)

    await scene.correct(0, name="Globex")

    await scene.agree(ACME)


async def test_an_event_that_moves_to_another_room_moves_with_the_day_it_was_created_on(scene: Scene) -> None:
    await scene.tell(named("Acme"), named("Globex", room="r-2"), *HELD)
    await scene.declare(ACME)
    await scene.agree(ACME)

    await scene.tell(planned("one", "03-01 12:00", room="r-2"), planned("missed", "03-01 12:00", room="r-2"))

    await scene.agree(ACME)


async def test_an_event_is_created_in_the_segment_of_those_who_come_days_later(scene: Scene) -> None:
    await scene.tell(*HELD[:2])
    for part in (OF_X7, OF_GOLD):
        await scene.declare(part)
        await scene.agree(part)

    await scene.tell(*HELD[2:])
    for part in (OF_X7, OF_GOLD):
        await scene.agree(part)
    await scene.correct(2, externalId="x-9", metadata={"tier": "tin"})

    for part in (OF_X7, OF_GOLD):
        await scene.agree(part)


async def test_breakouts_are_in_the_room_of_the_event_above_them(scene: Scene) -> None:
    await scene.tell(named("Acme"), *HELD, stay("aside", "c", "02-28 09:10", "09:20", externalId="x-7"))
    for part in (ACME, OF_X7):
        await scene.declare(part)
        await scene.agree(part)

    await scene.tell(lambda story: story.tell("event.started", "03-01 12:00", event="aside", parent="one"))

    for part in (ACME, OF_X7):
        await scene.agree(part)


async def test_a_rename_and_a_stay_at_the_same_time_lose_neither(scene: Scene) -> None:
    await scene.tell(named("Globex"), *HELD)
    await scene.declare(ACME)
    await scene.agree(ACME)

    for turn in range(6):
        name = "Acme" if turn % 2 else "Globex"
        late = stay("one", f"late-{turn}", f"02-2{turn + 1} 20:00", "20:10")
        refreshing = scene.product.refresher.refresh_company(scene.company.company_id, 2)
        await asyncio.gather(scene.tell(named(name, f"03-01 14:0{turn}")), scene.tell(late), refreshing)
        await scene.agree(ACME)


async def test_the_zone_changes_for_segments_too(scene: Scene, database: Database) -> None:
    await scene.tell(named("Acme"), *HELD)
    await scene.declare(ACME)
    before = scene.company
    with support(database.support) as session:
        becoming = change_zone(session, before.slug, KOLKATA, scene.product.now)

    await scene.product.refresher.build(becoming.company_id, becoming.generation)
    scene.company = becoming
    await scene.agree(ACME, declared=False)  # from its stays, as long as its rollups are not whole
    await scene.product.build_segments(becoming)
    await scene.tell(stay("one", "late", "03-01 20:00", "20:10"))
    await scene.agree(ACME)

    scene.company = before
    await scene.agree(ACME)  # who began before finds the old days
    scene.product.now += timedelta(minutes=2)
    await scene.product.refresher.build(before.company_id, before.generation)
    assert await kept(scene) == [(becoming.generation, None), (becoming.generation + 1, becoming.generation)]


async def test_what_was_begun_for_another_zone_goes_with_it(scene: Scene, database: Database) -> None:
    await scene.declare(ACME)
    for zone in (KOLKATA, "America/New_York"):
        with support(database.support) as session:
            becoming = change_zone(session, scene.company.slug, zone, scene.product.now)
        await scene.product.refresher.follow(becoming.company_id, becoming.generation)

    assert [beside for _, beside in await kept(scene) if beside] == [1, becoming.generation]


async def test_a_segment_that_is_removed_is_asked_of_its_stays_again(scene: Scene) -> None:
    await scene.tell(named("Acme"), *HELD)
    await scene.declare(ACME)
    await scene.product.support.execute("update segment set removed_at = %s", (scene.product.now,))

    await scene.agree(ACME, declared=False)
    await scene.product.refresher.follow(scene.company.company_id, 1)
    assert len(await kept(scene)) == 2  # for those who had found them
    scene.product.now += timedelta(minutes=2)
    await scene.product.refresher.build(scene.company.company_id, 2)
    await scene.product.refresher.follow(scene.company.company_id, 1)

    assert await kept(scene) == [(1, None)]
    assert await (await scene.product.support.execute("select from segment")).fetchall() == []


async def test_what_was_left_half_built_does_not_answer(
    scene: Scene, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnout.analytics.refreshing.MOST_DAYS_AT_ONCE", DAYS_AT_ONCE)
    days = [stay("one", f"c{day}", f"01-{day:02} 09:00", "10:00") for day in range(1, DAYS_AT_ONCE)]
    await scene.tell(named("Acme"), HELD[0], *days)
    await scene.product.refresher.refresh_company(scene.company.company_id, 1)
    row = (scene.company.company_id, segment_of(ACME).definition, scene.product.now)
    await scene.product.support.execute("insert into segment values (%s, gen_random_uuid(), 'A', %s, %s)", row)
    await scene.product.refresher.follow(scene.company.company_id, 1)
    async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        refresh = Refresh(connection, scene.company.company_id, 2)
        assert not await refresh.advance(scene.product.now)
        assert await refresh.run(scene.product.now) > 0
        assert not await refresh.advance(scene.product.now)  # begun, and far from whole

    await scene.agree(ACME, declared=False)
    await scene.product.build_segments(scene.company)
    await scene.agree(ACME)


async def test_a_declared_segment_may_be_asked_of_any_time(scene: Scene) -> None:
    await scene.tell(*HELD)
    with pytest.raises(TurnoutError, match="days; a segment without rollups"):
        await scene.segmented(OF_X7, date(2021, 1, 1))

    await scene.declare(OF_X7)

    assert (await scene.segmented(OF_X7, date(2021, 1, 1))).generation == 2


async def test_an_answer_waits_for_the_segments_own_days(scene: Scene) -> None:
    await scene.tell(*HELD)
    await scene.declare(OF_X7)
    await scene.tell(stay("two", "late", "03-01 20:00", "20:10", externalId="x-7"))
    await scene.product.refresher.refresh_company(scene.company.company_id, 1)
    hurried = Reading(scene.product.door, Idle(), scene.company, lambda: scene.product.now, patience=0)

    await found(hurried, OF_X7, by_dates(scene.company, date(2026, 2, 20), date(2026, 3, 2)), declared=True)

    assert date(2026, 3, 1) in hurried.pending
    await scene.agree(OF_X7)


async def test_a_running_refresher_builds_segments_and_keeps_them_up_to_date(
    scene: Scene, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnout.analytics.refresher.POLL_SECONDS", 0.05)
    await scene.tell(named("Acme"), *HELD)
    row = (scene.company.company_id, segment_of(ACME).definition, scene.product.now)
    await scene.product.support.execute("insert into segment values (%s, gen_random_uuid(), 'A', %s, %s)", row)
    refresher = Refresher(database.refresher, lambda: scene.product.now)

    await refresher.start()
    await until(lambda: is_whole(scene))
    await scene.tell(stay("one", "late", "03-01 20:00", "20:10"))
    await until(lambda: has_no_marks(scene))
    await refresher.stop()

    await scene.agree(ACME)


class Idle:
    """A refresher that does nothing."""

    async def refresh(self, company: Company, first_day: date, last_day: date, patience: float) -> None:
        pass


async def kept(scene: Scene) -> list[tuple[int, int | None]]:
    query = "select generation, beside from rollup_generation order by 1"
    return await (await scene.product.support.execute(query)).fetchall()


async def is_whole(scene: Scene) -> bool:
    query = "select from rollup_generation where whole_at is not null"
    return bool(await (await scene.product.support.execute(query)).fetchall())


async def has_no_marks(scene: Scene) -> bool:
    return not await (await scene.product.support.execute("select from mark limit 1")).fetchall()
