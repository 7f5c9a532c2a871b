"""The product's lists in the oracle's words, fetched page by page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from turnout.analytics.arrivals import HostArrivals
from turnout.analytics.clients import ClientStat
from turnout.analytics.contract import MetricUsage
from turnout.analytics.days import DayTotal, SegmentDayTotal
from turnout.analytics.disk import DiskUsage
from turnout.analytics.events import EventStat
from turnout.analytics.limit_use import Coverage, TimeAbove
from turnout.analytics.paging import Page, Wanted
from turnout.analytics.planned import PlannedEvents
from turnout.analytics.recordings import RecordingTotals
from turnout.analytics.users import Stat
from turnout.analytics.witness import PeakWitness

Row = dict[str, Any]
Ask = Callable[[Wanted], Awaitable[Page[Any]]]


@dataclass(frozen=True)
class Order:
    """An order of a list: a column by its name in the API, and a page's size."""

    column: str
    descending: bool
    first: int

    @property
    def name(self) -> str:
        """The column as the enumeration has it."""
        return "".join(f"_{sign}" if sign.isupper() else sign.upper() for sign in self.column)


async def all_pages(ask: Ask, order: Order) -> list[Any]:
    """Every row of a list, one page after the other."""
    wanted = Wanted(order.first, order.name, order.descending)
    page = await ask(wanted)
    assert not page.has_previous
    rows = list(page.rows)
    while page.has_next:
        page = await ask(Wanted(order.first, order.name, order.descending, page.positions[-1]))
        assert page.has_previous
        assert page.rows
        rows += page.rows
    assert page.total == len(rows)
    return rows


def user_in_words(row: Stat) -> Row:
    return user_of_segment_in_words(row) | {"name": row.name, "diskBytes": row.disk_bytes}


def user_of_segment_in_words(row: Stat) -> Row:
    """What is told of a user in a segment too."""
    return {
        "userId": row.user_id,
        "maxSpeakers": row.max_speakers,
        "maxListeners": row.max_listeners,
        "maxParallelEvents": row.max_parallel_events,
        "eventsCreated": row.events_created,
        "eventsHeld": row.events_held,
        "eventsPlanned": row.events_planned,
    }


def event_in_words(row: EventStat) -> Row:
    return {
        "eventId": row.event_id,
        "kind": row.kind,
        "template": row.template,
        "status": row.status.value,
        "title": row.title,
        "roomId": row.room_id,
        "room": row.room,
        "ownerId": row.owner_id,
        "ownerName": row.owner_name,
        "createdAt": row.created_at,
        "startsAt": row.starts_at,
        "endsAt": row.ends_at,
        "startedAt": row.started_at,
        "endedAt": row.ended_at,
        "durationMinutes": row.duration_minutes,
        "peakConnections": row.peak_connections,
        "peakSpeakers": row.peak_speakers,
        "peakListeners": row.peak_listeners,
        "uniqueParticipants": row.unique_participants,
        "participationMinutes": row.participation_minutes,
        "recordings": row.recordings,
        "recordedMinutes": row.recorded_minutes,
    }


def planned_in_words(row: PlannedEvents) -> Row:
    return {"userId": row.user_id, "name": row.name, "planned": row.planned, "nextStartsAt": row.next_starts_at}


def arrivals_in_words(row: HostArrivals) -> Row:
    return {
        "userId": row.user_id,
        "name": row.name,
        "events": row.events,
        "attended": row.attended,
        "meanArrivalSeconds": row.mean_arrival_seconds,
        "medianArrivalSeconds": row.median_arrival_seconds,
        "lateShare": row.late_share,
    }


def disk_in_words(row: DiskUsage) -> Row:
    return {
        "userId": row.user_id,
        "name": row.name,
        "usedBytes": row.used_bytes,
        "uploadedBytes": row.uploaded_bytes,
        "files": row.files,
    }


def client_in_words(row: ClientStat) -> Row:
    return {
        "day": row.day,
        "device": row.device,
        "client": row.client,
        "os": row.os,
        "signIns": row.sign_ins,
        "users": row.users,
    }


def recordings_in_words(row: RecordingTotals) -> Row:
    return {
        "peakRecordings": row.peak,
        "peakRecordingsAt": row.peak_at,
        "recordedMinutes": row.recorded_minutes,
        "storedRecordingMinutes": row.stored_minutes,
        "storedRecordingBytes": row.stored_bytes,
    }


def about(share: float | None) -> float | None:
    """A quotient to twelve digits: in which order its parts were divided shows in the last ones."""
    return None if share is None else float(f"{share:.12g}")


def usage_of_metric_in_words(row: MetricUsage) -> Row:
    return {
        "metric": row.metric.value,
        "section": row.section.value,
        "used": row.used,
        "limit": row.limit,
        "share": row.share,
        "headroom": row.headroom,
        "at": row.at,
        "worstShare": about(row.worst_share),
        "worstShareAt": row.worst_share_at,
    }


def total_in_words(row: DayTotal | SegmentDayTotal) -> Row:
    return {
        "day": row.day,
        "eventsCreated": row.events_created,
        "personalCalls": row.personal_calls,
        "groupCalls": row.group_calls,
        "messages": row.messages,
        "newUsers": row.new_users,
        "registeredUsers": row.registered_users,
        "uploadedBytes": row.uploaded_bytes,
        "storageBytes": row.storage_bytes,
        "signIns": row.sign_ins,
    }


def witness_in_words(row: PeakWitness) -> Row:
    return {
        "value": row.value,
        "at": row.at,
        "until": row.until,
        "eventCount": row.event_count,
        "connectionCount": row.connection_count,
        "peopleCount": row.people_count,
    }


def limit_use_in_words(time: TimeAbove, curve: list[Coverage], covered: float | None) -> Row:
    return {
        "passed": time.passed,
        "limited": time.limited,
        "above80": time.above_80,
        "above90": time.above_90,
        "above100": time.above_100,
        "limit": time.limit,
        "value": curve[0].value if curve else None,
        "covered": covered,
    }
