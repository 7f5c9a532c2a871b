"""One company asked about one segment of it: every answer beside the oracle's, which leaves all other stays out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.oracle import Oracle, Part
from tests.worlds.breakdown import hour_in_words, stays_broken_down
from tests.worlds.lists import Row, event_in_words, user_of_segment_in_words, witness_in_words
from tests.worlds.product import day_in_words, section_in_words
from turnout.analytics.days import day_totals
from turnout.analytics.events import event_stats
from turnout.analytics.hours import hours, week_hours
from turnout.analytics.paging import Wanted
from turnout.analytics.peaks import Section, daily_peaks
from turnout.analytics.periods import Period
from turnout.analytics.reading import Reading
from turnout.analytics.segments import segmented
from turnout.analytics.summary import PeriodSummary, period_summary
from turnout.analytics.users import user_stats
from turnout.analytics.witness import PeakMetric, peak_events, peak_witness
from turnout.tenants.segments import Segment

SECTIONS = ("TOTAL", "MEETING", "WEBINAR", "CALL")
FIELDS = ("total", "meetings", "webinars", "calls")
PARTS = (
    Part(room_prefix="r"),
    Part(external_id="p1"),
    Part(metadata=("customer", "a")),
    Part(room_prefix="Au"),
    Part(external_id="p2"),
    Part(metadata=("value", "a"), external_id="p1"),
    Part(room_prefix="r1", external_id="p1"),
    Part(metadata=("tier", "p1"), room_prefix="a"),
    Part(external_id="nobody"),
)
OF_EVENTS = ("eventsByTemplate", "eventsCreated", "eventsNotHeld", "personalCalls", "groupCalls")
OF_STAYS = ("day", "minutesByDevice", "activeRooms", "dialInLines", "inOneEvent")
OF_DAYS = ("day", "eventsCreated", "personalCalls", "groupCalls")
OF_USERS = ("maxSpeakers", "maxListeners", "maxParallelEvents", "eventsCreated", "eventsHeld", "eventsPlanned")
Answer = dict[str, Any]


def expected(oracle: Oracle, part: Part, period: Period, now: datetime) -> Answer:
    """What the oracle says of a part of the company."""
    of = oracle.of(part, now)
    span = period.start, period.end
    summary = of.period_summary(*span, now)
    users = [{"userId": row["userId"], **some(row, OF_USERS)} for row in of.user_stats(*span, now)]
    return {
        **some(summary, (*FIELDS, *OF_EVENTS)),
        "dailyPeaks": of.daily_peaks(*span, SECTIONS, now),
        "days": [some(row, OF_DAYS) for row in of.days(*span, now)],
        "events": by_id(of.event_stats(*span, now), "eventId"),
        "users": by_id([row for row in users if any(some(row, OF_USERS).values())], "userId"),
        "witness": of.witness("connections", "TOTAL", *span, now),
        "brokenDown": {row["day"]: some(row, OF_STAYS) for row in of.broken_down(*span, now)},
        "hours": {(row["weekday"], row["hour"]): row for row in of.hours("TOTAL", *span, now)},
    }


async def found(reading: Reading, part: Part, whole: Period, *, declared: bool = False) -> Answer:
    """What the product says of the same, from rollups if it has been declared."""
    period = await segmented(reading, whole, segment_of(part))
    assert (period.generation is not None) == declared
    events = await event_stats(reading, period, Wanted(100, "EVENT_ID"))
    users = await user_stats(reading, period, Wanted(100, "USER_ID"))
    witness = await peak_witness(reading, period, PeakMetric.CONNECTIONS, Section.TOTAL)
    makers = await peak_events(reading, witness, Wanted(100, "CONNECTIONS"))
    return {
        **summary_in_words(await period_summary(reading, period)),
        "dailyPeaks": [day_in_words(row) for row in await daily_peaks(reading, period, list(Section))],
        "days": [
            dict(zip(OF_DAYS, (row.day, row.events_created, row.personal_calls, row.group_calls), strict=True))
            for row in await day_totals(reading, period)
        ],
        "events": by_id([event_in_words(row) for row in events.rows], "eventId"),
        "users": by_id([user_of_segment_in_words(row) for row in users.rows], "userId"),
        "witness": witness_in_words(witness) | {"events": [row.event_id for row in makers.rows]},
        "brokenDown": {row["day"]: row for row in await stays_broken_down(reading, period)},
        "hours": {(row["weekday"], row["hour"]): row for row in await hours_in_words(reading, period)},
    }


def segment_of(part: Part) -> Segment:
    return Segment(part.room_prefix, part.external_id, part.metadata)


async def hours_in_words(reading: Reading, period: Period) -> list[Row]:
    asked = await hours(reading, period, [Section.TOTAL]), await week_hours(reading, period, [Section.TOTAL])
    return [hour_in_words(row) for rows in asked for row in rows]


def summary_in_words(summary: PeriodSummary) -> Answer:
    return {
        **{field: section_in_words(row) for field, row in zip(FIELDS, summary.sections, strict=True)},
        "eventsByTemplate": [
            {"kind": row.kind, "template": row.template, "eventsHeld": row.events_held}
            for row in summary.events_by_template
        ],
        "eventsCreated": summary.events_created,
        "eventsNotHeld": summary.events_not_held,
        "personalCalls": summary.personal_calls,
        "groupCalls": summary.group_calls,
    }


def by_id(rows: Sequence[Row], column: str) -> dict[str, Row]:
    return {row[column]: row for row in rows}


def some(row: Row, columns: Sequence[str]) -> Row:
    return {column: row[column] for column in columns}
