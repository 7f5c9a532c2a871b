"""A company's day as platforms tell it: events planned and held, who joined and left, what was said and measured."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

FIRST_DAY: Final = datetime(2026, 1, 5, tzinfo=UTC)
STAYS_AN_EVENT: Final = 20
USERS: Final = 1_000
_CLIENTS: Final = ("Web", "Windows app", "Android app", "iOS app")
_DEVICES: Final = ("DESKTOP", "DESKTOP", "MOBILE", "TABLET")


@dataclass(frozen=True, slots=True)
class Told:
    """One activity, and when it happened."""

    at: datetime
    body: bytes


class Day:
    """The activities of one day; the same number and name give the same activities."""

    def __init__(self, number: int, name: str) -> None:
        self._random = random.Random(f"{name}/{number}")
        self._name = f"{name}-{number}"
        self._begin = FIRST_DAY + timedelta(days=number)
        self._told = 0

    @property
    def end(self) -> datetime:
        """Its last midnight."""
        return self._begin + timedelta(days=1)

    def activities(self, most: int) -> list[bytes]:
        """So many, in the order in which they happened."""
        told: list[Told] = []
        event = 0
        while len(told) < most:
            told += self._event(f"{self._name}-e{event}")
            event += 1
        return [one.body for one in sorted(told[:most], key=lambda one: one.at)]

    def _event(self, event: str) -> Iterator[Told]:
        begin = self._begin + timedelta(hours=8, seconds=self._random.randrange(9 * 3600))
        named = {"event": event, "title": f"About {event}", "template": "WEBINAR", "owner": self._user(), "room": "r1"}
        named |= {"room": f"r{self._random.randrange(50)}", "template": self._random.choice(("MEETING", "WEBINAR"))}
        yield self._tell("event.planned", begin - timedelta(hours=7), named | {"startsAt": begin})
        yield self._tell("event.started", begin, named)
        for number in range(STAYS_AN_EVENT):
            yield from self._stay(event, f"c{number}", begin + timedelta(seconds=self._random.randrange(600)))
        yield from self._recording(event, begin)
        for minute in range(4):
            yield self._tell("message.posted", begin + timedelta(minutes=minute), self._message(event))
        yield self._tell("event.ended", begin + timedelta(minutes=71), {"event": event})

    def _stay(self, event: str, connection: str, joined: datetime) -> Iterator[Told]:
        link, user = {"event": event, "connection": connection}, self._user()
        device, client = self._random.choice(_DEVICES), self._random.choice(_CLIENTS)
        who = {"user": user, "role": "PARTICIPANT", "device": device, "client": client, "name": f"Name of {user}"}
        left = joined + timedelta(seconds=self._random.randrange(60, 3600), milliseconds=self._random.randrange(1000))
        yield self._tell("stay.joined", joined, link | who)
        if self._random.random() < 0.2:
            yield self._tell("stay.roleChanged", joined + (left - joined) / 2, link | {"role": "SPEAKER"})
        if self._random.random() < 0.4:
            yield self._tell(
                "quality.sampled", joined + (left - joined) / 3, link | {"packetLoss": 0.01, "bitrate": 9e5}
            )
        if self._random.random() < 0.2:
            measured = {"direction": "SENT", "track": "AUDIO_VIDEO", "seconds": 60.5}
            yield self._tell("media.measured", joined + (left - joined) / 4, link | measured)
        if self._random.random() < 0.25:
            signed_in = {"user": user, "device": device, "client": client, "os": "Linux"}
            yield self._tell("user.signedIn", joined - timedelta(minutes=1), signed_in)
        if self._random.random() < 0.95:
            yield self._tell("stay.left", left, link | {"reason": "hung up"})

    def _recording(self, event: str, begin: datetime) -> Iterator[Told]:
        if self._random.random() > 0.25:
            return
        run = {"recording": f"{event}-r", "event": event}
        yield self._tell("recording.started", begin + timedelta(minutes=5), run)
        yield self._tell("recording.stopped", begin + timedelta(minutes=45), run)
        yield self._tell(
            "recording.stored", begin + timedelta(minutes=50), run | {"bytes": 123_456_789, "seconds": 2400}
        )

    def _message(self, event: str) -> dict[str, Any]:
        return {"place": self._random.choice(("PUBLIC_CHAT", "QUESTION")), "event": event, "sender": self._user()}

    def _user(self) -> str:
        return f"user-{self._random.randrange(USERS)}"

    def _tell(self, kind: str, at: datetime, data: dict[str, Any]) -> Told:
        self._told += 1
        names = {"specversion": "1.0", "id": f"{self._name}-{self._told:06}", "source": "mcu-3.example"}
        return Told(at, msgspec.json.encode(names | {"type": f"turnout.{kind}", "time": at, "data": data}))
