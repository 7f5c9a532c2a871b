"""The orders of events."""

from enum import Enum

import strawberry

from turnout.graphql.connections import SortDirection
from turnout.graphql.enums import describe


class EventStatOrderField(Enum):
    """The columns of EventStat."""

    EVENT_ID = "EVENT_ID"
    KIND = "KIND"
    TEMPLATE = "TEMPLATE"
    STATUS = "STATUS"
    TITLE = "TITLE"
    ROOM_ID = "ROOM_ID"
    ROOM = "ROOM"
    OWNER_ID = "OWNER_ID"
    OWNER_NAME = "OWNER_NAME"
    CREATED_AT = "CREATED_AT"
    STARTS_AT = "STARTS_AT"
    ENDS_AT = "ENDS_AT"
    STARTED_AT = "STARTED_AT"
    ENDED_AT = "ENDED_AT"
    DURATION_MINUTES = "DURATION_MINUTES"
    PEAK_CONNECTIONS = "PEAK_CONNECTIONS"
    PEAK_SPEAKERS = "PEAK_SPEAKERS"
    PEAK_LISTENERS = "PEAK_LISTENERS"
    UNIQUE_PARTICIPANTS = "UNIQUE_PARTICIPANTS"
    PARTICIPATION_MINUTES = "PARTICIPATION_MINUTES"
    RECORDINGS = "RECORDINGS"
    RECORDED_MINUTES = "RECORDED_MINUTES"


describe(
    EventStatOrderField,
    "A column of EventStat to order by.",
    {
        "EVENT_ID": "By the event's id, capitals aside.",
        "KIND": "By the kind, in the order of the enumeration.",
        "TEMPLATE": "By the first 300 characters of the template, capitals aside.",
        "STATUS": "By the status, in the order of the enumeration.",
        "TITLE": "By the first 300 characters of the title, capitals aside.",
        "ROOM_ID": "By the room's id, capitals aside.",
        "ROOM": "By the first 300 characters of the room's name, or id for want of one, capitals aside.",
        "OWNER_ID": "By the owner's id, capitals aside.",
        "OWNER_NAME": "By the first 300 characters of the owner's name, capitals aside.",
        "CREATED_AT": "By when it was created.",
        "STARTS_AT": "By when it was planned to start.",
        "ENDS_AT": "By when it was planned to end.",
        "STARTED_AT": "By when the first person joined.",
        "ENDED_AT": "By when the last person left.",
        "DURATION_MINUTES": "By durationMinutes.",
        "PEAK_CONNECTIONS": "By peakConnections.",
        "PEAK_SPEAKERS": "By peakSpeakers.",
        "PEAK_LISTENERS": "By peakListeners.",
        "UNIQUE_PARTICIPANTS": "By uniqueParticipants.",
        "PARTICIPATION_MINUTES": "By participationMinutes.",
        "RECORDINGS": "By the number of recordings.",
        "RECORDED_MINUTES": "By recordedMinutes.",
    },
)


@strawberry.input(description="An order of events.")
class EventStatOrder:
    """Ties are broken by the event's id."""

    field: EventStatOrderField = strawberry.field(description="The column to order by.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.DESC,
        description="Which end comes first; equals are ordered by the event's id, ascending.",
    )
