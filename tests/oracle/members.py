"""What the activities of each type may say, and how every member has to look."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

REGISTERED, REMOVED, SIGNED_IN = "turnout.user.registered", "turnout.user.removed", "turnout.user.signedIn"
ROOM_CREATED = "turnout.room.created"
PLANNED, CANCELLED = "turnout.event.planned", "turnout.event.cancelled"
STARTED, ENDED = "turnout.event.started", "turnout.event.ended"
JOINED, LEFT, ROLE_CHANGED = "turnout.stay.joined", "turnout.stay.left", "turnout.stay.roleChanged"
POSTED = "turnout.message.posted"
UPLOADED, FILE_DELETED = "turnout.file.uploaded", "turnout.file.deleted"
RUNNING = tuple(f"turnout.recording.{verb}" for verb in ("started", "paused", "resumed", "stopped"))
STORED, RECORDING_DELETED = "turnout.recording.stored", "turnout.recording.deleted"
FEATURE_STARTED, FEATURE_STOPPED = "turnout.feature.started", "turnout.feature.stopped"
MEASURED, SAMPLED = "turnout.media.measured", "turnout.quality.sampled"
RETRACTED = "turnout.activity.retracted"

KINDS = ("MEETING", "WEBINAR", "CALL")
DEVICES = ("DESKTOP", "MOBILE", "TABLET", "TV", "PHONE", "ROOM_SYSTEM", "UNKNOWN")
ROLES = ("MODERATOR", "SPEAKER", "PARTICIPANT")
SERVICES = ("RECORDER", "STREAMER", "CAPTIONER", "BOT", "GATEWAY")
PLACES = ("MESSENGER", "PUBLIC_CHAT", "PRIVATE_CHAT", "QUESTION", "ANSWER")
DIRECTIONS = ("SENT", "RECEIVED")
TRACKS = ("AUDIO_VIDEO", "VIDEO", "AUDIO", "SCREEN")
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)

DESCRIPTION = "kind template owner title room parent createdAt captionsEnabled"
MEMBERS: dict[str, tuple[str, str]] = {  # those it needs, those it may have
    REGISTERED: ("user", "name email department"),
    REMOVED: ("user", ""),
    SIGNED_IN: ("user", "device client os"),
    ROOM_CREATED: ("room", "owner name"),
    PLANNED: ("event startsAt", f"{DESCRIPTION} endsAt"),
    CANCELLED: ("event", ""),
    STARTED: ("event", DESCRIPTION),
    ENDED: ("event", ""),
    JOINED: ("event connection", "user externalId name role device client service metadata"),
    LEFT: ("event connection", "reason"),
    ROLE_CHANGED: ("event connection role", ""),
    POSTED: ("place", "event sender"),
    UPLOADED: ("file bytes", "owner name"),
    FILE_DELETED: ("file", ""),
    **dict.fromkeys(RUNNING, ("recording event", "")),
    STORED: ("recording", "event owner bytes seconds startedAt"),
    RECORDING_DELETED: ("recording", ""),
    **dict.fromkeys((FEATURE_STARTED, FEATURE_STOPPED), ("event feature", "connection")),
    MEASURED: ("event connection direction track seconds", ""),
    SAMPLED: ("event connection", "packetLoss bitrate cpuTrouble bandwidthTrouble"),
    RETRACTED: ("", ""),
}
NEEDED = {kind: tuple(needed.split()) for kind, (needed, _) in MEMBERS.items()}
ALLOWED = {kind: tuple(f"{needed} {perhaps}".split()) for kind, (needed, perhaps) in MEMBERS.items()}

Check = Callable[[Any], bool]


def is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def is_id(value: Any) -> bool:
    """1 to 200 characters, none of them a control character."""
    if not isinstance(value, str):
        return False
    return 1 <= len(value) <= 200 and not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in value)


def is_instant(value: Any) -> bool:
    """An RFC 3339 text, not before 2000."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return moment.tzinfo is not None and moment >= EARLIEST


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def is_share(value: Any) -> bool:
    return is_amount(value) and value <= 1


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_metadata(value: Any) -> bool:
    """An object of strings, or one bare string."""
    if not isinstance(value, dict):
        return is_text(value)
    return all(is_text(name) and isinstance(text, str) for name, text in cast("dict[Any, Any]", value).items())


def one_of(names: tuple[str, ...]) -> Check:
    return lambda value: value in names


CHECKS: dict[str, Check] = {
    **dict.fromkeys(("event", "connection", "user", "externalId", "parent", "owner", "room"), is_id),
    **dict.fromkeys(("sender", "file", "recording", "feature"), is_id),
    **dict.fromkeys(("template", "title", "name", "email", "department", "client", "os", "reason"), is_text),
    **dict.fromkeys(("createdAt", "startsAt", "endsAt", "startedAt"), is_instant),
    "kind": one_of(KINDS),
    "device": one_of(DEVICES),
    "role": one_of(ROLES),
    "service": one_of(SERVICES),
    "place": one_of(PLACES),
    "bytes": is_count,
    "seconds": is_amount,
    "direction": one_of(DIRECTIONS),
    "track": one_of(TRACKS),
    "packetLoss": is_share,
    "bitrate": is_amount,
    **dict.fromkeys(("captionsEnabled", "cpuTrouble", "bandwidthTrouble"), is_flag),
    "metadata": is_metadata,
}
HAPPENED = ("createdAt", "startedAt")
"""The instants that cannot lie ahead."""
