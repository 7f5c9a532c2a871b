"""Arrivals: who came when, against the plan."""

from typing import Final

from turnout.analytics.reading import Question, Reading
from turnout.database.statements import statements

MICROSECONDS_A_SECOND: Final = 1_000_000

_SQL: Final = statements("turnout.analytics", "arrivals.sql")


async def host_arrivals(reading: Reading, events: list[str]) -> list[float | None]:
    """Seconds from the planned start of each event to its owner's first join; None where either is missing."""
    found = await reading.ask(Question(_SQL["host_arrivals"], _arrival, {"events": events}))
    seconds = dict(found)
    return [seconds.get(event) for event in events]


def _arrival(event: str, arrival_us: int) -> tuple[str, float]:
    return event, arrival_us / MICROSECONDS_A_SECOND
