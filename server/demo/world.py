"""All that happens in a demo company: always the same for the same company, first loaded on the same day."""

from datetime import datetime
from operator import itemgetter

from turnout.server.demo.exchange import tell_files, tell_messages
from turnout.server.demo.gatherings import tell_events
from turnout.server.demo.history import History
from turnout.server.demo.people import tell_sign_ins, tell_users
from turnout.server.demo.rooms import tell_rooms
from turnout.server.demo.telling import Happening, Telling


def world(history: History, now: datetime) -> list[Happening]:
    """All that has happened by now, in the order of time: at a later instant the same, and more."""
    telling = Telling()
    tell_users(history, telling)
    tell_rooms(history, telling)
    for day in history.days(now):
        for tell in (tell_events, tell_sign_ins, tell_messages, tell_files):
            tell(history, day, telling)
    return sorted((happening for happening in telling.told if happening.at <= now), key=itemgetter(0))
