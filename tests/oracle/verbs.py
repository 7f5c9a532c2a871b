"""The words that the worlds are told in: ids, what is said of them, nonsense, and how often each is said."""

from itertools import cycle, product

from .activities import Raw
from .members import (
    CANCELLED,
    ENDED,
    FEATURE_STARTED,
    FEATURE_STOPPED,
    FILE_DELETED,
    JOINED,
    LEFT,
    MEASURED,
    PLANNED,
    POSTED,
    RECORDING_DELETED,
    REGISTERED,
    REMOVED,
    RETRACTED,
    ROLE_CHANGED,
    ROOM_CREATED,
    RUNNING,
    SAMPLED,
    SIGNED_IN,
    STARTED,
    STORED,
    UPLOADED,
)

# Ids that every company uses, and the same text in several namespaces. In UTF-8 the last two sources compare the
# other way round than in UTF-16, and "B" the other way round than in most locales.
SOURCES = ("a", "B", "a", "é", "\uff5e", "\U0001d11e")
OFTEN = (("e1", "c1"), ("e1", "c2"), ("e1", "c3"), ("e2", "c1"), ("e2", "c2"), ("é", "c1"))
STAYS = (*OFTEN, ("e1", "c4"), ("é", "e1"), ("E1", "c1"), ("e1", "c" * 200), *OFTEN)
EVENTS = ("e1", "idle", "e2", "é", "e1", "Plan", "E1", "idle", "e1", "e2", "plan", "é", "e1", "idle", "Plan", "plan")
USERS = ("p1", "p2", "p1", "P1", "p1", "p2", "é", "p" * 200, "p1", "p2", "p1", "e1", "p1", "p2", "p1", "p2")
ROOMS = ("r1", "r2", "r1", "R1") * 4
FILES = ("r1", "f2", "r1", "é") * 4
RECORDINGS = ("r1", "q2", "r1", "Q2") * 4
PARENTS = ("e1", "e2", "e1", "é", "E1", None, None, None)
PLACES = len(STAYS)

SUBJECTS: dict[str, tuple[Raw, ...]] = {
    **dict.fromkeys(
        (JOINED, LEFT, ROLE_CHANGED, MEASURED, SAMPLED), tuple({"event": e, "connection": c} for e, c in STAYS)
    ),
    **dict.fromkeys(
        (STARTED, PLANNED, ENDED, CANCELLED, FEATURE_STARTED, FEATURE_STOPPED),
        tuple({"event": event} for event in EVENTS),
    ),
    **dict.fromkeys((REGISTERED, REMOVED, SIGNED_IN), tuple({"user": user} for user in USERS)),
    ROOM_CREATED: tuple({"room": room} for room in ROOMS),
    POSTED: tuple({"event": event} if event != "idle" else {} for event in EVENTS),
    **dict.fromkeys((UPLOADED, FILE_DELETED), tuple({"file": file} for file in FILES)),
    **dict.fromkeys((*RUNNING, STORED, RECORDING_DELETED), tuple({"recording": key} for key in RECORDINGS)),
}
"""What an activity is about; idle and plan, whatever their case, never have a stay."""

OWNERS: tuple[Raw, ...] = ({}, {"owner": "p1"}, {"owner": "p2"}, {"owner": "p1"}, {"owner": "P1"}, {"owner": None})
LENT: tuple[Raw, ...] = ({}, {"room": "r1"}, {"room": "r2"}, {"room": "R1"}, {"room": "r1"}, {"room": None})
TITLES: tuple[Raw, ...] = ({}, {"title": "Yoga"}, {"title": "yoga"}, {"title": "Йога"}, {"title": "ΣΑΣ"})
OF_EVENTS: tuple[Raw, ...] = tuple({"event": event} for event in ("e1", "e2", "idle", "é", "e1", "lone"))
WHOSE: tuple[Raw, ...] = ({}, {}, {"connection": "c1"}, {"connection": "c2"}, {"connection": None})
MORE: dict[str, tuple[Raw, ...]] = {
    ROOM_CREATED: OWNERS,
    UPLOADED: OWNERS,
    STORED: tuple(owner | event for owner, event in product(OWNERS, ({}, *OF_EVENTS))),
    **dict.fromkeys(RUNNING, OF_EVENTS),
    **dict.fromkeys((FEATURE_STARTED, FEATURE_STOPPED), WHOSE),
}
"""What some say besides."""

IDENTITIES: tuple[Raw, ...] = (
    {},
    {"user": "p1"},
    {"user": "p2"},
    {"externalId": "p1"},
    {"externalId": "p2"},
    {"user": "p1", "externalId": "p2"},
    {"user": None, "externalId": "e1"},
    {"metadata": {"customer": "a", "tier": "p1"}},
    {"externalId": "p1", "metadata": "a"},
)
ROLES: tuple[Raw, ...] = ({}, {"role": "PARTICIPANT"}, {"role": "SPEAKER"}, {"role": "MODERATOR"})
SERVICES: tuple[Raw, ...] = ({"service": "RECORDER"}, {"service": "BOT", "user": "p1"}, {"service": "STREAMER"})
BY: tuple[Raw, ...] = tuple({"device": name} for name in ("PHONE", "DESKTOP", "ROOM_SYSTEM", "UNKNOWN", None))
DESCRIPTIONS: tuple[Raw, ...] = (
    {},
    *({"kind": "WEBINAR"}, {"kind": "CALL"}) * 3,
    {"kind": "MEETING"},
    {"template": "WEBINAR"},
    {"template": "PERSONAL_CALL"},
    {"template": "GROUP_CALL"},
    {"template": "LECTURE"},
    {"template": "CLUB_CALL"},
    *({"template": "yoga"}, {"template": "Zoo"}) * 2,
    {"kind": None, "template": "Юга"},
    {"kind": "WEBINAR", "template": None},
    {"kind": "CALL", "template": "Zoo"},
    {"kind": "CALL", "template": "PERSONAL_CALL"},
    {"kind": "MEETING", "template": "PERSONAL_CALL"},
    {"kind": "WEBINAR", "template": "CLUB_CALL"},
)
NAMES: tuple[Raw, ...] = (
    {},
    {"name": "Zoe"},
    {"name": "anna", "email": "a@example.org"},
    {"name": "Anna", "department": "Sales"},
    {"name": "Юна"},
    {"name": None, "email": "z@example.org"},
)
CLIENTS: tuple[Raw, ...] = (
    {},
    {"device": "DESKTOP", "client": "Web"},
    {"device": "DESKTOP", "client": "Web", "os": "Linux"},
    {"device": "DESKTOP", "client": "web", "os": "linux"},
    {"device": "MOBILE", "client": "App", "os": "Android"},
    {"device": "TV", "client": "Other"},
    {"device": "UNKNOWN", "client": "Unknown"},
    {"device": None, "client": "Other", "os": None},
)
SIZES: tuple[Raw, ...] = tuple({"bytes": size} for size in (5, 1, 0, 2, 2**40, 7))

UNSIZED: tuple[Raw, ...] = ({}, {"bytes": None, "seconds": 60.5}, {"startedAt": "2011-06-12T10:00:00Z"})

LASTED = (3600, 60.5, 5 * 3600, 0, 90000.25, 0.000001)

FEATURES: tuple[Raw, ...] = tuple(
    {"feature": feature}
    for feature in (
        *("CAPTIONS", "LIVE_STREAM", "BREAKOUT", "CAPTIONS", "LIVE_STREAM"),
        *("WHITEBOARD", "TRANSCRIPTION", "SCREEN_SHARE", "captions", "POLLS"),
    )
)
MEASURES: tuple[Raw, ...] = (
    {"direction": "SENT", "track": "AUDIO_VIDEO", "seconds": 60},
    {"direction": "RECEIVED", "track": "AUDIO_VIDEO", "seconds": 59.999999},
    {"direction": "SENT", "track": "SCREEN", "seconds": 0.0000005},
    {"direction": "RECEIVED", "track": "VIDEO", "seconds": 1000000},
    {"direction": "RECEIVED", "track": "AUDIO", "seconds": 0.1},
    {"direction": "SENT", "track": "AUDIO", "seconds": 0},
)
SAMPLES: tuple[Raw, ...] = (
    {},
    {"packetLoss": 0.05},
    {"packetLoss": 0.0500001, "bitrate": 1200.5},
    {"cpuTrouble": True},
    {"cpuTrouble": False, "bandwidthTrouble": True},
    {"packetLoss": None, "cpuTrouble": False},
)
ALLOWING: tuple[Raw, ...] = ({}, {"captionsEnabled": True}, {"captionsEnabled": False}, {"captionsEnabled": True})

CORRECTIONS = ("retract", "replace", "replace", "retract nothing", "replace elsewhere")
FLAWS: tuple[Raw, ...] = (
    {"type": "turnout.stay.danced"},
    {"type": "example.stay.joined"},
    {"time": "1999-12-31T23:59:59.999999Z"},
    {"time": "ahead"},
    {"replaces": "own"},
    {"type": RETRACTED, "data": {}},
    {"user": ""},
    {"name": ""},
    {"connection": "c\n1"},
    {"connection": "c\x7f"},
    {"connection": "c" * 201},
    {"connection": None},
    {"type": PLANNED, "startsAt": "2024-01-01T00:00:00Z", "parent": "own"},
    {"type": STARTED, "createdAt": "ahead"},
    {"type": PLANNED, "startsAt": "1999-12-31T23:59:59.999999Z"},
    {"type": PLANNED, "startsAt": "2024-01-01T00:00:00Z", "endsAt": "1999-12-31T23:59:59Z"},
    {"type": STARTED, "title": ""},
    {"type": REGISTERED, "name": ""},
    {"type": REGISTERED, "user": None, "name": "Nobody"},
    {"type": REMOVED, "user": "p\n1"},
    {"type": SIGNED_IN, "device": "TOASTER"},
    {"type": ROOM_CREATED, "room": "r" * 201, "owner": "p1"},
    {"type": POSTED},
    {"type": POSTED, "place": "WALL"},
    {"type": UPLOADED, "file": "r1"},
    {"type": UPLOADED, "file": "r1", "bytes": -1},
    {"type": UPLOADED, "file": "r1", "bytes": 1.5},
    {"type": FILE_DELETED, "file": ""},
    {"type": RUNNING[0], "event": None, "recording": "r1"},
    {"type": STORED, "recording": "r1", "bytes": "7"},
    {"type": STORED, "recording": "r1", "bytes": 7, "seconds": -1},
    {"type": STORED, "recording": "r1", "bytes": 7, "startedAt": "ahead"},
    {"type": RECORDING_DELETED},
    {"type": FEATURE_STARTED},
    {"type": FEATURE_STARTED, "feature": ""},
    {"type": FEATURE_STOPPED, "feature": "CAPTIONS", "connection": ""},
    {"type": MEASURED, "direction": "SENT", "track": "AUDIO"},
    {"type": MEASURED, "direction": "UP", "track": "AUDIO", "seconds": 1},
    {"type": MEASURED, "direction": "SENT", "track": "AUDIO", "seconds": -1},
    {"type": SAMPLED, "packetLoss": 1.5},
    {"type": SAMPLED, "cpuTrouble": "yes"},
)

Verb = tuple[str, Raw]
CORRECT, FLAWED = "correct", "flawed"
STAYING: tuple[Verb, ...] = (
    *((JOINED, identity | role) for role, identity in product(ROLES, IDENTITIES)),
    *((JOINED, identity | role | by) for (role, identity), by in zip(product(ROLES, IDENTITIES), cycle(BY))),
    *((JOINED, service) for service in SERVICES * 2),
    *[(LEFT, Raw())] * 40,
    *((ROLE_CHANGED, role) for role in ROLES[1:] * 8),
)
PLANS: tuple[Verb, ...] = tuple((PLANNED, description) for description in DESCRIPTIONS)
PLANNING: tuple[Verb, ...] = (
    *[(ENDED, Raw())] * 8,
    *((STARTED, description) for description in DESCRIPTIONS),
    *PLANS,
    *[(CANCELLED, Raw())] * 6,
    *((ROOM_CREATED, name) for name in ({}, {"name": "Aula"}, {"name": "aula"}, {"name": None}) * 2),
    *((POSTED, {"place": place}) for place in ("MESSENGER", "PUBLIC_CHAT", "QUESTION", "ANSWER")),
    *((kind, Raw()) for kind in RUNNING),
)
CORRECTING: tuple[Verb, ...] = (
    *((CORRECT, {"mode": mode}) for mode in CORRECTIONS * 5),
    *((FLAWED, flaw) for flaw in FLAWS),
)
PEOPLE: tuple[Verb, ...] = (
    *((REGISTERED, name) for name in NAMES * 2),
    *[(REMOVED, Raw())] * 8,
    *((SIGNED_IN, client) for client in CLIENTS * 2),
    *((POSTED, {"place": place, "sender": "p1"}) for place in ("MESSENGER", "QUESTION", "PRIVATE_CHAT")),
)
STORING: tuple[Verb, ...] = (
    *((UPLOADED, size) for size in SIZES * 2),
    *[(FILE_DELETED, Raw())] * 6,
    *((STORED, size) for size in SIZES),
    *((STORED, said) for said in UNSIZED * 2),
    *[(RECORDING_DELETED, Raw())] * 4,
)
RECORDING: tuple[Verb, ...] = (
    *((kind, Raw()) for kind in RUNNING[:1] * 3 + RUNNING),
    *((STORED, said) for said in (*SIZES[:2], *UNSIZED, {}, {})),
    (RECORDING_DELETED, Raw()),
    *[(ENDED, Raw())] * 2,
)
USING: tuple[Verb, ...] = (
    *((FEATURE_STARTED, feature) for feature in FEATURES * 2),
    *((FEATURE_STOPPED, feature) for feature in FEATURES),
    *((MEASURED, measure) for measure in MEASURES),
    *((SAMPLED, sample) for sample in SAMPLES * 3),
)
HOSTING: tuple[Verb, ...] = (
    *[(PLANNED, {"owner": "p1"}), (PLANNED, {"owner": "p1"}), (PLANNED, {"owner": "p2"})] * 6,
    *[(JOINED, {"user": "p1"}), (JOINED, {"user": "p1"}), (JOINED, {"user": "p2"})] * 8,
)
COMPANIES: tuple[tuple[Verb, ...], ...] = tuple(
    STAYING * 2 + CORRECTING + more
    for more in (
        PLANNING + PEOPLE * 3 + STORING * 3 + USING,
        PLANNING + USING * 8,
        PLANNING + PEOPLE * 6,
        PLANNING + STORING * 6,
        PLANNING + RECORDING * 8,
        PLANNING * 2 + PLANS * 6,
        PLANNING + HOSTING * 3,
    )
)
"""What different companies tell: each of them stays, and most of them much of something else."""
