"""As of when an answer holds, for whoever has to know how new it is."""

from datetime import date, timedelta
from typing import Any

from turnout.analytics.definitions import VERSION
from turnout.analytics.reading import Reading
from turnout.graphql.scalars import write_instant


def freshness(reading: Reading) -> dict[str, Any]:
    """As of when the answer holds, by which definitions, and which days are complete, unfinished or not waited for."""
    freshness: dict[str, Any] = {
        "asOf": write_instant(reading.as_of),
        "completeThrough": _complete_through(reading).isoformat(),
        "definitions": VERSION,
    }
    if reading.unfinished:
        freshness["unfinished"] = [day.isoformat() for day in reading.unfinished]
    if reading.pending:
        freshness["pending"] = [
            {"day": day.isoformat(), "since": write_instant(since)} for day, since in sorted(reading.pending.items())
        ]
    return freshness


def _complete_through(reading: Reading) -> date:
    """The last local day that has ended; before a pending day that has ended too."""
    today = reading.as_of.astimezone(reading.company.zone).date()
    return min([today, *reading.pending]) - timedelta(days=1)
