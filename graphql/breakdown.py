"""What stays come to by device, room and single event: fields that ask for nothing that is not selected."""

from datetime import datetime

import strawberry

from turnout.analytics import breakdown, days, peaks, summary
from turnout.analytics.breakdown import NO_MINUTES, DayMetric, Reached
from turnout.graphql.clients import Device
from turnout.graphql.context import Info
from turnout.graphql.figures import AskedPeriod
from turnout.graphql.sections import Section

_Summary = strawberry.Parent[AskedPeriod]
_Section = strawberry.Parent[summary.SectionSummary]
_Day = strawberry.Parent[days.DayTotal]
_Peaks = strawberry.Parent[peaks.DailyPeak]
_NOTHING = Reached()


@strawberry.type(description="Minutes that people spent in events with one device.")
class DeviceMinutes:
    """Rows are analytics' device minutes."""

    device: Device = strawberry.field(description="The device; UNKNOWN when it was not said.")
    minutes: float = strawberry.field(description="Minutes spent with it, stay by stay, not rounded.")


async def minutes_by_device(root: _Summary, info: Info) -> list[breakdown.DeviceMinutes]:
    """Every device, in the order of the enumeration."""
    return await info.context.reading().once(breakdown.device_minutes, root.period)


async def minutes_by_device_of_day(root: _Day, info: Info) -> list[breakdown.DeviceMinutes]:
    """The same of one day."""
    reading = info.context.reading()
    if root.day > reading.today:
        return NO_MINUTES
    return (await reading.once(breakdown.device_minutes_of_days, root.period)).get(root.day, NO_MINUTES)


async def active_rooms(root: _Summary, info: Info) -> int:
    """Rooms in which somebody was."""
    return await info.context.reading().once(breakdown.active_rooms, root.period)


async def active_rooms_of_day(root: _Day, info: Info) -> int:
    """The same of one day."""
    reading = info.context.reading()
    if root.day > reading.today:
        return 0
    return (await reading.once(breakdown.active_rooms_of_days, root.period)).get(root.day, 0)


async def peak_dial_in_lines(root: _Summary, info: Info) -> summary.Peak:
    """The most dial-in lines at one instant; nobody contracts a limit of them."""
    found = await info.context.reading().once(breakdown.peaks, root.period)
    return _without_limit(found.get((None, DayMetric.DIAL_IN_LINES, Section.TOTAL), _NOTHING))


async def dial_in_lines_of_day(root: _Day, info: Info) -> int:
    """The most dial-in lines at one instant of one day."""
    return (await _lines(root, info)).value


async def dial_in_lines_at_of_day(root: _Day, info: Info) -> datetime | None:
    """The first instant at which they were reached."""
    return (await _lines(root, info)).at


async def peak_in_one_event(root: _Section, info: Info) -> summary.Peak:
    """The most connections to a single event; nobody contracts a limit of them."""
    found = await info.context.reading().once(breakdown.peaks, root.period)
    return _without_limit(found.get((None, DayMetric.CONNECTIONS_IN_ONE_EVENT, root.section), _NOTHING))


async def in_one_event_of_day(root: _Peaks, info: Info) -> int:
    """The most connections to a single event at one instant of one day."""
    return (await _in_one_event(root, info)).value


async def in_one_event_at_of_day(root: _Peaks, info: Info) -> datetime | None:
    """The first instant at which they were reached."""
    return (await _in_one_event(root, info)).at


def _without_limit(reached: Reached) -> summary.Peak:
    return summary.Peak(reached.value, reached.at, None)


async def _lines(root: days.DayTotal, info: Info) -> Reached:
    reading = info.context.reading()
    if root.day > reading.today:
        return _NOTHING
    found = await reading.once(breakdown.peaks_of_days, root.period)
    return found.get((root.day, DayMetric.DIAL_IN_LINES, Section.TOTAL), _NOTHING)


async def _in_one_event(root: peaks.DailyPeak, info: Info) -> Reached:
    found = await info.context.reading().once(breakdown.peaks_of_days, root.period)
    return found.get((root.day, DayMetric.CONNECTIONS_IN_ONE_EVENT, root.section), _NOTHING)
