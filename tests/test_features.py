"""Features, media and quality from the ingest to the figures, worked out by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from tests.worlds.features import days_in_words, uses_in_words
from tests.worlds.product import Product
from turnout.analytics.periods import by_dates, by_instants
from turnout.tenants.company import Company

Said = dict[str, Any]
NUMBERS = count()


def at(clock: str, day: str = "2026-03-01") -> datetime:
    """An instant in UTC; Berlin is an hour ahead."""
    return datetime.fromisoformat(f"{day}T{clock}+00:00")


def says(what: str, moment: datetime, event: str = "e", **data: Any) -> Said:
    envelope = {"specversion": "1.0", "source": "test", "id": f"a-{next(NUMBERS)}", "type": f"turnout.{what}"}
    return envelope | {"time": moment.isoformat(), "data": {"event": event} | data}


def on(moment: datetime, feature: str = "CAPTIONS", **data: Any) -> Said:
    return says("feature.started", moment, feature=feature, **data)


def off(moment: datetime, feature: str = "CAPTIONS", **data: Any) -> Said:
    return says("feature.stopped", moment, feature=feature, **data)


def retracts(told: Said) -> Said:
    return says("activity.retracted", at("12:00")) | {"replaces": told["id"], "data": None}


@dataclass
class Told:
    """A company in Berlin, as of noon UTC on 2 March 2026."""

    product: Product
    company: Company

    async def tell(self, *activities: Said) -> None:
        receipt = await self.product.tell(self.company, activities)
        assert receipt.quarantined == []

    async def of(self, *days: str) -> Said:
        """What the period of these days, or of the 1st of March, has."""
        first, last = (datetime.fromisoformat((days or ("2026-03-01",))[n]).date() for n in (0, -1))
        return await uses_in_words(self.product.reading(self.company), by_dates(self.company, first, last))

    async def by_day(self, first: str, last: str) -> list[Said]:
        period = by_dates(self.company, *(datetime.fromisoformat(day).date() for day in (first, last)))
        return list((await days_in_words(self.product.reading(self.company), period)).values())

    async def between(self, start: datetime, end: datetime) -> Said:
        return await uses_in_words(self.product.reading(self.company), by_instants(self.company, start, end))


@pytest.fixture
async def told(product: Product) -> Told:
    return Told(product, await product.add_company("acme", "Europe/Berlin", timedelta(hours=24)))


def one_day() -> list[Said]:
    """Captions of an event from two sides, one over the other; another event; and one that ends with it."""
    return [
        on(at("09:00"), connection="c1"),
        on(at("09:20"), connection="c2"),
        off(at("09:30"), connection="c1"),
        off(at("09:40"), connection="c2"),
        on(at("09:10"), event="other"),
        off(at("09:15"), event="other"),
        on(at("10:00"), event="ending"),
        says("event.ended", at("10:30"), "ending"),
    ]


@pytest.mark.parametrize("step", [1, -1])
async def test_whatever_order_they_come_in_and_however_often(told: Told, step: int) -> None:
    activities = one_day()[::step]

    for activity in activities:
        await told.tell(activity)
    await told.tell(*activities)

    assert (await told.of())["captionsMinutes"] == 40 + 5 + 30


async def test_what_is_taken_back_was_never_on_and_what_ended_it_never_was(told: Told) -> None:
    first, second, stop = on(at("09:00")), on(at("09:00"), event="other"), off(at("09:30"))
    await told.tell(first, second, stop, says("event.ended", at("10:00")), off(at("09:10"), event="other"))
    assert (await told.of())["captionsMinutes"] == 40

    await told.tell(retracts(second))
    assert (await told.of())["captionsMinutes"] == 30

    await told.tell(retracts(stop))
    assert (await told.of())["captionsMinutes"] == 60


async def test_a_real_stop_wins_over_the_end_of_the_event_however_late_it_comes(told: Told) -> None:
    await told.tell(on(at("09:00")), says("event.ended", at("10:00")))
    assert (await told.of())["captionsMinutes"] == 60

    await told.tell(off(at("10:30")))

    assert (await told.of())["captionsMinutes"] == 90


async def test_a_feature_over_midnight_is_in_both_days_and_a_cut_period_has_its_part(told: Told) -> None:
    await told.tell(on(at("22:30", "2026-02-28"), "LIVE_STREAM"), on(at("22:30", "2026-02-28")), off(at("00:30")))

    first, second = await told.by_day("2026-02-28", "2026-03-01")
    part = await told.between(at("22:45", "2026-02-28"), at("00:00"))

    assert [row["captionsMinutes"] for row in (first, second, part)] == [30, 90, 75]
    assert [row["peakLiveStreams"]["at"] for row in (first, second, part)] == [
        at("22:30", "2026-02-28"),
        at("23:00", "2026-02-28"),
        at("22:45", "2026-02-28"),
    ]


async def test_a_day_has_as_many_hours_as_the_clock_gives_it(told: Told) -> None:
    await told.tell(on(at("12:00", "2025-10-25"), "WHITEBOARD"), off(at("12:00", "2025-10-27"), "WHITEBOARD"))

    days = await told.by_day("2025-10-25", "2025-10-27")

    assert [row["whiteboardMinutes"] for row in days] == [10 * 60, 25 * 60, 13 * 60]


async def test_what_is_on_grows_by_itself_until_its_event_has_been_silent_too_long(told: Told) -> None:
    await told.tell(on(at("11:00", "2026-03-02")), says("stay.joined", at("11:30", "2026-03-02"), connection="c"))
    assert (await told.of("2026-03-02"))["captionsMinutes"] == 60

    told.product.now += timedelta(hours=2)
    assert (await told.of("2026-03-02"))["captionsMinutes"] == 180

    told.product.now += timedelta(days=2)
    assert (await told.of("2026-03-02"))["captionsMinutes"] == 30


async def test_activity_after_a_long_silence_lets_it_go_on_through_all_of_it(told: Told) -> None:
    await told.tell(on(at("11:00", "2026-02-26")))
    assert (await told.of("2026-02-26", "2026-03-02"))["captionsMinutes"] == 0

    await told.tell(says("message.posted", at("11:30", "2026-03-02"), place="QUESTION"))

    assert (await told.of("2026-02-26", "2026-03-02"))["captionsMinutes"] == 4 * 24 * 60 + 60


async def test_a_breakout_is_its_events_whenever_that_is_told(told: Told) -> None:
    stays = [
        says(f"stay.{verb}", at(clock), "b", connection="c") for verb, clock in (("joined", "09:20"), ("left", "10:00"))
    ]
    await told.tell(on(at("09:00")), off(at("09:30")), on(at("09:20"), event="b"), off(at("09:40"), event="b"), *stays)
    assert [(await told.of())[name] for name in ("captionsMinutes", "breakoutMinutes")] == [50, 0]

    await told.tell(says("event.started", at("11:00"), "b", parent="e"))

    assert [(await told.of())[name] for name in ("captionsMinutes", "breakoutMinutes")] == [40, 40]


async def test_that_an_event_allows_captions_may_be_told_later(told: Told) -> None:
    for connection, joined, left in (("c1", "09:00", "09:30"), ("c2", "09:20", "09:50")):
        await told.tell(says("stay.joined", at(joined), connection=connection))
        await told.tell(says("stay.left", at(left), connection=connection))
    assert (await told.of())["captionsEnabledMinutes"] == 0

    await told.tell(says("event.started", at("11:00"), captionsEnabled=True))

    assert (await told.of())["captionsEnabledMinutes"] == 50


async def test_media_add_up_by_direction_and_track(told: Told) -> None:
    def measured(clock: str, seconds: float, direction: str, track: str) -> Said:
        return says("media.measured", at(clock), connection="c", direction=direction, track=track, seconds=seconds)

    wrong = measured("09:05", 1000, "SENT", "AUDIO_VIDEO")
    await told.tell(wrong, measured("09:01", 59.5, "SENT", "AUDIO_VIDEO"), measured("09:02", 0.5, "SENT", "SCREEN"))
    await told.tell(measured("09:02", 30, "RECEIVED", "AUDIO"), measured("09:03", 30, "RECEIVED", "AUDIO"))
    await told.tell(retracts(wrong))

    found = await told.of()

    nothing = {"audioVideo": 0, "video": 0, "audio": 0, "screen": 0}
    assert found["sentMinutes"] == nothing | {"audioVideo": 59.5 / 60, "screen": 0.5 / 60, "total": 1}
    assert found["receivedMinutes"] == nothing | {"audio": 1, "total": 1}


def quality(row: Said) -> tuple[int, int, int]:
    return tuple(row["quality"][name] for name in ("stays", "staysWithSample", "staysInTrouble"))


async def test_a_stay_sampled_on_two_days_counts_on_both_and_once_in_the_period(told: Told) -> None:
    evening = at("22:00", "2026-02-28")
    await told.tell(says("stay.joined", evening, connection="c"), says("stay.left", at("01:00"), connection="c"))
    await told.tell(says("quality.sampled", at("00:10"), connection="c", packetLoss=0.051))
    late = [says("quality.sampled", evening + timedelta(minutes=n), connection="c", cpuTrouble=n == 1) for n in (0, 1)]
    assert [quality(row) for row in await told.by_day("2026-02-28", "2026-03-01")] == [(1, 0, 0), (1, 1, 1)]

    await told.tell(*late)

    assert [quality(row) for row in await told.by_day("2026-02-28", "2026-03-01")] == [(1, 1, 1), (1, 1, 1)]
    assert quality(await told.of("2026-02-28", "2026-03-01")) == (1, 1, 1)
    assert quality(await told.between(at("00:00"), at("00:30"))) == (1, 1, 1)
    assert quality(await told.of("2026-03-01")) == (1, 1, 1)


async def test_samples_go_to_the_stay_that_turns_out_to_have_begun_last(told: Told) -> None:
    await told.tell(says("quality.sampled", at("00:30"), connection="c", bandwidthTrouble=True))
    assert quality(await told.of()) == (0, 0, 0)

    await told.tell(says("stay.joined", at("20:00", "2026-02-28"), connection="c"))
    await told.tell(says("stay.left", at("21:00", "2026-02-28"), connection="c"))
    assert quality(await told.of()) == (0, 1, 1)

    await told.tell(says("stay.joined", at("00:00"), connection="c", service="BOT"))
    assert quality(await told.of()) == (0, 0, 0)
