"""What happened in a bucket: numbers that a period and each of its days have alike."""

from datetime import datetime
from typing import Any

from .events import Event
from .facts import Facts


def totals_of(facts: Facts, start: datetime, end: datetime) -> dict[str, Any]:
    """Created events, calls, messages, new users and uploaded bytes, by the time at which each happened."""
    created = [top.created_at for top in facts.tops() if top.kind in ("MEETING", "WEBINAR")]
    begun = [begin for user in facts.users.values() for begin, _ in user.registrations]
    calls = calls_in(facts, start, end)
    group = sum(facts.is_group_call(call) for call in calls)
    return {
        "eventsCreated": sum(start <= moment < end for moment in created),
        "personalCalls": len(calls) - group,
        "groupCalls": group,
        "messages": len(facts.messages(start, end)),
        "newUsers": sum(start <= moment < end for moment in begun),
        "uploadedBytes": sum(version.bytes for version in facts.uploaded_in(start, end)),
    }


def calls_in(facts: Facts, start: datetime, end: datetime) -> list[Event]:
    """The calls with a stay in the bucket."""
    return [facts.events[top] for top in {each.stay.top for each in facts.within("CALL", start, end)}]
