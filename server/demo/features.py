"""What is used in a demo company's events, and what is measured of those who are in them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from turnout.server.demo.company import Habit
from turnout.server.demo.dice import Dice
from turnout.server.demo.telling import Telling

SHARED: Final = 0.4
SKETCHED: Final = 0.3
TRANSCRIBED: Final = 0.25
SUBTITLED: Final = 0.6
NEVER_STOPPED: Final = 0.03
MEASURED: Final = 0.35
SAMPLED: Final = 0.2
LOSSY: Final = 0.15


def tell_features(telling: Telling, habit: Habit, event: str, start: datetime, end: datetime) -> None:
    """All of one event. It draws by dice of its own: whatever else happens is as it was without."""
    told = _Use(telling, Dice(f"{event} features"), event, start, end)
    if habit.rooms:
        told.tell_screens()
        told.tell_the_rest(habit)
    for number in range(2):
        told.tell_measures(f"c-{number}", sends=number == 0)


@dataclass
class _Use:
    """One event, and where it is told of."""

    telling: Telling
    dice: Dice
    event: str
    start: datetime
    end: datetime

    def tell_screens(self) -> None:
        """One shares a screen, and sometimes another one before the first has stopped."""
        for connection, share in (("c-0", SHARED), ("c-1", SHARED / 4)):
            if self.dice.chance(share):
                self._switch("SCREEN_SHARE", 0.1, 0.7, connection=connection)

    def tell_the_rest(self, habit: Habit) -> None:
        """What there is to read and to draw on, and who watches elsewhere."""
        if habit.template == "LECTURE" and self.dice.chance(SUBTITLED):
            self._switch("CAPTIONS", 0.02, 0.97)
        if habit.template == "WEBINAR":
            self._switch("LIVE_STREAM", 0.05, 0.95)
        if habit.recorded and self.dice.chance(TRANSCRIBED):
            self._switch("TRANSCRIPTION", 0.03, 0.96)
        if habit.breakouts or self.dice.chance(SKETCHED / 4):
            self._switch("WHITEBOARD", 0.2, 0.6)

    def tell_measures(self, connection: str, *, sends: bool) -> None:
        """What its client measured, told when all is over, and one sample from the middle."""
        lasted = self.end - self.start
        if self.dice.chance(MEASURED):
            track = self.dice.pick(("AUDIO_VIDEO", "AUDIO_VIDEO", "AUDIO", "VIDEO", "SCREEN"))
            seconds = round(lasted.total_seconds() * self.dice.between(0.6, 0.98), 3)
            measure = {"direction": "SENT" if sends else "RECEIVED", "track": track, "seconds": seconds}
            self._say(self.end - timedelta(minutes=5), "media.measured", {"connection": connection, **measure})
        if self.dice.chance(SAMPLED):
            loss = self.dice.between(0.06, 0.3) if self.dice.chance(LOSSY) else self.dice.between(0, 0.04)
            sample = {"packetLoss": round(loss, 3), "bitrate": self.dice.count(300_000, 2_500_000)}
            trouble = {"cpuTrouble": self.dice.chance(0.04), "bandwidthTrouble": loss > 0.1}
            at = self.start + lasted * self.dice.between(0.4, 0.8)
            self._say(at, "quality.sampled", {"connection": connection, **sample, **trouble})

    def _switch(self, feature: str, begun: float, over: float, **whose: str) -> None:
        lasted, data = self.end - self.start, {"feature": feature, **whose}
        self._say(self.start + lasted * begun, "feature.started", data)
        if not self.dice.chance(NEVER_STOPPED):
            self._say(self.start + lasted * over, "feature.stopped", data)

    def _say(self, at: datetime, what: str, data: dict[str, Any]) -> None:
        name = "-".join([self.event, *(data[member] for member in ("feature", "connection") if member in data)])
        self.telling.say(at, what, name, {"event": self.event, **data})
