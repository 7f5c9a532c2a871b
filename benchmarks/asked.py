"""The statistics: how each is asked for, and why one may read facts. Its plain SQL has its name in statistics.sql."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from benchmarks.year import NOW, SEGMENT
from turnout.analytics import breakdown
from turnout.analytics.alerts import backtest
from turnout.analytics.clients import clients
from turnout.analytics.contract import billed_minutes, contract_usage
from turnout.analytics.days import day_totals
from turnout.analytics.disk import disk_usage
from turnout.analytics.events import event_stats
from turnout.analytics.expectation import expected_peaks
from turnout.analytics.features import feature_days, feature_totals
from turnout.analytics.hours import hours, week_hours
from turnout.analytics.limit_use import covered, duration_curve, limit_use, time_above
from turnout.analytics.live import live
from turnout.analytics.media import media_days, media_totals
from turnout.analytics.paging import Wanted
from turnout.analytics.peaks import Section, daily_peaks
from turnout.analytics.periods import DAY, Period, PeriodPreset, by_preset
from turnout.analytics.planned import planned_events
from turnout.analytics.quality import quality_days, quality_totals
from turnout.analytics.reading import Question, Reading, whole_days
from turnout.analytics.recordings import recording_days, recording_totals
from turnout.analytics.rooms import room_stats
from turnout.analytics.segments import SegmentedPeriod, segmented
from turnout.analytics.summary import period_summary
from turnout.analytics.trends import trend
from turnout.analytics.users import user_stats
from turnout.analytics.witness import PeakMetric, curve, peak_events, peak_owners, peak_stays, peak_witness
from turnout.tenants.alert_rules import AlertPeriod, Condition
from turnout.tenants.limits import LimitMetric

# As the bounded cases are called.
THE_LIST: Final = "what the listed events say of themselves"
AN_INSTANT: Final = "who was there at one instant"
TWO_DAYS: Final = "two days at most"
ONE_ROW: Final = "the first there is"
NOT_YET: Final = "what has not happened yet"
ITS_STAYS: Final = "the stays among which a segment without rollups is found"
THE_PLAN: Final = "what was planned for these days and those they are compared with"

PAGE: Final = 50
Ask = Callable[[Reading, Period], Awaitable[object]]


@dataclass(frozen=True)
class Statistic:
    """A question of a period. `bounded` is why it reads facts, of how few; what has none may read rollups alone.

    `like` is the statistic that it is of a segment: the plain SQL beside it is that one's, over the segment's rollups.
    """

    name: str
    ask: Ask
    bounded: str | None = None
    like: str | None = None


async def _witness(reading: Reading, period: Period) -> object:
    return await peak_witness(reading, period, PeakMetric.CONNECTIONS, Section.TOTAL)


async def _makers(reading: Reading, period: Period) -> object:
    witness = await peak_witness(reading, period, PeakMetric.CONNECTIONS, Section.TOTAL)
    await peak_events(reading, witness, Wanted(PAGE, "CONNECTIONS"))
    await peak_owners(reading, witness, Wanted(PAGE, "CONNECTIONS"))
    return await peak_stays(reading, witness, Wanted(PAGE, "JOINED_AT"))


async def _limit_use(reading: Reading, period: Period) -> object:
    use = limit_use(period, PeakMetric.CONNECTIONS, Section.TOTAL)
    return await asyncio.gather(
        time_above(reading, use), duration_curve(reading, use, COVERAGES), covered(reading, use, 100)
    )


async def _billed(reading: Reading, _: Period) -> object:
    period = by_preset(reading.company, PeriodPreset.PREVIOUS_BILLING_PERIOD, reading.now, None)
    return await billed_minutes(reading, period)


async def _trend(reading: Reading, _: Period) -> object:
    return await trend(reading, PeakMetric.CONNECTIONS, Section.TOTAL, 365)


async def _expected(reading: Reading, _: Period) -> object:
    return await expected_peaks(reading, PeakMetric.CONNECTIONS, Section.TOTAL, 14)


def _declared(ask: Ask) -> Ask:
    """The same of the segment that the company has declared."""

    async def asked(reading: Reading, period: Period) -> object:
        return await ask(reading, await segmented(reading, period, SEGMENT))

    return asked


def _undeclared(ask: Ask) -> Ask:
    """The same of the very segment, as if nobody had declared it."""

    async def asked(reading: Reading, period: Period) -> object:
        of_stays = SegmentedPeriod(period.start, period.end, period.time_zone, SEGMENT.definition, None)
        return await ask(reading, of_stays)

    return asked


async def _peaks(reading: Reading, period: Period) -> object:
    return await daily_peaks(reading, period, list(Section))


async def _nothing(reading: Reading, period: Period) -> object:
    return await reading.ask(Question("select 1", int, {}, whole_days(period)))


COVERAGES: Final = (0.9, 0.95, 0.99, 0.995, 1.0)
CONNECTIONS_AT_80: Final = Condition(LimitMetric.CONNECTIONS, Section.TOTAL, 0.8, AlertPeriod.DAY)
MINUTES_AT_80: Final = Condition(LimitMetric.PARTICIPATION_MINUTES, Section.TOTAL, 0.8, AlertPeriod.BILLING_PERIOD)

# What every question costs before it is answered: its days, and whether one of them is out of date.
FRESHNESS: Final = Statistic("nothing_but_freshness", _nothing)
STATISTICS: Final = (
    FRESHNESS,
    Statistic("period_summary", period_summary),
    Statistic("daily_peaks", _peaks),
    Statistic("days", day_totals),
    Statistic("recordings", recording_totals),
    Statistic("recording_days", recording_days),
    Statistic("devices", breakdown.device_minutes),
    Statistic("devices_by_day", breakdown.device_minutes_of_days),
    Statistic("active_rooms", breakdown.active_rooms),
    Statistic("active_rooms_by_day", breakdown.active_rooms_of_days),
    Statistic("peaks_without_limits", breakdown.peaks),
    Statistic("peaks_without_limits_by_day", breakdown.peaks_of_days),
    Statistic("posts", breakdown.posts),
    Statistic("posts_by_day", breakdown.posts_of_days),
    Statistic("features", feature_totals),
    Statistic("features_by_day", feature_days),
    Statistic("media", media_totals),
    Statistic("media_by_day", media_days),
    Statistic("quality", quality_totals),
    Statistic("quality_by_day", quality_days),
    Statistic("hours", lambda reading, period: hours(reading, period, list(Section))),
    Statistic("week_hours", lambda reading, period: week_hours(reading, period, list(Section))),
    Statistic("rooms", lambda reading, period: room_stats(reading, period, Wanted(PAGE, "SESSIONS"))),
    Statistic(
        "events", lambda reading, period: event_stats(reading, period, Wanted(PAGE, "PARTICIPATION_MINUTES")), THE_LIST
    ),
    Statistic("users", lambda reading, period: user_stats(reading, period, Wanted(PAGE, "EVENTS_HELD")), THE_LIST),
    Statistic("disk_usage", lambda reading, period: disk_usage(reading, period, Wanted(PAGE, "USED_BYTES"))),
    Statistic("clients", lambda reading, period: clients(reading, period, PAGE, per_day=False)),
    Statistic("clients_by_day", lambda reading, period: clients(reading, period, PAGE, per_day=True)),
    Statistic("planned", lambda reading, _: planned_events(reading, Wanted(PAGE, "PLANNED")), NOT_YET),
    Statistic("peak_witness", _witness, TWO_DAYS),
    Statistic("peak_makers", _makers, TWO_DAYS),
    Statistic("curve", lambda reading, _: curve(reading, NOW - 4 * DAY, NOW - 2 * DAY, Section.TOTAL), TWO_DAYS),
    Statistic("live", lambda reading, _: live(reading), AN_INSTANT),
    Statistic("backtest_of_a_peak", lambda reading, _: backtest(reading, CONNECTIONS_AT_80, 365)),
    Statistic("backtest_of_minutes", lambda reading, _: backtest(reading, MINUTES_AT_80, 365)),
    Statistic("contract_usage", contract_usage),
    Statistic("billed_minutes", _billed),
    Statistic("limit_use", _limit_use),
    Statistic("trend", _trend, ONE_ROW),
    Statistic("expected_peaks", _expected, THE_PLAN),
    Statistic("declared_summary", _declared(period_summary), like="period_summary"),
    Statistic("declared_peaks", _declared(_peaks), like="daily_peaks"),
    Statistic("undeclared_summary", _undeclared(period_summary), ITS_STAYS, "period_summary"),
    Statistic("undeclared_peaks", _undeclared(_peaks), ITS_STAYS, "daily_peaks"),
)
