"""What made up a peak, and the minutes about it."""

from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from turnout.analytics import witness
from turnout.analytics.periods import by_instants
from turnout.graphql import people, segments
from turnout.graphql.connections import After, Asked, Connection, First, Slice, slice_of, within
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.figures import figure
from turnout.graphql.periods import InstantRangeInput, PeriodArgument
from turnout.graphql.sections import EventKind, Section
from turnout.graphql.segments import SegmentArgument
from turnout.graphql.stays import Device, Role

PeakMetric = witness.PeakMetric
Witness = strawberry.Parent[witness.PeakWitness]
# Half of what a curve spans at most.
MOST_MINUTES = 1440

describe(
    PeakMetric,
    "What a peak is of.",
    {
        "CONNECTIONS": "Stays of people; one person on two devices makes two.",
        "SPEAKERS": "Moderators and speakers of webinars, and everybody in meetings and calls.",
        "LISTENERS": "Those who only listen, in webinars.",
        "EVENTS": "Events with somebody in them.",
    },
)


@strawberry.type(description="An event that was part of a peak.")
class PeakEvent:
    """Rows are analytics' peak events."""

    event_id: strawberry.ID = strawberry.field(
        metadata=people.event_id("event_id"), description="The platform's id of the event; a breakout is its top's."
    )
    kind: EventKind = strawberry.field(description="The kind of the event.")
    title: str | None = strawberry.field(
        metadata=people.event_title("event_id"), description="Its title, as described last."
    )
    room_id: strawberry.ID | None = strawberry.field(
        metadata=people.room("room_id"), description="The platform's id of its room."
    )
    room: str | None = strawberry.field(
        metadata=people.room("room_id"), description="The name of its room, or the id for want of one."
    )
    owner_id: strawberry.ID | None = strawberry.field(
        metadata=people.user_id("owner_id"), description="Whose it is: the owner it names, else its room's."
    )
    owner_name: str | None = strawberry.field(
        metadata=people.user_name("owner_id"), description="The owner's name, as registered last."
    )
    connections: int = strawberry.field(
        description="How many of its connections counted at the instant of the peak: of speakers, those who spoke."
    )


@strawberry.type(description="Somebody whose events were part of a peak.")
class PeakOwner:
    """Rows are analytics' peak owners."""

    user_id: strawberry.ID | None = strawberry.field(
        metadata=people.user_id("user_id"), description="The platform's id of the owner; null for events of nobody."
    )
    name: str | None = strawberry.field(
        metadata=people.user_name("user_id"), description="The owner's name, as registered last."
    )
    events: int = strawberry.field(description="How many of their events were part of it.")
    connections: int = strawberry.field(description="How many connections of these counted.")


@strawberry.type(description="One connection that counted at the instant of a peak.")
class PeakStay:
    """Rows are analytics' peak stays."""

    event_id: strawberry.ID = strawberry.field(
        metadata=people.event_id("event_id"), description="The event it was to; a breakout is its top's."
    )
    user_id: strawberry.ID | None = strawberry.field(
        metadata=people.user_id("user_id"), description="The platform's id of the user; null for a guest."
    )
    external_id: str | None = strawberry.field(
        metadata=people.external_id("external_id"), description="The external id that the platform gave; often null."
    )
    name: str | None = strawberry.field(
        metadata=people.stay_name("person"), description="The user's registered name, else the name said on joining."
    )
    role: Role | None = strawberry.field(description="The role at that instant; null when none was said.")
    device: Device = strawberry.field(description="The device.")
    joined_at: datetime = strawberry.field(description="When the stay began.")


@strawberry.type(description="One minute of a curve: the largest numbers in it, the level it begins with included.")
class CurvePoint:
    """Rows are analytics' curve points."""

    at: datetime = strawberry.field(description="The beginning of the minute.")
    connections: int = strawberry.field(description="The most connections at one instant of the minute.")
    speakers: int = strawberry.field(description="The most speakers at one instant of the minute.")
    listeners: int | None = strawberry.field(
        description="The most listeners at one instant of the minute; null in MEETING and CALL."
    )
    events: int = strawberry.field(description="The most events with somebody in them at one instant of the minute.")


async def _events(root: Witness, info: Info, first: First = 50, after: After = None) -> Slice[witness.PeakEvent]:
    reading = info.context.reading()
    return await slice_of(
        reading, _asked("events", root, first, after), lambda wanted: witness.peak_events(reading, root, wanted)
    )


async def _owners(root: Witness, info: Info, first: First = 50, after: After = None) -> Slice[witness.PeakOwner]:
    reading = info.context.reading()
    return await slice_of(
        reading, _asked("owners", root, first, after), lambda wanted: witness.peak_owners(reading, root, wanted)
    )


async def _stays(root: Witness, info: Info, first: First = 50, after: After = None) -> Slice[witness.PeakStay]:
    reading = info.context.reading()
    asked = _asked("stays", root, first, after, descending=False)
    return await slice_of(reading, asked, lambda wanted: witness.peak_stays(reading, root, wanted))


async def _curve(
    root: Witness,
    info: Info,
    minutes: Annotated[
        int, strawberry.argument(description=f"How many minutes before and after the peak: 1 to {MOST_MINUTES}.")
    ] = 60,
) -> list[witness.CurvePoint]:
    within("minutes", minutes, 1, MOST_MINUTES, "Ask `curve` for other minutes.")
    if root.at is None:
        return []
    minute = root.at.replace(second=0, microsecond=0)
    about = timedelta(minutes=minutes)
    return await witness.curve(
        info.context.reading(), minute - about, minute + about, root.section, root.period.segment
    )


def _asked(of: str, root: witness.PeakWitness, first: int, after: str | None, *, descending: bool = True) -> Asked:
    """A cursor belongs to the peak itself: at another instant others were there."""
    about = [root.metric.value, root.section.value, root.at and root.at.isoformat(), root.period.segment]
    return Asked(f"peakWitness.{of}", first, after, "CONNECTIONS", descending, None, about)


@strawberry.type(description="A peak of a period, and what it was made of at its first instant.")
class PeakWitness:
    """Rows are analytics' peak witnesses."""

    metric: PeakMetric = strawberry.field(description="What it is the peak of.")
    section: Section = strawberry.field(description="The kind of events that it is about.")
    value: int = strawberry.field(description="The largest number reached at any instant of the period.")
    at: datetime | None = strawberry.field(description="The first instant at which it was reached; null when it is 0.")
    until: datetime | None = strawberry.field(
        description=(
            "The first instant after it with fewer, at most the end of the period; null while as many are there, and "
            "when it is 0."
        )
    )
    lasted_seconds: float = strawberry.field(
        description="Seconds from `at` until `until`, or until now while it lasts."
    )
    event_count: int = strawberry.field(description="Events that were part of it.")
    owner_count: int = strawberry.field(description="Distinct owners of these; all events of nobody count as one.")
    connection_count: int = strawberry.field(
        description="Connections that counted: the peak itself, unless it is of events."
    )
    people_count: int = strawberry.field(description="Distinct people behind these connections.")
    events: Connection[PeakEvent] = figure(
        Connection[PeakEvent], _events, "The events, those with the most connections first."
    )
    owners: Connection[PeakOwner] = figure(
        Connection[PeakOwner], _owners, "The owners of the events, those with the most connections first."
    )
    stays: Connection[PeakStay] = figure(
        Connection[PeakStay], _stays, "The connections that counted, in the order of joining."
    )
    curve: list[CurvePoint] = figure(
        list[CurvePoint], _curve, "The minutes about it, in its section; empty when it is 0."
    )


@strawberry.field(
    graphql_type=PeakWitness,
    description=(
        "What a peak of a period was made of: the instant, how long it lasted, and which events, owners and people "
        "there were. NO_LISTENERS for listeners of a section that has none."
    ),
)
async def peak_witness(
    info: Info,
    period: PeriodArgument,
    metric: Annotated[PeakMetric, strawberry.argument(description="What the peak is of.")] = PeakMetric.CONNECTIONS,
    section: Annotated[Section, strawberry.argument(description="The kind of events.")] = Section.TOTAL,
    segment: SegmentArgument = None,
) -> witness.PeakWitness:
    """A peak and its makers."""
    reading = info.context.reading()
    return await witness.peak_witness(reading, await segments.resolve(reading, period, segment), metric, section)


@strawberry.field(
    graphql_type=list[CurvePoint],
    description="Connections, speakers, listeners and events minute by minute, over at most two days.",
)
async def curve(
    info: Info,
    instants: Annotated[
        InstantRangeInput, strawberry.argument(description="The span; its minutes are counted from its beginning.")
    ],
    section: Annotated[Section, strawberry.argument(description="The kind of events.")] = Section.TOTAL,
    segment: SegmentArgument = None,
) -> list[witness.CurvePoint]:
    """A curve of minutes. Raises the PERIOD_… errors, and CURVE_TOO_LONG."""
    reading = info.context.reading()
    span = reading.about(by_instants(reading.company, instants.start, instants.end))
    return await witness.curve(reading, span.start, span.end, section, await segments.definition(reading, segment))
