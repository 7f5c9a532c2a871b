"""A world told to the product, and the product's answers in the oracle's words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from tests.oracle import Limit, Part
from tests.sending import insist
from turnout.analytics.peaks import DailyPeak, Section, daily_peaks
from turnout.analytics.periods import Period
from turnout.analytics.reading import Reading
from turnout.analytics.refresher import Refresher
from turnout.analytics.summary import Peak, PeriodSummary, SectionSummary, period_summary
from turnout.analytics.usage import Usage
from turnout.database.calendar import extend_async
from turnout.ingest.intake import Receipt
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.segments import Segment

Row = dict[str, Any]

FIELDS = {"TOTAL": "total", "MEETING": "meetings", "WEBINAR": "webinars", "CALL": "calls"}


@dataclass
class Product:
    """A database with its door, its refresher and a clock that stands still until a test moves it."""

    door: Door
    support: AsyncConnection[Any]
    now: datetime
    refresher: Refresher = field(init=False)
    declared: dict[int, Part] = field(default_factory=dict[int, Part])
    """What each company has declared as a segment."""

    async def add_company(
        self, slug: str, zone: str, stale_after: timedelta, limits: Sequence[Limit] = (), anchor_day: int = 1
    ) -> Company:
        """A company as support would add it."""
        await extend_async(self.support, zone, self.now)
        cursor = await self.support.execute(
            "insert into company (slug, name, time_zone, billing_anchor_day, stale_after, created_at)"
            " values (%s, %s, %s, %s, %s, %s) returning company_id",
            (slug, slug, zone, anchor_day, stale_after, self.now),
        )
        row = await cursor.fetchone()
        assert row is not None
        company = Company(row[0], slug, slug, zone, anchor_day)
        today = self.now.astimezone(company.zone).date()
        await self.support.execute(
            "insert into rollup_generation values (%s, 1, %s, %s, %s, %s)",
            (row[0], zone, today, self.now, self.now),
        )
        for limit in limits:
            await self.support.execute(
                "insert into company_limit (company_id, metric, section, value, valid_from, valid_to)"
                " values (%s, %s::limit_metric, %s::section, %s, %s, %s)",
                (row[0], limit.metric, limit.section, limit.value, limit.from_day, limit.to_day),
            )
        return company

    async def round_up(self, company: Company) -> None:
        """Let each of its stays be rounded up to whole minutes, in all billing periods."""
        await self.support.execute(
            "insert into billing_rule values (%s, '1990-01-01', 'PER_STAY')", (company.company_id,)
        )

    async def begin_zone(self, company: Company, zone: str) -> Company:
        """Another zone as support would begin it; what comes back is the company as it will be."""
        await extend_async(self.support, zone, self.now)
        today = self.now.astimezone(ZoneInfo(zone)).date()
        cursor = await self.support.execute(
            "insert into rollup_generation (company_id, generation, time_zone, rolled_through, begun_at)"
            " select %s, max(generation) + 1, %s, %s, %s from rollup_generation where company_id = %s"
            " returning generation",
            (company.company_id, zone, today, self.now, company.company_id),
        )
        row = await cursor.fetchone()
        assert row is not None
        return replace(company, time_zone=zone, generation=row[0])

    async def declare(self, company: Company, part: Part, segment: Segment) -> None:
        """A segment of the company, with rollups that answer."""
        self.declared[company.company_id] = part
        row = (company.company_id, uuid4(), segment.definition, segment.definition, self.now)
        await self.support.execute("insert into segment values (%s, %s, %s, %s, %s)", row)
        await self.build_segments(company)

    async def build_segments(self, company: Company) -> None:
        """Compute the rollups of its segments until they answer."""
        await self.refresher.follow(company.company_id, company.generation)
        cursor = await self.support.execute(
            "select generation from rollup_generation where company_id = %s and beside = %s",
            (company.company_id, company.generation),
        )
        for (generation,) in await cursor.fetchall():
            await self.refresher.build(company.company_id, generation)

    async def finish_zone(self, company: Company) -> None:
        """Compute its rollups, and those of its segments beside them, until they answer."""
        await self.build_segments(company)
        await self.refresher.build(company.company_id, company.generation)
        cursor = await self.support.execute(
            "select generation, time_zone from company where company_id = %s", (company.company_id,)
        )
        assert await cursor.fetchone() == (company.generation, company.time_zone)

    async def tell(self, company: Company, activities: Sequence[dict[str, Any]]) -> Receipt:
        """One batch, by the ordinary ingest."""
        bodies = [json.dumps(activity).encode() for activity in activities]
        return await insist(self.door, company.company_id, bodies, self.now)

    def reading(self, company: Company) -> Reading:
        """What one request sees of a company; it waits as long as it takes."""
        return Reading(self.door, self.refresher, company, lambda: self.now, patience=60)

    async def ask(
        self, company: Company, start: datetime, end: datetime
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The period summary and the daily peaks of every section, read as an answer would be."""
        reading = self.reading(company)
        period = Period(start, end, company.time_zone)
        summary = await period_summary(reading, period)
        peaks = await daily_peaks(reading, period, list(Section))
        assert not reading.pending
        return in_words(summary), [day_in_words(row) for row in peaks]

    async def stays(self, company: Company) -> list[tuple[Any, ...]]:
        """Every stay as it stands in the database, by the keys of its event and connection."""
        async with self.door.write(company.company_id) as connection:
            cursor = await connection.execute(
                "select e.key, t.key, c.key, s.joined_at, s.left_at, s.ended_by::text, s.role::text, s.changed_at,"
                " s.changed_to::text[], s.service::text"
                " from stay s join connection c using (company_id, connection_id)"
                " join event e on e.company_id = s.company_id and e.event_id = s.event_id"
                " join event t on t.company_id = s.company_id and t.event_id = e.top_id"
                " order by 1, 3, 4, s.ordinal",
            )
            return await cursor.fetchall()

    async def runs(self, company: Company) -> list[tuple[Any, ...]]:
        """Every run of a recording as it stands in the database."""
        async with self.door.write(company.company_id) as connection:
            cursor = await connection.execute(
                "select d.key, e.key, r.started_at, r.stopped_at, r.ended_by::text, r.unplaced_us"
                " from recording_run r join stored d using (company_id, stored_id)"
                " left join event e on e.company_id = r.company_id and e.event_id = r.event_id"
                " order by 1, r.ordinal",
            )
            return await cursor.fetchall()


def in_words(summary: PeriodSummary) -> dict[str, Any]:
    return {
        **{FIELDS[row.section.value]: section_in_words(row) for row in summary.sections},
        "eventsByTemplate": [
            {"kind": row.kind, "template": row.template, "eventsHeld": row.events_held}
            for row in summary.events_by_template
        ],
        "eventsCreated": summary.counts.events_created,
        "eventsNotHeld": summary.counts.events_not_held,
        "messages": summary.counts.messages,
        "uploadedBytes": summary.counts.uploaded_bytes,
        "storage": usage_in_words(summary.counts.storage),
        "newUsers": summary.counts.new_users,
        "registeredUsers": usage_in_words(summary.counts.registered_users),
        "personalCalls": summary.personal_calls,
        "groupCalls": summary.group_calls,
    }


def section_in_words(row: SectionSummary) -> dict[str, Any]:
    return {
        "section": row.section.value,
        "peakConnections": _peak(row.peak_connections),
        "peakSpeakers": _peak(row.peak_speakers),
        "peakListeners": row.peak_listeners and _peak(row.peak_listeners),
        "peakEvents": _peak(row.peak_events),
        "meanDailyPeakConnections": row.mean_daily_peak_connections,
        "meanDailyPeakSpeakers": row.mean_daily_peak_speakers,
        "meanDailyPeakEvents": row.mean_daily_peak_events,
        "eventsHeld": row.events_held,
        "participationMinutes": row.participation_minutes,
        "uniqueParticipants": row.unique_participants,
    }


def usage_in_words(usage: Usage) -> dict[str, Any]:
    return {"used": usage.used, "limit": usage.limit, "share": usage.share, "headroom": usage.headroom}


def _peak(peak: Peak) -> dict[str, Any]:
    return {"value": peak.value, "at": peak.at, "limit": peak.limit, "share": peak.share, "headroom": peak.headroom}


def day_in_words(row: DailyPeak) -> dict[str, Any]:
    return {
        "day": row.day,
        "section": row.section.value,
        "connections": row.connections,
        "connectionsAt": row.connections_at,
        "connectionsLimit": row.connections_limit,
        "speakers": row.speakers,
        "speakersAt": row.speakers_at,
        "speakersLimit": row.speakers_limit,
        "listeners": row.listeners,
        "listenersAt": row.listeners_at,
        "events": row.events,
        "eventsAt": row.events_at,
        "eventsLimit": row.events_limit,
        "eventsHeld": row.events_held,
        "participationMinutes": row.participation_minutes,
        "uniqueParticipants": row.unique_participants,
    }


def first_difference(expected: dict[str, Any], got: dict[str, Any], path: str = "") -> str:
    """Where two answers part, for a message that can be read."""
    for key in expected.keys() | got.keys():
        here, there = expected.get(key), got.get(key)
        if here == there:
            continue
        if isinstance(here, dict) and isinstance(there, dict):
            return first_difference(cast("Row", here), cast("Row", there), f"{path}.{key}")
        return f"{path}.{key}: oracle {here!r}, product {there!r}"
    return ""
