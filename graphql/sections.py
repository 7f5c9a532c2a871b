"""Sections and kinds: the parts into which figures are cut."""

from enum import Enum

from turnout.analytics.peaks import Section
from turnout.graphql.enums import describe

__all__ = ["EventKind", "Section"]


class EventKind(Enum):
    """What an event is."""

    MEETING = "MEETING"
    WEBINAR = "WEBINAR"
    CALL = "CALL"


describe(
    Section,
    "What a figure is about: one kind of event, or every kind together.",
    {
        "TOTAL": "Events of every kind together.",
        "MEETING": "Meetings alone, whatever their template: conferences, selectors, lectures.",
        "WEBINAR": "Webinars alone.",
        "CALL": "Personal and group calls of the messenger alone.",
    },
)
describe(
    EventKind,
    "What an event is. Its own description says so, else its template does.",
    {
        "MEETING": "A conference in a room, planned or instant, in which everybody may speak.",
        "WEBINAR": "A broadcast in which moderators and speakers send, and everybody else listens.",
        "CALL": "A call in the messenger, which has no room.",
    },
)
