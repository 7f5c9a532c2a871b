"""The words of the neutral format: the types of activities, what each says, and what is allowed in it."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

# Ids are shown, searched and put into addresses: no control characters, and short enough for an index.
Id = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
# A title or a name; long enough for any, and short enough for a page of a thousand rows.
Text = Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Value = Annotated[str, Meta(pattern=r"^[^\x00]*$")]
Instant = Annotated[datetime, Meta(tz=True)]

Kind = Literal["MEETING", "WEBINAR", "CALL"]
Role = Literal["MODERATOR", "SPEAKER", "PARTICIPANT"]
Service = Literal["RECORDER", "STREAMER", "CAPTIONER", "BOT", "GATEWAY"]
Device = Literal["DESKTOP", "MOBILE", "TABLET", "TV", "PHONE", "ROOM_SYSTEM", "UNKNOWN"]
Place = Literal["MESSENGER", "PUBLIC_CHAT", "PRIVATE_CHAT", "QUESTION", "ANSWER"]
Direction = Literal["SENT", "RECEIVED"]
Track = Literal["AUDIO_VIDEO", "VIDEO", "AUDIO", "SCREEN"]
# 4 TiB: no file is larger, and no sum of what a company stores leaves a 64-bit number.
Bytes = Annotated[int, Meta(ge=0, le=2**42)]
Seconds = Annotated[float, Meta(ge=0, le=10**9)]
# More than eleven days lie between no two measures, and no sum of them in microseconds leaves a 64-bit number.
Lasting = Annotated[float, Meta(ge=0, le=10**6)]
Share = Annotated[float, Meta(ge=0, le=1)]
Rate = Annotated[float, Meta(ge=0, le=10**15)]


class _Told(Struct, gc=False):
    """Whatever has been told: it leads to no circle, so the collector need not look at millions of them."""


class Envelope(_Told):
    """A CloudEvent; attributes that are not named here are allowed and say nothing."""

    specversion: Literal["1.0"]
    id: Id
    source: Id
    type: Text
    time: Instant
    data: msgspec.Raw = msgspec.Raw(b"null")
    replaces: Id | None = None


class EventNamed(_Told):
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


class ConnectionNamed(EventNamed, kw_only=True):
    """What every activity of a connection says: which one, to which event."""

    connection: Id


class StayNamed(ConnectionNamed, kw_only=True):
    """What every activity of a stay says."""


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


class UserNamed(_Told):
    """What `user.removed` says."""

    user: Id


class UserRegistered(UserNamed, kw_only=True):
    """What `user.registered` says."""

    name: Text | None = None
    email: Text | None = None
    department: Text | None = None


class UserSignedIn(UserNamed, kw_only=True):
    """What `user.signedIn` says."""

    device: Device | None = None
    client: Text | None = None
    os: Text | None = None


class RoomCreated(_Told):
    """What `room.created` says; said again, it describes the room anew."""

    room: Id
    owner: Id | None = None
    name: Text | None = None


class MessagePosted(_Told):
    """What `message.posted` says: where, never what."""

    place: Place
    event: Id | None = None
    sender: Id | None = None


class FileNamed(_Told):
    """What `file.deleted` says."""

    file: Id


class FileUploaded(FileNamed, kw_only=True):
    """What `file.uploaded` says."""

    bytes: Bytes
    owner: Id | None = None
    name: Text | None = None


class RecordingNamed(_Told):
    """What `recording.deleted` says."""

    recording: Id


class RecordingRun(RecordingNamed, kw_only=True):
    """What `recording.started`, `.paused`, `.resumed` and `.stopped` say."""

    event: Id


class RecordingStored(RecordingNamed, kw_only=True):
    """What `recording.stored` says."""

    event: Id | None = None
    owner: Id | None = None
    bytes: Bytes | None = None
    seconds: Seconds | None = None
    startedAt: Instant | None = None  # noqa: N815 -- the member's name in the format


class FeatureSwitched(EventNamed, kw_only=True):
    """What `feature.started` and `feature.stopped` say: which feature of an event, perhaps of one connection alone."""

    feature: Id
    connection: Id | None = None


class MediaMeasured(ConnectionNamed, kw_only=True):
    """What `media.measured` says: how long since the last such measure media of one track went one way."""

    direction: Direction
    track: Track
    seconds: Lasting


class QualitySampled(ConnectionNamed, kw_only=True):
    """What `quality.sampled` says of a connection at one instant."""

    packetLoss: Share | None = None  # noqa: N815 -- the member's name in the format
    bitrate: Rate | None = None
    cpuTrouble: bool | None = None  # noqa: N815 -- the member's name in the format
    bandwidthTrouble: bool | None = None  # noqa: N815 -- the member's name in the format


class Retracted(_Told):
    """`activity.retracted` says nothing but what it replaces."""


Said = EventNamed | UserNamed | RoomCreated | MessagePosted | FileNamed | RecordingNamed | Retracted

TYPES: Final[dict[str, type[Said]]] = {
    "turnout.user.registered": UserRegistered,
    "turnout.user.removed": UserNamed,
    "turnout.user.signedIn": UserSignedIn,
    "turnout.room.created": RoomCreated,
    "turnout.event.planned": EventPlanned,
    "turnout.event.cancelled": EventNamed,
    "turnout.event.started": EventDescribed,
    "turnout.event.ended": EventNamed,
    "turnout.stay.joined": StayJoined,
    "turnout.stay.left": StayLeft,
    "turnout.stay.roleChanged": StayRoleChanged,
    "turnout.message.posted": MessagePosted,
    "turnout.file.uploaded": FileUploaded,
    "turnout.file.deleted": FileNamed,
    "turnout.recording.started": RecordingRun,
    "turnout.recording.paused": RecordingRun,
    "turnout.recording.resumed": RecordingRun,
    "turnout.recording.stopped": RecordingRun,
    "turnout.recording.stored": RecordingStored,
    "turnout.recording.deleted": RecordingNamed,
    "turnout.feature.started": FeatureSwitched,
    "turnout.feature.stopped": FeatureSwitched,
    "turnout.media.measured": MediaMeasured,
    "turnout.quality.sampled": QualitySampled,
    "turnout.activity.retracted": Retracted,
}
