"""Features, media and quality of a period and of its days: their fields ask for nothing that is not selected."""

from datetime import datetime

import strawberry

from turnout.analytics import days, features, media, quality, summary
from turnout.analytics.features import Figure
from turnout.graphql.context import Info
from turnout.graphql.figures import AskedPeriod, figure

_Summary = strawberry.Parent[AskedPeriod]
_Day = strawberry.Parent[days.DayTotal]

# While what a feature counts as on; two at once in one event count once.
CAPTIONS = "captions were shown"
WHITEBOARD = "a whiteboard was open"
BREAKOUT = "any breakout was open: somebody was in one, or the platform says so"
TRANSCRIPTION = "a transcript was written"
SCREEN_SHARE = "a screen was shared"
CAPTIONS_ENABLED = "somebody was in an event that allows captions, whether they were shown or not"


@strawberry.type(description="Minutes of media that connections sent or received, as platforms have measured them.")
class TrackMinutes:
    """Rows are analytics' track minutes."""

    audio_video: float = strawberry.field(description="Minutes of sound and picture together.")
    video: float = strawberry.field(description="Minutes of picture without sound.")
    audio: float = strawberry.field(description="Minutes of sound without picture.")
    screen: float = strawberry.field(description="Minutes of a shared screen.")
    total: float = strawberry.field(description="Minutes of all tracks together.")


@strawberry.type(
    description=(
        "How many stays of people were in trouble, of those whose quality was sampled. Services such as recorders do "
        "not count."
    )
)
class Quality:
    """Rows are analytics' qualities."""

    stays: int = strawberry.field(description="Stays of people, sampled or not; each counts once.")
    stays_with_sample: int = strawberry.field(description="Stays of which at least one sample was taken meanwhile.")
    stays_in_trouble: int = strawberry.field(
        description=(
            "Stays of which a sample taken meanwhile shows trouble: of the processor, of the bandwidth, or more than 5 "
            "per cent of packets lost."
        )
    )
    trouble_share: float | None = strawberry.field(
        description="The stays in trouble divided by those with a sample: 1 is all. Null without a sample."
    )


def minutes_of_period(of: Figure, what: str) -> float:
    """A field of a period's summary: for how long a feature was on."""

    async def minutes(root: _Summary, info: Info) -> float:
        return (await _features_of_period(root, info)).minutes(of)

    description = f"Minutes of the period during which {what}, summed over events."
    return figure(float, minutes, description)


def minutes_of_day(of: Figure, what: str) -> float:
    """A field of a day's totals: for how long a feature was on."""

    async def minutes(root: _Day, info: Info) -> float:
        return (await _features_of_day(root, info)).minutes(of)

    description = f"Minutes of this day during which {what}, summed over events."
    return figure(float, minutes, description)


async def streams_of_period(root: _Summary, info: Info) -> summary.Peak:
    """The most live streams at one instant; nobody contracts a limit of them."""
    streams = (await _features_of_period(root, info)).streams
    return summary.Peak(streams.peak, streams.peak_at, None)


async def streams_of_day(root: _Day, info: Info) -> int:
    """The most live streams at one instant."""
    return (await _features_of_day(root, info)).streams.peak


async def streams_at_of_day(root: _Day, info: Info) -> datetime | None:
    """The first instant at which there were so many."""
    return (await _features_of_day(root, info)).streams.peak_at


async def sent_in_period(root: _Summary, info: Info) -> media.TrackMinutes:
    """What connections sent."""
    return (await info.context.reading().once(media.media_totals, root.period)).sent


async def received_in_period(root: _Summary, info: Info) -> media.TrackMinutes:
    """What connections received."""
    return (await info.context.reading().once(media.media_totals, root.period)).received


async def sent_on_day(root: _Day, info: Info) -> media.TrackMinutes:
    """What connections sent."""
    return (await _media_of_day(root, info)).sent


async def received_on_day(root: _Day, info: Info) -> media.TrackMinutes:
    """What connections received."""
    return (await _media_of_day(root, info)).received


async def quality_of_period(root: _Summary, info: Info) -> quality.Quality:
    """How many stays were in trouble."""
    return await info.context.reading().once(quality.quality_totals, root.period)


async def quality_of_day(root: _Day, info: Info) -> quality.Quality:
    """How many stays were in trouble."""
    of_days = await info.context.reading().once(quality.quality_days, root.period)
    return of_days.get(root.day, quality.NONE)


async def _features_of_period(root: _Summary, info: Info) -> features.Features:
    return await info.context.reading().once(features.feature_totals, root.period)


async def _features_of_day(root: _Day, info: Info) -> features.Features:
    of_days = await info.context.reading().once(features.feature_days, root.period)
    return of_days.get(root.day, features.NONE)


async def _media_of_day(root: _Day, info: Info) -> media.Media:
    return (await info.context.reading().once(media.media_days, root.period)).get(root.day, media.NONE)
