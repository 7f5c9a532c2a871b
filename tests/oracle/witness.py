"""What a peak was made of, by looking at every stay at every instant."""

from datetime import datetime

from .facts import TOTAL, Facts, Presence
from .rows import Row


def witness_of(facts: Facts, metric: str, section: str, start: datetime, end: datetime) -> Row:
    """A PeakWitness without its lists, and the ids of its events, the largest first."""
    value, at = facts.peak(metric, section, start, end)
    there = [each for each in facts.present if at and counts(each, metric, section, at)]
    tops = [each.stay.top for each in there]
    return {
        "value": value,
        "at": at,
        "until": at and _until(facts, metric, section, value, at, end),
        "eventCount": len(set(tops)),
        "connectionCount": len(there),
        "peopleCount": len({each.stay.person for each in there}),
        "events": sorted(set(tops), key=lambda top: (-tops.count(top), top.encode())),
    }


def counts(each: Presence, metric: str, section: str, at: datetime) -> bool:
    """Whether a stay is one of those that a number at an instant is made of."""
    if not each.start <= at < each.end or section not in (TOTAL, each.kind):
        return False
    return metric in ("connections", "events") or each.speaks_at(at) == (metric == "speakers")


def _until(facts: Facts, metric: str, section: str, value: int, at: datetime, end: datetime) -> datetime | None:
    turns = {moment for each in facts.present for moment in (each.end, *(since for since, _ in each.stay.roles))}
    after = sorted(moment for moment in turns if at < moment < min(end, facts.now))
    falls = (moment for moment in after if facts.state(moment)[section, metric] < value)
    return next(falls, end if end < facts.now else None)
