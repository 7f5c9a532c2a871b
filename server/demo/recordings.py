"""Recordings of a demo company's events: made, stored, and deleted when they have been kept long enough."""

from datetime import datetime, timedelta
from typing import Any, Final

from turnout.server.demo.dice import Dice
from turnout.server.demo.telling import Telling, written

BYTES_A_SECOND: Final = 190_000
PAUSED: Final = 0.3
IMPORTED: Final = 0.1
KEPT_DAYS: Final = 45
KEPT_FOR_GOOD: Final = 0.25


def tell_recording(telling: Telling, dice: Dice, event: str, start: datetime, end: datetime) -> None:
    """The recording of one event."""
    recording = f"{event}-recording"
    begun, over = start + timedelta(minutes=2), end - timedelta(minutes=5)
    lasting = {"seconds": round((over - begun).total_seconds()), "startedAt": written(begun)}
    if not dice.chance(IMPORTED):  # else it is known only when it has been stored
        _run(telling, dice, {"recording": recording, "event": event}, begun, over)
        lasting = {}
    stored = over + timedelta(minutes=dice.between(8, 20))
    size = round((over - begun).total_seconds() * BYTES_A_SECOND * dice.between(0.8, 1.2))
    telling.say(
        stored, "recording.stored", recording, {"recording": recording, "event": event, "bytes": size, **lasting}
    )
    if not dice.chance(KEPT_FOR_GOOD):
        telling.say(stored + timedelta(days=KEPT_DAYS), "recording.deleted", recording, {"recording": recording})


def _run(telling: Telling, dice: Dice, named: dict[str, Any], begun: datetime, over: datetime) -> None:
    recording = named["recording"]
    telling.say(begun, "recording.started", recording, named)
    if dice.chance(PAUSED):
        paused = begun + (over - begun) * dice.between(0.3, 0.6)
        telling.say(paused, "recording.paused", recording, named)
        telling.say(paused + timedelta(minutes=4), "recording.resumed", recording, named)
    telling.say(over, "recording.stopped", recording, named)
