"""One period as a whole."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import strawberry

from turnout.analytics import comparing, summary
from turnout.analytics.features import Figure
from turnout.graphql import breakdown, features, posts, recordings, segments
from turnout.graphql.comparison import CompareArgument, Comparison, compared_period
from turnout.graphql.context import Info
from turnout.graphql.contract import billed_minutes
from turnout.graphql.figures import AskedPeriod, Kind, figure
from turnout.graphql.periods import Period, PeriodArgument
from turnout.graphql.scalars import BigInt
from turnout.graphql.section_summary import PEAK, Peak, SectionSummary, TemplateCount
from turnout.graphql.sections import Section
from turnout.graphql.segments import SegmentArgument
from turnout.graphql.usage import Usage

Asked = strawberry.Parent[AskedPeriod]


async def _as_of(root: Asked, info: Info) -> datetime:
    """Of the sections, which are read with whatever else is asked for."""
    reading = info.context.reading()
    await reading.once(summary.section_summaries, root.period)
    return reading.as_of


async def _sections(root: Asked, info: Info) -> list[summary.SectionSummary]:
    return await info.context.reading().once(summary.section_summaries, root.period)


def _section(section: Section, description: str) -> SectionSummary:
    async def of_summary(root: Asked, info: Info) -> summary.SectionSummary:
        return next(row for row in await _sections(root, info) if row.section is section)

    return figure(SectionSummary, of_summary, description)


async def _templates(root: Asked, info: Info) -> list[summary.TemplateCount]:
    return await info.context.reading().once(summary.template_counts, root.period)


async def _personal_calls(root: Asked, info: Info) -> int:
    return sum(row.personal_calls for row in await _templates(root, info))


async def _group_calls(root: Asked, info: Info) -> int:
    return sum(row.group_calls for row in await _templates(root, info))


async def _counts(root: AskedPeriod, info: Info) -> summary.Counts | summary.SegmentCounts:
    return await info.context.reading().once(summary.period_counts, root.period)


def _counted(
    kind: type[Kind], read: Callable[[summary.Counts | summary.SegmentCounts], object], description: str
) -> Kind:
    """What a period has once."""

    async def resolve(root: Asked, info: Info) -> object:
        return read(await _counts(root, info))

    return figure(kind, resolve, description)


async def _uploaded_bytes(root: Asked, info: Info) -> BigInt:
    return BigInt((await _counts(root, info)).uploaded_bytes)


async def _comparison(root: Asked, info: Info) -> comparing.Comparison | None:
    if root.beside is None:
        return None
    reading = info.context.reading()
    now, before = await asyncio.gather(
        summary.period_summary(reading, root.period), summary.period_summary(reading, root.beside)
    )
    return comparing.compare(now, before)


@strawberry.type(description="The figures of a period as a whole, all of them as of the same instant.")
class PeriodSummary:
    """Rows are periods that are asked about: what is selected of one is read in one round trip."""

    period: Period = strawberry.field(description="The period, as the company's calendar resolved it.")
    as_of: datetime = strawberry.field(
        resolver=_as_of,
        description="The instant as of which the figures hold: what is still going on counts up to here.",
    )
    total: SectionSummary = _section(Section.TOTAL, "Events of every kind together.")
    meetings: SectionSummary = _section(Section.MEETING, "Meetings alone.")
    webinars: SectionSummary = _section(Section.WEBINAR, "Webinars alone.")
    calls: SectionSummary = _section(Section.CALL, "Calls alone.")
    sections: list[SectionSummary] = figure(
        list[SectionSummary],
        _sections,
        "The same four sections as rows, in the order of the enumeration: TOTAL, MEETING, WEBINAR, CALL.",
    )
    events_by_template: list[TemplateCount] = figure(
        list[TemplateCount],
        _templates,
        "Events held by kind, then template, those without one last; they add up to the events held of the sections.",
    )
    events_created: int = _counted(
        int,
        lambda counts: counts.events_created,
        "Meetings and webinars created in the period, whether held, cancelled or neither; calls are not created.",
    )
    events_not_held: int = _counted(
        int,
        lambda counts: counts.events_not_held,
        (
            "Events of every kind that were planned to start in the period, before now, were not cancelled, and in "
            "which nobody was."
        ),
    )
    personal_calls: int = figure(
        int,
        _personal_calls,
        (
            "Calls held that are personal: their template says so, or never three connections overlapped in the whole "
            "call."
        ),
    )
    group_calls: int = figure(
        int,
        _group_calls,
        (
            "Calls held that are group calls: their template says so, or three connections overlapped at some instant "
            "of the call."
        ),
    )
    billed_minutes: float | None = strawberry.field(
        resolver=billed_minutes,
        description=(
            "Minutes that people spent in events as the contract bills them: exactly, or each stay's part in the "
            "period rounded up to whole minutes. Null for what is no billing period of the company."
        ),
    )
    messages: int = _counted(
        int, lambda counts: counts.messages, "Messages posted in the messenger during the period, deleted ones too."
    )
    uploaded_bytes: BigInt = strawberry.field(
        resolver=_uploaded_bytes,
        description="Bytes of the files uploaded in the period, though replaced or deleted since.",
    )
    storage: Usage = _counted(
        Usage,
        lambda counts: counts.storage,
        "Bytes of files and recordings in use at the end of the period or now, against the limit STORAGE_BYTES.",
    )
    new_users: int = _counted(
        int,
        lambda counts: counts.new_users,
        "Users registered in the period, though removed since; again after a removal counts again.",
    )
    registered_users: Usage = _counted(
        Usage,
        lambda counts: counts.registered_users,
        "Users registered at the end of the period or now, against the limit USERS.",
    )
    comparison: Comparison | None = figure(
        Comparison,
        _comparison,
        "How the figures have changed since the period that `compareTo` names; null without it.",
        nullable=True,
    )
    peak_recordings: Peak = figure(
        Peak,
        recordings.peak_of_period,
        f"Recordings that ran {PEAK}. While it is paused a recording does not run.",
    )
    recorded_minutes: float = strawberry.field(
        resolver=recordings.minutes_of_period,
        description="Minutes that recordings ran in the period, pauses left out, deleted recordings included.",
    )
    stored_recording_minutes: float = strawberry.field(
        resolver=recordings.stored_minutes_of_period,
        description=(
            "Minutes that those recordings had run that exist at the end of the period or now: stored, and not deleted."
        ),
    )
    stored_recording_bytes: BigInt = strawberry.field(
        resolver=recordings.stored_bytes_of_period,
        description="Bytes of the recordings that exist at the end of the period or now; a part of the storage.",
    )
    participation_minutes_by_device: list[breakdown.DeviceMinutes] = figure(
        list[breakdown.DeviceMinutes],
        breakdown.minutes_by_device,
        (
            "The participation minutes of the period by device: every device in the order of the enumeration, zeros "
            "included. They add up to those of total."
        ),
    )
    active_rooms: int = strawberry.field(
        resolver=breakdown.active_rooms,
        description="Distinct rooms with an event in which somebody was during the period.",
    )
    peak_dial_in_lines: Peak = figure(
        Peak,
        breakdown.peak_dial_in_lines,
        f"Connections by PHONE or ROOM_SYSTEM {PEAK}. There is no limit of them.",
    )
    chat_posts: int = posts.of_period(
        lambda found: found.chat, "Posts in public and private chats during the period, deleted ones too."
    )
    public_chat_posts: int = posts.of_period(
        lambda found: found.public_chat, "Posts in public chats during the period, deleted ones too."
    )
    private_chat_posts: int = posts.of_period(
        lambda found: found.private_chat, "Posts in private chats during the period, deleted ones too."
    )
    qa_posts: int = posts.of_period(
        lambda found: found.qa, "Questions and answers posted in the period, deleted ones too."
    )
    questions: int = posts.of_period(lambda found: found.questions, "Questions posted in the period, deleted ones too.")
    answers: int = posts.of_period(lambda found: found.answers, "Answers posted in the period, deleted ones too.")
    peak_live_streams: Peak = figure(Peak, features.streams_of_period, f"Live streams that went out {PEAK}.")
    captions_minutes: float = features.minutes_of_period(Figure.CAPTIONS, features.CAPTIONS)
    whiteboard_minutes: float = features.minutes_of_period(Figure.WHITEBOARD, features.WHITEBOARD)
    breakout_minutes: float = features.minutes_of_period(Figure.BREAKOUT, features.BREAKOUT)
    transcription_minutes: float = features.minutes_of_period(Figure.TRANSCRIPTION, features.TRANSCRIPTION)
    screen_share_minutes: float = features.minutes_of_period(Figure.SCREEN_SHARE, features.SCREEN_SHARE)
    captions_enabled_minutes: float = features.minutes_of_period(Figure.CAPTIONS_ENABLED, features.CAPTIONS_ENABLED)
    sent_minutes: features.TrackMinutes = figure(
        features.TrackMinutes,
        features.sent_in_period,
        "Minutes of media that connections sent in the period, by track.",
    )
    received_minutes: features.TrackMinutes = figure(
        features.TrackMinutes,
        features.received_in_period,
        "Minutes of media that connections received in the period, by track.",
    )
    quality: features.Quality = figure(
        features.Quality,
        features.quality_of_period,
        "How many stays in the period were in trouble, of those whose quality was sampled.",
    )


@strawberry.field(
    graphql_type=PeriodSummary,
    description="The figures of a period as a whole: peaks, means, minutes, people and events.",
)
async def period_summary(
    info: Info, period: PeriodArgument, compare_to: CompareArgument = None, segment: SegmentArgument = None
) -> AskedPeriod:
    """One period as a whole."""
    reading = info.context.reading()
    resolved = await segments.resolve(reading, period, segment)
    if compare_to is None:
        return AskedPeriod(resolved)
    beside = await compared_period(reading, period, resolved, compare_to)
    return AskedPeriod(resolved, await segments.narrowed(reading, beside, segment))
