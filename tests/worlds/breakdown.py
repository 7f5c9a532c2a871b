"""What is broken down by device, room, place, single event and hour, in the oracle's words."""

from datetime import date
from typing import Any

from msgspec.structs import asdict

from turnout.analytics import breakdown
from turnout.analytics.breakdown import NO_MINUTES, DayMetric, DeviceMinutes, Posts, Reached
from turnout.analytics.hours import HourStat
from turnout.analytics.peaks import Section
from turnout.analytics.periods import Period
from turnout.analytics.reading import Reading
from turnout.analytics.rooms import RoomStat

Row = dict[str, Any]


async def broken_down(reading: Reading, period: Period) -> list[Row]:
    """The period as a whole, and then each of its days."""
    posts = {**await breakdown.posts(reading, period), **await breakdown.posts_of_days(reading, period)}
    return [
        row | {"posts": {one.value: posts_in_words(posts.get((row["day"], one), Posts())) for one in Section}}
        for row in await stays_broken_down(reading, period)
    ]


async def stays_broken_down(reading: Reading, period: Period) -> list[Row]:
    """The same of stays alone, which segments have too."""
    minutes: dict[date | None, list[DeviceMinutes]] = {None: await breakdown.device_minutes(reading, period)}
    minutes |= await breakdown.device_minutes_of_days(reading, period)
    rooms: dict[date | None, int] = {None: await breakdown.active_rooms(reading, period)}
    rooms |= await breakdown.active_rooms_of_days(reading, period)
    peaks = {**await breakdown.peaks(reading, period), **await breakdown.peaks_of_days(reading, period)}

    def reached(day: date | None, metric: DayMetric, section: Section) -> tuple[int, Any]:
        found = peaks.get((day, metric, section), Reached())
        return found.value, found.at

    return [
        {
            "day": day,
            "minutesByDevice": [
                {"device": row.device.value, "minutes": row.minutes} for row in minutes.get(day, NO_MINUTES)
            ],
            "activeRooms": rooms.get(day, 0),
            "dialInLines": reached(day, DayMetric.DIAL_IN_LINES, Section.TOTAL),
            "inOneEvent": {
                section.value: reached(day, DayMetric.CONNECTIONS_IN_ONE_EVENT, section) for section in Section
            },
        }
        for day in (None, *(bucket.day for bucket in period.buckets))
    ]


def posts_in_words(row: Posts) -> Row:
    return asdict(row) | {"chat": row.chat, "qa": row.qa}


def room_in_words(row: RoomStat) -> Row:
    return {
        "roomId": row.room_id,
        "name": row.name,
        "ownerId": row.owner_id,
        "sessions": row.sessions,
        "participationMinutes": row.participation_minutes,
        "recorderMinutes": row.recorder_minutes,
        "streamerMinutes": row.streamer_minutes,
        "uniqueParticipants": row.unique_participants,
        "firstSessionAt": row.first_session_at,
        "lastSessionAt": row.last_session_at,
    }


def hour_in_words(row: HourStat) -> Row:
    return {
        "weekday": row.weekday,
        "hour": row.hour,
        "section": row.section.value,
        "days": row.days,
        "peakConnections": row.peak_connections,
        "meanPeakConnections": row.mean_peak_connections,
        "peakSpeakers": row.peak_speakers,
        "meanPeakSpeakers": row.mean_peak_speakers,
        "peakListeners": row.peak_listeners,
        "meanPeakListeners": row.mean_peak_listeners,
        "peakEvents": row.peak_events,
        "meanPeakEvents": row.mean_peak_events,
        "participationMinutes": row.participation_minutes,
    }
