"""Disk use: files and recordings, by whose they are."""

import asyncio
from typing import Final

import msgspec

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.periods import Period
from turnout.analytics.reading import (
    Question,
    Reading,
    days_up_to,
    ending_parameters,
    limit_day,
    period_parameters,
)
from turnout.analytics.usage import Usage
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "disk.sql")


class DiskUsage(msgspec.Struct, frozen=True):
    """What one user has in use at the period's end or now, and uploaded in it; without a user, what is nobody's."""

    user_id: str | None
    name: str | None
    used_bytes: int
    uploaded_bytes: int
    files: int


async def disk_usage(reading: Reading, period: Period, wanted: Wanted) -> tuple[Page[DiskUsage], Usage]:
    """Everybody with something in use or uploaded, and the company's total against its limit."""
    ending = ending_parameters(period)
    listed = period_parameters(period, reading.today) | ending | wanted.parameters()
    lines, total = await asyncio.gather(
        reading.ask(Question(paged(_SQL["disk_usage"], wanted), line_of(DiskUsage), listed, days_up_to(period))),
        reading.ask(Question(_SQL["storage_used"], Usage, ending | limit_day(period, reading), days_up_to(period))),
    )
    return page_of(lines, wanted), total[0]
