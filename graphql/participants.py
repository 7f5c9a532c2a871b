"""Stays one by one: the participants of an event, and the stays of a participant."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from turnout.analytics import participants, stay_quality
from turnout.graphql import people, periods
from turnout.graphql.connections import After, Asked, Connection, First, Slice, slice_of
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.figures import figure
from turnout.graphql.live import MetadataEntry
from turnout.graphql.periods import PeriodArgument
from turnout.graphql.sections import EventKind
from turnout.graphql.stays import Device, Role


class Service(Enum):
    """What stays in an event and is nobody."""

    RECORDER = "RECORDER"
    STREAMER = "STREAMER"
    CAPTIONER = "CAPTIONER"
    BOT = "BOT"
    GATEWAY = "GATEWAY"


describe(
    Service,
    "What stays in an event and is nobody: it counts in no figure of people.",
    {
        "RECORDER": "It records.",
        "STREAMER": "It sends the event on as a stream.",
        "CAPTIONER": "It writes captions.",
        "BOT": "It does something else.",
        "GATEWAY": "The trunk to telephones and room systems itself, not those who call through it.",
    },
)


@strawberry.type(description="A role that somebody had from an instant on, until the next one or the end of the stay.")
class RoleSince:
    """Rows are analytics' roles."""

    role: Role | None = strawberry.field(description="The role; null when none was said.")
    since: datetime = strawberry.field(description="The first instant with it.")


@strawberry.type(description="How well a stay went, as the platform sampled its connection.")
class StayQuality:
    """Rows are analytics' qualities of stays."""

    samples: int = strawberry.field(
        description="Samples taken of it: those of its connection since it began and before the next stay of it."
    )
    worst_packet_loss: float | None = strawberry.field(
        description="The largest share of packets that a sample says were lost: 1 is all. Null when none says it."
    )
    mean_bitrate: float | None = strawberry.field(
        description="The mean of the bits a second of the samples that say them; null when none does."
    )
    cpu_trouble: bool = strawberry.field(description="Whether a sample says that the processor could not keep up.")
    bandwidth_trouble: bool = strawberry.field(description="Whether a sample says that the line could not keep up.")
    in_trouble: bool = strawberry.field(
        description="Whether a sample shows trouble: of the processor, of the line, or more than 5 % of packets lost."
    )


async def _quality(root: strawberry.Parent[participants.Participant], info: Info) -> stay_quality.StayQuality | None:
    return await info.context.reading().of_each(stay_quality.qualities, root.stay_id)


@strawberry.type(description="One stay: one connection to one event, from joining to leaving.")
class Participant:
    """Rows are analytics' participants."""

    event_id: strawberry.ID = strawberry.field(
        metadata=people.event_id("event_id"), description="The event it is a stay of; a breakout's is its top's."
    )
    title: str | None = strawberry.field(
        metadata=people.event_title("event_id"), description="The title of that event, as said last."
    )
    kind: EventKind = strawberry.field(description="What that event is.")
    breakout_id: strawberry.ID | None = strawberry.field(
        metadata=people.event_id("breakout_id"), description="The breakout that it was to; null outside of breakouts."
    )
    joined_at: datetime = strawberry.field(description="When it began.")
    left_at: datetime | None = strawberry.field(description="When it ended; null while it goes on.")
    left_is_inferred: bool = strawberry.field(
        description="Whether no leave was told, and it ended with the event or after a long silence."
    )
    roles: list[RoleSince] = strawberry.field(description="The roles it had, one after the other; at least one.")
    device: Device = strawberry.field(description="The device; UNKNOWN when none was said.")
    client: str | None = strawberry.field(
        metadata=people.HARMLESS, description="The program, as the platform calls it; null when none was said."
    )
    user_id: strawberry.ID | None = strawberry.field(
        metadata=people.user_id("user_id"), description="The platform's id of the user; null for a guest."
    )
    external_id: strawberry.ID | None = strawberry.field(
        metadata=people.external_id("external_id"), description="The external id that the platform gave; often null."
    )
    name: str | None = strawberry.field(
        metadata=people.stay_name("connection"),
        description="The user's name as registered last, else the name said on joining.",
    )
    metadata: list[MetadataEntry] = strawberry.field(description="What else was said on joining, by key.")
    service: Service | None = strawberry.field(description="What it is when it is nobody; null for a person.")
    participation_minutes: float = strawberry.field(
        description="Minutes that it lasted, or has lasted until now, not rounded; the whole stay, whatever the period."
    )
    arrival_seconds: float | None = strawberry.field(
        description=(
            "Seconds from the planned start of the event to joining, negative before it; null for what was not planned."
        )
    )
    quality: StayQuality | None = figure(
        StayQuality, _quality, "How well it went, of all its samples; null when none was taken.", nullable=True
    )


@strawberry.input(one_of=True, description="Whose stays: exactly one of a user and an external id.")
class ParticipantInput:
    """Exactly one member is set."""

    user_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The platform's id of a user."
    )
    external_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="An external id, whether its stays have a user too or not."
    )

    def person(self) -> participants.Person:
        """As analytics takes it."""
        if self.user_id:
            return participants.Person("USER", self.user_id)
        return participants.Person("EXTERNAL", self.external_id or "")


Search = Annotated[
    str | None,
    strawberry.argument(
        metadata=people.NAMES_PEOPLE,
        description="Only stays of whom the name, or id for want of one, contains this, capitals aside.",
    ),
]


@strawberry.field(
    graphql_type=Connection[Participant],
    description=(
        "The stays of one event and of its breakouts, in the order of joining. None for a breakout itself, which is "
        "part of the event above it, and for an id that no event has."
    ),
)
async def event_participants(
    info: Info,
    event_id: Annotated[
        strawberry.ID, strawberry.argument(metadata=people.NAMES_PEOPLE, description="The platform's id of the event.")
    ],
    first: First = 50,
    after: After = None,
    search: Search = None,
    services: Annotated[
        bool, strawberry.argument(description="Whether recorders and the like are listed too.")
    ] = False,
) -> Slice[participants.Participant]:
    """Participants in pages."""
    reading = info.context.reading()
    asked = Asked("participants", first, after, "JOINED_AT", False, search, [event_id, services])

    return await slice_of(
        reading, asked, lambda wanted: participants.participants(reading, event_id, wanted, services=services)
    )


@strawberry.field(
    graphql_type=Connection[Participant],
    description=(
        "The stays of one participant over all events, in the order of joining: those that begin in the period or last "
        "into it. None for an id that nobody has."
    ),
)
async def participant_stays(
    info: Info,
    participant: Annotated[
        ParticipantInput, strawberry.argument(metadata=people.NAMES_PEOPLE, description="Whose stays are wanted.")
    ],
    period: PeriodArgument,
    first: First = 50,
    after: After = None,
) -> Slice[participants.Participant]:
    """Stays of one participant in pages."""
    reading = info.context.reading()
    person, resolved = participant.person(), await periods.resolve(reading, period)
    about = [person.namespace, person.key, periods.said(period)]
    asked = Asked("participantStays", first, after, "JOINED_AT", False, None, about)
    return await slice_of(
        reading, asked, lambda wanted: participants.participant_stays(reading, resolved, person, wanted)
    )
