"""The words of the neutral format: the types of activities, what each says, and what is allowed in it."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

# Ids are shown, searched and put into addresses: no control characters, and short enough for an index.
Id = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Text = Annotated[str, Meta(min_length=1, pattern=r"^[^\x00]*$")]
Value = Annotated[str, Meta(pattern=r"^[^\x00]*$")]
Instant = Annotated[datetime, Meta(tz=True)]

Kind = Literal["MEETING", "WEBINAR", "CALL"]
Role = Literal["MODERATOR", "SPEAKER", "PARTICIPANT"]
Service = Literal["RECORDER", "STREAMER", "CAPTIONER", "BOT", "GATEWAY"]
Device = Literal["DESKTOP", "MOBILE", "TABLET", "TV", "PHONE", "ROOM_SYSTEM", "UNKNOWN"]


class Envelope(Struct):
    """A CloudEvent; attributes that are not named here are allowed and say nothing."""

    specversion: Literal["1.0"]
    id: Id
    source: Id
    type: Text
    time: Instant
    data: msgspec.Raw = msgspec.Raw(b"null")
    replaces: Id | None = None


class EventNamed(Struct):
    """What `event.cancelled` and `event.ended` say."""

    event: Id


class EventDescribed(EventNamed, kw_only=True):
    """What `event.started` says; a member left out or null says nothing."""

    kind: Kind | None = None
    template: Text | None = None
    owner: Id | None = None
    title: Text | None = None
    room: Id | None = None
    parent: Id | None = None
    createdAt: Instant | None = None  # noqa: N815 -- the member's name in the format
    captionsEnabled: bool | None = None  # noqa: N815 -- the member's name in the format


class EventPlanned(EventDescribed, kw_only=True):
    """What `event.planned` says; planning again reschedules."""

    startsAt: Instant  # noqa: N815 -- the member's name in the format
    endsAt: Instant | None = None  # noqa: N815 -- the member's name in the format


class StayNamed(EventNamed, kw_only=True):
    """What every activity of a stay says: whose connection, to which event."""

    connection: Id


class StayJoined(StayNamed, kw_only=True):
    """What `stay.joined` says."""

    user: Id | None = None
    externalId: Id | None = None  # noqa: N815 -- the member's name in the format
    name: Text | None = None
    role: Role | None = None
    device: Device | None = None
    client: Text | None = None
    service: Service | None = None
    metadata: dict[Text, Value] | Text | None = None


class StayLeft(StayNamed, kw_only=True):
    """What `stay.left` says."""

    reason: Text | None = None


class StayRoleChanged(StayNamed, kw_only=True):
    """What `stay.roleChanged` says."""

    role: Role


class Retracted(Struct):
    """`activity.retracted` says nothing but what it replaces."""


Said = EventNamed | Retracted

TYPES: Final[dict[str, type[Said]]] = {
    "turnout.event.planned": EventPlanned,
    "turnout.event.cancelled": EventNamed,
    "turnout.event.started": EventDescribed,
    "turnout.event.ended": EventNamed,
    "turnout.stay.joined": StayJoined,
    "turnout.stay.left": StayLeft,
    "turnout.stay.roleChanged": StayRoleChanged,
    "turnout.activity.retracted": Retracted,
}
