"""What those who watch a company are told: that somebody has joined, left or changed role just now."""

from datetime import timedelta
from typing import Final

from turnout.database.columns import Instants, Numbers, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.naming import Names
from turnout.ingest.signals import STAY_SIGNALS
from turnout.ingest.unfolding import Setting

# What happened earlier is history that comes late: it moves figures, and is no news.
NEWS: Final = timedelta(minutes=5)
# Whoever watches looks several times a second.
KEPT: Final = timedelta(minutes=10)
_SQL: Final = statements("turnout.ingest", "arrivals.sql")
_ENDED: Final = "turnout.event.ended"


async def announce(setting: Setting, counting: list[Activity], names: Names) -> None:
    """Note the news among what has been counted; at the least that there was something."""
    news = [activity for activity in counting if activity.at > setting.now - NEWS]
    stays = [activity for activity in news if activity.type in STAY_SIGNALS]
    await setting.run(
        _SQL["announce"],
        whats=Texts([STAY_SIGNALS[activity.type] for activity in stays] or ["OTHER"]),
        connections=Numbers([names.connection(activity) for activity in stays] or [None]),
        ats=Instants([activity.at for activity in stays] or [None]),
        kept=KEPT,
    )
    if ended := [activity for activity in news if activity.type == _ENDED]:
        await setting.run(
            _SQL["announce_ended"],
            events=Numbers(names.event(activity) for activity in ended),
            ats=Instants(activity.at for activity in ended),
        )
