"""How long a number was what, by looking at it between every two instants at which it can change."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

from .days import Day
from .facts import MICROSECOND, Facts

MINUTE = 60_000_000


def time_at_levels(facts: Facts, metric: str, section: str, start: datetime, end: datetime) -> Counter[int]:
    """Microseconds at each level, 0 included, from the start to the end or now."""
    end = min(end, facts.now)
    turns = {at for each in facts.present for at in (each.start, each.end, *(at for at, _ in each.stay.roles))}
    instants = [start, *sorted(at for at in turns if start < at < end), end] if start < end else []
    spent = Counter[int]()
    for since, until in pairwise(instants):
        spent[facts.state(since)[section, metric]] += (until - since) // MICROSECOND
    return spent


def time_above(
    facts: Facts, metric: str, section: str, days: Sequence[Day], limit_of: Callable[[Day], int | None]
) -> dict[str, float]:
    """Minutes with a limit, and those above a share of it in per cent."""
    minutes = {"limited": 0, "above80": 0, "above90": 0, "above100": 0}
    for day in days:
        limit = limit_of(day)
        if limit is not None:
            for level, us in time_at_levels(facts, metric, section, day.start, day.end).items():
                minutes["limited"] += us
                for share in (80, 90, 100):
                    minutes[f"above{share}"] += us if level * 100 > limit * share else 0
    return {name: us / MINUTE for name, us in minutes.items()}


def value_covering(spent: Counter[int], coverage: float) -> int:
    """The lowest value that was not exceeded in so large a part of the time."""
    levels = sorted(level for level, us in spent.items() if us)
    return next(
        value
        for value in levels
        if sum(us for level, us in spent.items() if level <= value) >= coverage * sum(spent.values())
    )
