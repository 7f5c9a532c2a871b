"""Days: what each has once."""

from datetime import date, datetime

import strawberry

from turnout.analytics import days
from turnout.analytics.features import Figure
from turnout.graphql import breakdown, features, posts, recordings, segments
from turnout.graphql.context import Info
from turnout.graphql.figures import figure
from turnout.graphql.periods import PeriodArgument
from turnout.graphql.scalars import BigInt
from turnout.graphql.segments import SegmentArgument


@strawberry.type(
    description=(
        "What one local day has once, whatever the section. Days after today are all zeros; at the edges of a period "
        "by instants a day is the part of it inside."
    )
)
class DayTotal:
    """Rows are analytics' day totals."""

    day: date = strawberry.field(description="The company's local day.")
    events_created: int = strawberry.field(
        description="Meetings and webinars created on this day, whether held, cancelled or neither."
    )
    personal_calls: int = strawberry.field(
        description="Personal calls in which somebody was on this day. One over midnight is in both days."
    )
    group_calls: int = strawberry.field(
        description="Group calls in which somebody was on this day. One over midnight is in both days."
    )
    messages: int = strawberry.field(description="Messages posted in the messenger on this day, deleted ones too.")
    new_users: int = strawberry.field(description="Users registered on this day, though removed since.")
    registered_users: int = strawberry.field(description="Users registered at the end of this day, or now.")
    uploaded_bytes: BigInt = strawberry.field(
        description="Bytes of the files uploaded on this day, though deleted since."
    )
    storage_bytes: BigInt = strawberry.field(
        description="Bytes of files and recordings in use at the end of this day, or now."
    )
    sign_ins: int = strawberry.field(description="Sign-ins of users on this day, every one counted.")
    peak_recordings: int = strawberry.field(
        resolver=recordings.peak_of_day,
        description="The largest number of recordings that ran at the same instant of this day.",
    )
    peak_recordings_at: datetime | None = strawberry.field(
        resolver=recordings.peak_at_of_day,
        description="The first instant at which they ran: the day's start when they ran into it; null when it is 0.",
    )
    recorded_minutes: float = strawberry.field(
        resolver=recordings.minutes_of_day,
        description="Minutes that recordings ran on this day, pauses left out, deleted recordings included.",
    )
    stored_recording_minutes: float = strawberry.field(
        resolver=recordings.stored_minutes_of_day,
        description="Minutes that those recordings had run that exist at the end of this day, or now.",
    )
    stored_recording_bytes: BigInt = strawberry.field(
        resolver=recordings.stored_bytes_of_day,
        description="Bytes of the recordings that exist at the end of this day, or now.",
    )
    participation_minutes_by_device: list[breakdown.DeviceMinutes] = figure(
        list[breakdown.DeviceMinutes],
        breakdown.minutes_by_device_of_day,
        (
            "The participation minutes of this day by device: every device in the order of the enumeration, zeros "
            "included."
        ),
    )
    active_rooms: int = strawberry.field(
        resolver=breakdown.active_rooms_of_day,
        description="Distinct rooms with an event in which somebody was on this day.",
    )
    peak_dial_in_lines: int = strawberry.field(
        resolver=breakdown.dial_in_lines_of_day,
        description="The largest number of connections by PHONE or ROOM_SYSTEM at the same instant of this day.",
    )
    peak_dial_in_lines_at: datetime | None = strawberry.field(
        resolver=breakdown.dial_in_lines_at_of_day,
        description="The first instant of the day at which that number was reached; null exactly when it is 0.",
    )
    chat_posts: int = posts.of_day(
        lambda found: found.chat, "Posts in public and private chats on this day, deleted ones too."
    )
    public_chat_posts: int = posts.of_day(
        lambda found: found.public_chat, "Posts in public chats on this day, deleted ones too."
    )
    private_chat_posts: int = posts.of_day(
        lambda found: found.private_chat, "Posts in private chats on this day, deleted ones too."
    )
    qa_posts: int = posts.of_day(lambda found: found.qa, "Questions and answers posted on this day, deleted ones too.")
    questions: int = posts.of_day(lambda found: found.questions, "Questions posted on this day, deleted ones too.")
    answers: int = posts.of_day(lambda found: found.answers, "Answers posted on this day, deleted ones too.")
    peak_live_streams: int = strawberry.field(
        resolver=features.streams_of_day,
        description="The largest number of live streams that went out at the same instant of this day.",
    )
    peak_live_streams_at: datetime | None = strawberry.field(
        resolver=features.streams_at_of_day,
        description="The first instant at which they did: the day's start when they ran into it; null when it is 0.",
    )
    captions_minutes: float = features.minutes_of_day(Figure.CAPTIONS, features.CAPTIONS)
    whiteboard_minutes: float = features.minutes_of_day(Figure.WHITEBOARD, features.WHITEBOARD)
    breakout_minutes: float = features.minutes_of_day(Figure.BREAKOUT, features.BREAKOUT)
    transcription_minutes: float = features.minutes_of_day(Figure.TRANSCRIPTION, features.TRANSCRIPTION)
    screen_share_minutes: float = features.minutes_of_day(Figure.SCREEN_SHARE, features.SCREEN_SHARE)
    captions_enabled_minutes: float = features.minutes_of_day(Figure.CAPTIONS_ENABLED, features.CAPTIONS_ENABLED)
    sent_minutes: features.TrackMinutes = figure(
        features.TrackMinutes, features.sent_on_day, "Minutes of media that connections sent on this day, by track."
    )
    received_minutes: features.TrackMinutes = figure(
        features.TrackMinutes,
        features.received_on_day,
        "Minutes of media that connections received on this day, by track.",
    )
    quality: features.Quality = figure(
        features.Quality,
        features.quality_of_day,
        "How many stays on this day were in trouble, of those whose quality was sampled.",
    )


@strawberry.field(
    graphql_type=list[DayTotal],
    description="Every day of a period with what it has once, zeros included, ascending.",
)
async def day_totals(
    info: Info, period: PeriodArgument, segment: SegmentArgument = None
) -> list[days.DayTotal] | list[days.SegmentDayTotal]:
    """Totals by day."""
    reading = info.context.reading()
    return await days.day_totals(reading, await segments.resolve(reading, period, segment))
