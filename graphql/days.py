"""Days: what each has once."""

from datetime import date, datetime

import strawberry

from turnout.analytics import days
from turnout.graphql import periods, recordings
from turnout.graphql.context import Info
from turnout.graphql.figures import figure
from turnout.graphql.periods import PeriodArgument
from turnout.graphql.scalars import BigInt


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
    stored_recording_bytes: BigInt = figure(
        BigInt, recordings.stored_bytes_of_day, "Bytes of the recordings that exist at the end of this day, or now."
    )


@strawberry.field(
    graphql_type=list[DayTotal],
    description="Every day of a period with what it has once, zeros included, ascending.",
)
async def day_totals(info: Info, period: PeriodArgument) -> list[days.DayTotal]:
    """Totals by day."""
    reading = info.context.reading()
    return await days.day_totals(reading, await periods.resolve(reading, period))
