"""The figures of features, media and quality, by the API's names."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from .facts import TOTAL, Facts
from .features import Stretch, measured, microseconds_covered
from .limits import peak_against

Row = dict[str, Any]

MICROSECONDS_A_MINUTE = 60_000_000
FEATURES = {
    "captionsMinutes": "CAPTIONS",
    "whiteboardMinutes": "WHITEBOARD",
    "transcriptionMinutes": "TRANSCRIPTION",
    "screenShareMinutes": "SCREEN_SHARE",
}
DIRECTIONS = {"sentMinutes": "SENT", "receivedMinutes": "RECEIVED"}
TRACKS = {"audioVideo": "AUDIO_VIDEO", "video": "VIDEO", "audio": "AUDIO", "screen": "SCREEN"}


def uses_of(facts: Facts, start: datetime, end: datetime) -> Row:
    """All of a bucket, with the most live streams as a Peak."""
    return {
        "peakLiveStreams": peak_against(None, *most_streams(facts, start, end)),
        **{name: minutes(spans(facts, feature), start, end) for name, feature in FEATURES.items()},
        "breakoutMinutes": minutes([*spans(facts, "BREAKOUT"), *breakouts(facts)], start, end),
        "captionsEnabledMinutes": minutes(captioned(facts), start, end),
        **media(facts, start, end),
        "quality": quality(facts, start, end),
    }


def spans(facts: Facts, feature: str) -> list[tuple[str, Stretch]]:
    """When a feature was on, by the event at the top."""
    return [(span.top, (span.start, span.end)) for span in facts.spans if span.feature == feature]


def breakouts(facts: Facts) -> list[tuple[str, Stretch]]:
    """When somebody was in a breakout, by the event at the top."""
    return [(each.stay.top, (each.start, each.end)) for each in facts.present if each.stay.event != each.stay.top]


def captioned(facts: Facts) -> list[tuple[str, Stretch]]:
    """When somebody was in an event that allows captions."""
    allowing = {top.key for top in facts.tops() if top.captions_enabled}
    return [(each.stay.top, (each.start, each.end)) for each in facts.present if each.stay.top in allowing]


def minutes(stretches: Iterable[tuple[str, Stretch]], start: datetime, end: datetime) -> float:
    """Of each event the union, summed over events."""
    by_top: dict[str, list[Stretch]] = {}
    for top, stretch in stretches:
        by_top.setdefault(top, []).append(stretch)
    return sum(microseconds_covered(own, start, end) for own in by_top.values()) / MICROSECONDS_A_MINUTE


def most_streams(facts: Facts, start: datetime, end: datetime) -> tuple[int, datetime | None]:
    """The most at one instant, and the first such: only where one starts can there be more."""
    streams = [span for span in facts.spans if span.feature == "LIVE_STREAM"]
    moments = sorted({start, *(span.start for span in streams if start < span.start < end)})
    counts = [(sum(span.is_on_at(moment) for span in streams), moment) for moment in moments]
    value = max(count for count, _ in counts)
    return value, next(moment for count, moment in counts if count == value) if value else None


def media(facts: Facts, start: datetime, end: datetime) -> Row:
    found = measured(facts.activities, start, end)
    rows: Row = {}
    for name, direction in DIRECTIONS.items():
        tracks = {column: found.get((direction, track), 0) for column, track in TRACKS.items()}
        tracks["total"] = sum(tracks.values())
        rows[name] = {column: lasted / MICROSECONDS_A_MINUTE for column, lasted in tracks.items()}
    return rows


def quality(facts: Facts, start: datetime, end: datetime) -> Row:
    samples = [each for each in facts.samples if start <= each.at < end]
    sampled = {(each.stay.event, each.stay.connection, id(each.stay)) for each in samples}
    troubled = {(each.stay.event, each.stay.connection, id(each.stay)) for each in samples if each.trouble}
    return {
        "stays": len(facts.within(TOTAL, start, end)),
        "staysWithSample": len(sampled),
        "staysInTrouble": len(troubled),
        "troubleShare": len(troubled) / len(sampled) if sampled else None,
    }
