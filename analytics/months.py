"""Which months of a period may come from their materialized rows, and which days remain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from turnout.analytics.periods import DAY, FIRST_DAY, Period


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days from the first to the last, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Parts:
    """Whole months that are over, by their first day, and all other days in spans."""

    months: list[date]
    spans: list[Span]


@lru_cache(maxsize=512)
def parts_of(first: date, last: date, today: date) -> Parts:
    """Cut the days from first to last into months that were over before today, and the rest.

    Kept, for everybody asks about the same few ranges, and the time before one has hundreds of months.
    """
    months: list[date] = []
    spans: list[Span] = []
    for span in _by_month(first, last):
        if span.first.day == 1 and span.last == _last_of(span.first) and span.last < today:
            months.append(span.first)
        elif spans and spans[-1].last + DAY == span.first:
            spans[-1] = Span(spans[-1].first, span.last)
        else:
            spans.append(span)
    return Parts(months, spans)


def month_parameters(period: Period, today: date) -> dict[str, Any]:
    """The parameters of a period's figures by months: its own parts, and those of the time before it.

    What exists at its end is the sum of all days up to it, so that both together reach back to the first day there is.
    """
    cut = {bucket.day for bucket in period.cut}
    whole = [bucket.day for bucket in period.buckets if bucket.day not in cut]
    inside = parts_of(whole[0], whole[-1], today) if whole else Parts([], [])
    # A first day that is cut lies in no part of the period, and yet has happened before its end.
    through = whole[0] - DAY if whole else period.last_day - DAY if period.closing else period.last_day
    before = parts_of(FIRST_DAY, through, today)
    return {
        "months": inside.months,
        "span_firsts": [span.first for span in inside.spans],
        "span_lasts": [span.last for span in inside.spans],
        "all_months": before.months + inside.months,
        "before_firsts": [span.first for span in before.spans],
        "before_lasts": [span.last for span in before.spans],
    }


def _by_month(first: date, last: date) -> Iterator[Span]:
    while first <= last:
        end = min(_last_of(first), last)
        yield Span(first, end)
        first = end + DAY


def _last_of(day: date) -> date:
    return (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY
