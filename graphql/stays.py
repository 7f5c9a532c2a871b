"""What is said of stays."""

from enum import Enum

from turnout.graphql.clients import Device
from turnout.graphql.enums import describe

__all__ = ["Device", "Role"]


class Role(Enum):
    """What somebody may do in an event."""

    MODERATOR = "MODERATOR"
    SPEAKER = "SPEAKER"
    PARTICIPANT = "PARTICIPANT"


describe(
    Role,
    "What somebody may do in an event, as the platform said it.",
    {
        "MODERATOR": "Speaks, and directs the event.",
        "SPEAKER": "Speaks.",
        "PARTICIPANT": "In a webinar only listens; elsewhere speaks as everybody does.",
    },
)
