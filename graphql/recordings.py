"""Recordings of a period and of each of its days: their fields ask for nothing that is not selected."""

from datetime import datetime

import strawberry

from turnout.analytics import days, summary
from turnout.analytics.recordings import NONE, RecordingTotals, recording_days, recording_totals
from turnout.graphql.context import Info
from turnout.graphql.figures import AskedPeriod
from turnout.graphql.scalars import BigInt

_Summary = strawberry.Parent[AskedPeriod]
_Day = strawberry.Parent[days.DayTotal]


async def peak_of_period(root: _Summary, info: Info) -> summary.Peak:
    """The most recordings that ran at one instant; nobody contracts a limit of them."""
    totals = await _of_period(root, info)
    return summary.Peak(totals.peak, totals.peak_at, None)


async def minutes_of_period(root: _Summary, info: Info) -> float:
    """For how long recordings ran."""
    return (await _of_period(root, info)).recorded_minutes


async def stored_minutes_of_period(root: _Summary, info: Info) -> float:
    """For how long those had run that exist at the end."""
    return (await _of_period(root, info)).stored_minutes


async def stored_bytes_of_period(root: _Summary, info: Info) -> BigInt:
    """The bytes of those that exist at the end."""
    return BigInt((await _of_period(root, info)).stored_bytes)


async def peak_of_day(root: _Day, info: Info) -> int:
    """The most recordings that ran at one instant."""
    return (await _of_day(root, info)).peak


async def peak_at_of_day(root: _Day, info: Info) -> datetime | None:
    """The first instant at which they did."""
    return (await _of_day(root, info)).peak_at


async def minutes_of_day(root: _Day, info: Info) -> float:
    """For how long recordings ran."""
    return (await _of_day(root, info)).recorded_minutes


async def stored_minutes_of_day(root: _Day, info: Info) -> float:
    """For how long those had run that exist at the day's end."""
    return (await _of_day(root, info)).stored_minutes


async def stored_bytes_of_day(root: _Day, info: Info) -> BigInt:
    """The bytes of those that exist at the day's end."""
    return BigInt((await _of_day(root, info)).stored_bytes)


async def _of_period(root: AskedPeriod, info: Info) -> RecordingTotals:
    return await info.context.reading().once(recording_totals, root.period)


async def _of_day(root: days.DayTotal, info: Info) -> RecordingTotals:
    return (await info.context.reading().once(recording_days, root.period)).get(root.day, NONE)
