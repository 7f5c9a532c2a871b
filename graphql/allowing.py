"""What a credential that is bound may ask: closed lists, held against a whole document before any of it is executed.

What a document asks is named by the schema's coordinates, such as Query.event or EventStat.title.
"""

from collections.abc import Iterable
from typing import Final

from turnout.database.errors import TurnoutError
from turnout.tenants.credential import Credential

# The codes with which a whole document is refused for who asks it.
REFUSALS: Final = frozenset({"PASSWORD_CHANGE_REQUIRED", "VIEW_LIMITED", "USER_LIMITED"})

# All that a session may do that was begun with a password to be changed, with what needs no session at all.
CHANGING_PASSWORD: Final = frozenset(
    {"Query.company", "Mutation.changePassword", "Mutation.signOut", "Mutation.signIn", "Mutation.activate"}
)

# The root fields to which an embed token may be bound: figures alone, nothing of keys and sessions. What can be watched
# too may be watched.
VIEWS: Final = (
    "company",
    "periodSummary",
    "dailyPeaks",
    "days",
    "userStats",
    "eventStats",
    "plannedEvents",
    "arrivals",
    "diskUsage",
    "clients",
    "user",
    "me",
    "event",
    "participants",
    "participantStays",
    "peakWitness",
    "curve",
    "roomStats",
    "hours",
    "weekHours",
    "live",
    "contractUsage",
    "billingPeriods",
    "closedPeriod",
    "periodDifferences",
    "limitUse",
    "trend",
    "expectedPeaks",
    "whatIf",
    "definitions",
    "limits",
)

_ROOTS: Final = ("Query.", "Mutation.", "Subscription.")
_PAGE: Final = "nodes edges pageInfo totalCount"
_ROW: Final = "cursor node"
# What one user may ask, and what of it: each is made of that user's own things alone, or is the same for everybody. Not
# here are the figures of the whole company and its limits, against which a part of it would be measured.
_OF_ONE_USER: Final = {
    "Query": "company me user event eventStats plannedEvents diskUsage clients definitions limits",
    "Mutation": "issueEmbedToken",
    "Company": "slug name timeZone billingAnchorDay",
    "UserStat": (
        "userId name maxSpeakers maxListeners maxParallelEvents eventsCreated eventsHeld eventsPlanned diskBytes"
    ),
    "EventStat": (
        "eventId kind template status title roomId room ownerId ownerName createdAt startsAt endsAt startedAt endedAt "
        "durationMinutes peakConnections peakSpeakers peakListeners uniqueParticipants participationMinutes recordings "
        "recordedMinutes firstArrivalSeconds hostArrivalSeconds"
    ),
    "EventStatConnection": _PAGE,
    "EventStatRowEdge": _ROW,
    "PlannedEvents": "userId name planned nextStartsAt",
    "PlannedEventsConnection": _PAGE,
    "PlannedEventsRowEdge": _ROW,
    "DiskUsage": "userId name usedBytes uploadedBytes files",
    "DiskUsageConnection": _PAGE,
    "DiskUsageRowEdge": _ROW,
    "ClientStat": "day device client os signIns users",
    "Definition": "metric fields meaning unit counts version",
    "RequestLimits": (
        "largestRequest tokens levels fields rootFields aliases directives periodDays rows clientRows "
        "searchCharacters curveMinutes witnessMinutes backtestDays segmentDays segmentStays declaredSegments "
        "embedMinutes refreshSeconds statementSeconds largestActivity largestBatch largestLines linesAtOnce "
        "minutesAhead mostNodes pointsAMinute"
    ),
    "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
    "EmbedToken": "token expiresAt",
}
OF_ONE_USER: Final = frozenset(f"{kind}.{name}" for kind, names in _OF_ONE_USER.items() for name in names.split())


def refusal_of(credential: Credential | None, asked: frozenset[str]) -> TurnoutError | None:
    """Why this credential may not ask what a document asks, by coordinates; None when it may."""
    if credential is None:
        return None
    roots = frozenset(name for name in asked if name.startswith(_ROOTS))
    if credential.must_change and (more := roots - CHANGING_PASSWORD):
        return TurnoutError(
            "PASSWORD_CHANGE_REQUIRED",
            f"This password is for choosing another one, and not for {_names(more)}.",
            "Choose one with the mutation changePassword; the session then goes on.",
        )
    if credential.views is not None and (more := roots - _views(credential.views)):
        return TurnoutError(
            "VIEW_LIMITED",
            f"This token may not ask {_names(more)}.",
            f"It may ask {', '.join(sorted(credential.views))}.",
        )
    if credential.user_key is not None and (more := asked - OF_ONE_USER):
        return TurnoutError(
            "USER_LIMITED",
            f"This credential sees the things of one user, and may not ask {_names(roots & more or more)}.",
            f"It may ask {', '.join(_OF_ONE_USER['Query'].split())}.",
        )
    return None


def _views(views: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{root}.{view}" for view in views for root in ("Query", "Subscription"))


def _names(coordinates: Iterable[str]) -> str:
    """Root fields as a client writes them, other fields with their types; a few of them."""
    names = sorted(name.partition(".")[2] if name.startswith(_ROOTS) else name for name in coordinates)
    return ", ".join(names[:5]) + (" and more" if len(names) > 5 else "")
