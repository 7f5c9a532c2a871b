"""What was posted during events: fields that ask for nothing that is not selected."""

from collections.abc import Callable
from typing import Final

import strawberry

from turnout.analytics import breakdown, days, peaks, summary
from turnout.analytics.breakdown import Posts
from turnout.graphql.context import Info
from turnout.graphql.figures import AskedPeriod, figure
from turnout.tenants.limits import Section

Count = Callable[[Posts], int]

_NONE: Final = Posts()


def of_period(count: Count, description: str) -> int:
    """Posts of a period, whatever the section."""

    async def resolve(root: strawberry.Parent[AskedPeriod], info: Info) -> int:
        found = await info.context.reading().once(breakdown.posts, root.period)
        return count(found.get((None, Section.TOTAL), _NONE))

    return figure(int, resolve, description)


def of_section(count: Count, description: str) -> int:
    """Posts of a period in one section."""

    async def resolve(root: strawberry.Parent[summary.SectionSummary], info: Info) -> int:
        found = await info.context.reading().once(breakdown.posts, root.period)
        return count(found.get((None, root.section), _NONE))

    return figure(int, resolve, description)


def of_day(count: Count, description: str) -> int:
    """Posts of a day, whatever the section; none after today."""

    async def resolve(root: strawberry.Parent[days.DayTotal], info: Info) -> int:
        reading = info.context.reading()
        if root.day > reading.today:
            return 0
        found = await reading.once(breakdown.posts_of_days, root.period)
        return count(found.get((root.day, Section.TOTAL), _NONE))

    return figure(int, resolve, description)


def of_daily_peak(count: Count, description: str) -> int:
    """Posts of a day in one section."""

    async def resolve(root: strawberry.Parent[peaks.DailyPeak], info: Info) -> int:
        found = await info.context.reading().once(breakdown.posts_of_days, root.period)
        return count(found.get((root.day, root.section), _NONE))

    return figure(int, resolve, description)
