"""The product's features, media and quality in the oracle's words."""

from datetime import date, datetime
from typing import Any

from turnout.analytics import features, media, quality
from turnout.analytics.features import Features, Figure
from turnout.analytics.media import Media, TrackMinutes
from turnout.analytics.periods import Period
from turnout.analytics.quality import Quality
from turnout.analytics.reading import Reading

Row = dict[str, Any]


async def uses_in_words(reading: Reading, period: Period) -> Row:
    """Those of a period as a whole."""
    return _in_words(
        await features.feature_totals(reading, period),
        await media.media_totals(reading, period),
        await quality.quality_totals(reading, period),
    )


async def days_in_words(reading: Reading, period: Period) -> dict[date, Row]:
    """Those of each day of a period up to today."""
    of_features = await features.feature_days(reading, period)
    of_media = await media.media_days(reading, period)
    of_quality = await quality.quality_days(reading, period)
    days = [bucket.day for bucket in period.buckets]
    assert max((*of_features, *of_media, *of_quality), default=reading.today) <= reading.today
    return {
        day: _in_words(
            of_features.get(day, features.NONE), of_media.get(day, media.NONE), of_quality.get(day, quality.NONE)
        )
        for day in days
        if day <= reading.today
    }


def _in_words(used: Features, gone: Media, sampled: Quality) -> Row:
    return {
        "peakLiveStreams": _peak(used.streams.peak, used.streams.peak_at),
        "captionsMinutes": used.minutes(Figure.CAPTIONS),
        "whiteboardMinutes": used.minutes(Figure.WHITEBOARD),
        "transcriptionMinutes": used.minutes(Figure.TRANSCRIPTION),
        "screenShareMinutes": used.minutes(Figure.SCREEN_SHARE),
        "breakoutMinutes": used.minutes(Figure.BREAKOUT),
        "captionsEnabledMinutes": used.minutes(Figure.CAPTIONS_ENABLED),
        "sentMinutes": _tracks(gone.sent),
        "receivedMinutes": _tracks(gone.received),
        "quality": {
            "stays": sampled.stays,
            "staysWithSample": sampled.stays_with_sample,
            "staysInTrouble": sampled.stays_in_trouble,
            "troubleShare": sampled.trouble_share,
        },
    }


def _peak(value: int, at: datetime | None) -> Row:
    return {"value": value, "at": at, "limit": None, "share": None, "headroom": None}


def _tracks(minutes: TrackMinutes) -> Row:
    return {
        "audioVideo": minutes.audio_video,
        "video": minutes.video,
        "audio": minutes.audio,
        "screen": minutes.screen,
        "total": minutes.total,
    }
