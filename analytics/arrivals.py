"""Arrivals: who came when, against the plan."""

from dataclasses import dataclass
from typing import Final

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.periods import Period
from turnout.analytics.reading import Question, Reading, period_parameters, whole_days
from turnout.database.statements import statements

MICROSECONDS_A_SECOND: Final = 1_000_000

_SQL: Final = statements("turnout.analytics", "arrivals.sql")


@dataclass(frozen=True, slots=True)
class HostArrivals:
    """When an owner came to their planned events. Arrivals are None for who came to none, negative before the plan.

    The mean is one of whole microseconds, so that two that are shown equal are equal in the order too.
    """

    user_id: str
    name: str | None
    events: int
    attended: int
    mean_arrival_seconds: float | None
    median_arrival_seconds: float | None
    late_share: float | None


async def arrivals(reading: Reading, period: Period, wanted: Wanted) -> Page[HostArrivals]:
    """The owners of the planned events in which somebody was during a period."""
    parameters = period_parameters(period, reading.today) | wanted.parameters()
    question = Question(paged(_SQL["by_host"], wanted), line_of(_host), parameters, whole_days(period))
    return page_of(await reading.ask(question), wanted)


async def host_arrivals(reading: Reading, events: list[str]) -> list[float | None]:
    """Seconds from the planned start of each event to its owner's first join; None where either is missing."""
    found = await reading.ask(Question(_SQL["host_arrivals"], _arrival, {"events": events}))
    seconds = dict(found)
    return [seconds.get(event) for event in events]


def _arrival(event: str, arrival_us: int) -> tuple[str, float]:
    return event, arrival_us / MICROSECONDS_A_SECOND


def _host(
    user_id: str,
    name: str | None,
    events: int,
    attended: int,
    mean_us: int | None,
    median_us: float | None,
    late: int,
) -> HostArrivals:
    share = late / attended if attended else None
    return HostArrivals(user_id, name, events, attended, _seconds(mean_us), _seconds(median_us), share)


def _seconds(microseconds: float | None) -> float | None:
    return None if microseconds is None else microseconds / MICROSECONDS_A_SECOND
