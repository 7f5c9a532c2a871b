"""Contracted limits, as the company that has them sees them."""

from datetime import date
from typing import Final

from turnout.analytics.reading import Question, Reading
from turnout.database.statements import statements
from turnout.tenants.limits import Limit, LimitMetric, Section

_SQL: Final = statements("turnout.analytics", "limits.sql")


async def company_limits(reading: Reading) -> list[Limit]:
    """Every limit, past and future ones included: by metric, then section, then the day it begins."""
    return await reading.ask(Question(_SQL["company_limits"], _limit))


def _limit(metric: str, section: str, value: float, valid_from: date | None, valid_to: date | None) -> Limit:
    return Limit(LimitMetric(metric), Section(section), value, valid_from, valid_to)
